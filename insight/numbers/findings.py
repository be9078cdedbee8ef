"""What a person should look at, as a sentence with its evidence."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen


class FindingKind(StrEnum):
    """What a finding is; their order is how pressing they are."""

    ALARM = "alarm"
    DRIFT = "drift"
    SURGE = "surge"
    BECOMING_RULE = "becoming_rule"
    SAMPLING = "sampling"
    RELABELLED = "relabelled"
    DIFFERENCE = "difference"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 is the most pressing."""
        return tuple(FindingKind).index(self)


class Finding(Frozen):
    """`about` is the id of a number, or the name of a category or group. `p` as adjusted."""

    kind: FindingKind
    about: str
    says: str
    p: float | None = None
    items: tuple[str, ...] = ()
    items_left_out: int = 0
