"""The shape of escalation.yaml: who is told when nobody takes an item on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.ladder import AcknowledgedBy, AfterLapse, Hours, IfNobodyDecides, OutOfHours
from models.lifecycle import Severity
from policies.documents.base import Document, Name
from policies.durations import Duration

MOST_TIMES = 20


class PeopleAsOf(StrEnum):
    """Which people a level means by its roles and groups."""

    START = "start"
    NOW = "now"


class RepeatEntry(Document):
    """Going back once a level has been told and has waited."""

    back_to: Name
    """The level at which the ladder begins again: this one or one before it."""
    times: Annotated[int, Field(ge=1, le=MOST_TIMES)]
    """How often it goes back here; after that it goes on."""


class BranchEntry(Document):
    """Where the ladder goes on after a level has been told and has waited."""

    to: Name
    """A level further down in this ladder."""
    when: Hours | None = None
    """Only `in working hours`, or only `out of hours`."""
    severity: tuple[Severity, ...] = ()
    """Only for these severities; left out, for all."""


class RungEntry(Document):
    """One level of a ladder: whom to notify, and how long to wait before the next level."""

    name: Name
    notify: Annotated[tuple[str, ...], Field(min_length=1)]
    """Person ids, `role:…`, `group:…`, `oncall:…`, or `owner` for whoever owns the item."""
    wait: Duration
    business: bool = False
    """True counts the wait in the item's business time."""
    needs_approval: Name | None = None
    """The approval rule that must say yes before this level is told."""
    if_nobody_decides: IfNobodyDecides = IfNobodyDecides.SKIP
    """What happens when that approval expires: `pass over`, or `climb anyway`."""
    people_as_of: PeopleAsOf = PeopleAsOf.START
    """`start`: roles and groups as pinned with the item. `now`: as they are when the level is told,
    as rotas always are."""
    severity: tuple[Severity, ...] = ()
    """Only for these severities of the ladder; left out, for all."""
    when: Hours | None = None
    """Only `in working hours`, or only `out of hours`; at other times the level is passed over."""
    out_of_hours: OutOfHours = OutOfHours.TELL
    """`tell` at any time, or `queue` until somebody works again instead of waking anybody."""
    acknowledged_by: AcknowledgedBy = AcknowledgedBy.ONE
    """`one` of those told is enough, or `all` of them have to acknowledge."""
    repeat: RepeatEntry | None = None
    then: tuple[BranchEntry, ...] = ()
    """Where it goes on; the first that fits. Without one that fits, the next level comes."""


class LadderEntry(Document):
    """A ladder for some severities; the first that fits a severity is used."""

    name: Name
    severity: Annotated[tuple[Severity, ...], Field(min_length=1)]
    starts_at_percent: Annotated[int, Field(ge=1, le=100)] = 100
    """It starts when a clock has used up this share of its target."""
    acknowledgement_lasts: Duration
    after_lapse: AfterLapse = AfterLapse.NEXT
    """Where the climb goes on when an acknowledgement has run out: the `next` level, the `same`
    again, or the `first`."""
    repeat: Annotated[int, Field(ge=0, le=MOST_TIMES)] = 0
    """How often it begins again after the last level."""
    repeat_from: Name | None = None
    """The level at which it begins again; left out, the first."""
    rungs: Annotated[tuple[RungEntry, ...], Field(min_length=1, max_length=20)]

    def level_of(self, name: str) -> int | None:
        """The level of this name, counted from 1."""
        return next((n for n, rung in enumerate(self.rungs, 1) if rung.name == name), None)


class EscalationDocument(Document):
    """escalation.yaml: who is told when nobody takes an item on."""

    ladders: Annotated[tuple[LadderEntry, ...], Field(min_length=1)]
