"""The shape of escalation.yaml: who is told when nobody takes an item on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.lifecycle import Severity
from policies.documents.base import Document, Name
from policies.durations import Duration

ITEM_OWNER = "owner"
"""In place of a person on a rung: whoever owns the item."""


class RungEntry(Document):
    """One level of a ladder: whom to notify, and how long to wait before the next level."""

    name: Name
    notify: Annotated[tuple[str, ...], Field(min_length=1)]
    """Person ids, `role:…`, `group:…`, or `owner` for whoever owns the item."""
    wait: Duration
    business: bool = False
    """True counts the wait in the item's business time."""
    needs_approval: Name | None = None
    """The approval rule that must say yes before this level is told."""


class LadderEntry(Document):
    """A ladder for some severities; the first that fits a severity is used."""

    name: Name
    severity: Annotated[tuple[Severity, ...], Field(min_length=1)]
    starts_at_percent: Annotated[int, Field(ge=1, le=100)] = 100
    """It starts when a clock has used up this share of its target."""
    acknowledgement_lasts: Duration
    repeat: Annotated[int, Field(ge=0, le=20)] = 0
    """How often it begins again after the last level."""
    rungs: Annotated[tuple[RungEntry, ...], Field(min_length=1, max_length=20)]


class EscalationDocument(Document):
    """escalation.yaml: who is told when nobody takes an item on."""

    ladders: Annotated[tuple[LadderEntry, ...], Field(min_length=1)]
