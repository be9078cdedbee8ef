"""The escalation ladder as it is pinned to an item: people and seconds, nothing left to look up."""

from __future__ import annotations

from models.base import Frozen


class Rung(Frozen):
    """One level of the ladder.

    `notify` are person ids. `wait` is how many seconds to wait for an acknowledgement before the
    next rung (business seconds when `business`). `needs_approval` names the approval rule that
    must say yes before this rung is climbed; refused or expired, the rung is passed over.
    """

    level: int
    name: str
    notify: tuple[str, ...]
    wait: int
    business: bool = False
    needs_approval: str | None = None


class Ladder(Frozen):
    """The escalation ladder that applies to one item.

    It starts when the most urgent running clock reaches `starts_at_percent` of its target.
    `repeat` is how often it begins again from the first rung after the last one.
    `acknowledgement_lasts` (seconds) is how long an acknowledgement holds off the next climb.
    """

    name: str
    starts_at_percent: int
    rungs: tuple[Rung, ...]
    repeat: int = 0
    acknowledgement_lasts: int
