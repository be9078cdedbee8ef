"""What moving an item to the policy in force would change, worked out from the files as they are now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from models.base import Frozen
from models.explanation import ClockFacts
from models.messages import ItemSubject
from policies.conditions import ConditionError
from policies.loader import load
from policies.migration_preview import Difference, differences
from policies.problems import PolicyError
from policies.snapshot import pin
from runtime.problems import WrongSettings


class Preview(Frozen):
    """The versions before and after, and what would be otherwise for this item."""

    version_before: str
    version: str
    differences: tuple[Difference, ...]

    @property
    def same_policy(self) -> bool:
        """The item is under the policy in force already."""
        return self.version == self.version_before


def preview(policies: Path, subject: ItemSubject, facts: ClockFacts, now: datetime) -> Preview:
    """Blocking. Raises `WrongSettings` while the files do not load, as the move itself would."""
    pinned = subject.snapshot
    if subject.feedback is None:
        raise WrongSettings(
            "This item began under an older version, which does not tell what it would need.",
            remedy="`followthrough policy migrate KEY` moves it without a look before.",
        )
    try:
        after = pin(
            load(policies),
            item=subject.feedback,
            category=subject.item.category,
            now=now,
            scale=pinned.scale,
            trusted_keys={},
            allow_unproven=pinned.allow_unproven,
            owner=subject.owner,
        )
    except (PolicyError, ConditionError) as error:
        raise WrongSettings(
            f"The policy files do not load, so no item can be moved to them.\n{error}",
            where=str(policies),
            remedy="Mend the lines named; `followthrough policy check` shows them all.",
        ) from error
    return Preview(
        version_before=pinned.version,
        version=after.version,
        differences=differences(pinned, after, subject.item.severity, facts.runs, now),
    )
