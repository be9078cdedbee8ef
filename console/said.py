"""What a person has to say with an act: who they are and why. Checked before anything is sent."""

from __future__ import annotations

import re
import sys

import typer

from policies.problems import PolicyError
from runtime.problems import WrongSettings
from runtime.settings import Settings, load_settings


def listed_person(person: str) -> str:
    """The person, who must be in people.yaml. Raises `WrongSettings`.

    People who left and automation accounts are judged by the item, which says why they may not.
    """
    require_listed(load_settings(), person)
    return person


def require_listed(settings: Settings, person: str) -> None:
    """Raise `WrongSettings` for somebody whom people.yaml does not list."""
    from desk.people import People  # noqa: PLC0415 - loads the policies, which not every command needs

    people = People(settings.policies)
    try:
        known = {one.id for one in people.directory().people}
    except PolicyError:
        return  # policies that cannot be read here say nothing; the item judges by its own
    if person in known:
        return
    listed = ", ".join(one.id for one in people.who_may_sign_in())
    raise WrongSettings(
        f"{person or 'an empty name'} is not in people.yaml; it lists {listed}.",
        remedy=f"Look at the spelling, or add the person to {settings.policies / 'people.yaml'}.",
    )


def needed_reason(reason: str) -> str:
    """The reason without blanks around it; asked for on a terminal. Raises `WrongSettings`."""
    if not reason.strip() and sys.stdin.isatty():
        reason = typer.prompt("Why (it is recorded)", default="", show_default=False, err=True)
    if not reason.strip():
        raise WrongSettings(
            "Give a reason: it is recorded.", remedy='Say it with --reason "…", in your words.'
        )
    return reason.strip()


def hash_or_none(written: str) -> str:
    """The hash of a request, or its first digits. Raises `WrongSettings` for anything else."""
    if written and not re.fullmatch(r"[0-9a-f]{8,64}", written):
        raise WrongSettings(
            "That is no hash of a request.", remedy="Take the 8 digits that `show` prints."
        )
    return written
