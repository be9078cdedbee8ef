"""The decision that ends an item: what, why, by whom, on which evidence."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.lifecycle import Outcome
from models.people import Actor


class Confidence(StrEnum):
    """Whether the customer agreed, nobody knows, or they came back."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    FAILED = "failed"


class Decision(Frozen):
    """The recorded decision. `evidence` names comments, requests and items by id."""

    outcome: Outcome
    reason: str
    decided_by: Actor
    decided_at: Moment
    evidence: tuple[str, ...] = ()
    duplicate_of: str | None = None
    resolution: Confidence = Confidence.ASSUMED
