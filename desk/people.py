"""Who exists: `people.yaml`, read anew when it changes, the last good reading kept."""

from __future__ import annotations

from pathlib import Path

import structlog

from models.people import Person
from policies.directory import Directory
from policies.loader import load
from policies.problems import PolicyError
from runtime.problems import WrongSettings

log = structlog.get_logger(__name__)


def wrong_policies(policies: Path, error: PolicyError) -> WrongSettings:
    """What to tell somebody whose policy files do not load, or are not there at all."""
    if not policies.is_dir():
        return WrongSettings(
            "there is no such directory of policies.",
            where=str(policies),
            remedy="Point FOLLOWTHROUGH_POLICIES at a directory of policy files, or unset it.",
        )
    return WrongSettings(
        f"the policy files do not load, so nobody could sign in.\n{error}",
        where=str(policies),
        remedy="Mend the lines named, or point FOLLOWTHROUGH_POLICIES elsewhere.",
    )


class People:
    """The directory as it stands now. Raises `PolicyError` only when it never could be read."""

    def __init__(self, policies: Path) -> None:
        self._policies = policies
        self._last: Directory | None = None

    def directory(self) -> Directory:
        """Everybody; a file that does not load any more leaves the last good reading in force."""
        try:
            self._last = load(self._policies).directory
        except PolicyError as error:
            if self._last is None:
                raise
            log.warning("policies_do_not_load", problems=len(error.problems))
        return self._last

    def who_may_sign_in(self) -> tuple[Person, ...]:
        """Active humans; an automation account has no password."""
        return tuple(
            person for person in self.directory().people if person.active and person.behind is None
        )

    def by_identity(self, subject: str, verified_email: str | None) -> Person | None:
        """The person whom the sign-in provider means, if they may sign in."""
        found = self.directory().by_identity(subject, verified_email)
        return self.signed_in(found.id) if found else None

    def signed_in(self, person_id: str | None) -> Person | None:
        """The person of a session, unless they have left since."""
        if person_id is None:
            return None
        return next((one for one in self.who_may_sign_in() if one.id == person_id), None)
