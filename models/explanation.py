"""Why a clock shows what it shows: every interval of its time, counted or not, and the verdict."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar, ClockName, ClockReading, ClockRun


class IntervalKind(StrEnum):
    """What became of an interval. Paused and out of hours are never the same."""

    COUNTED = "counted"
    PAUSED = "paused"
    BREAK = "break"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class Interval(Frozen):
    """A stretch of a clock's time.

    `working` are the business seconds in it, which count only when `kind` is counted; `wall` are
    ordinary seconds.
    """

    began_at: Moment
    ended_at: Moment
    kind: IntervalKind
    why: str = ""
    working: int
    wall: int


class Verdict(StrEnum):
    """How a cycle stands or ended."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


class Share(Frozen):
    """When so much of a target was or will be used up; None while that is not known."""

    percent: int
    at: Moment | None
    announced: bool


class ClockExplanation(Frozen):
    """One cycle of one clock, explained. `reading.wall_elapsed` leaves pauses out; `wall` does not.

    `lines` are the same wherever they are shown: terminal, desk and Jira comment.
    """

    name: ClockName
    cycle: int
    verdict: Verdict
    target: int
    calendar: str
    zone: str
    started_at: Moment
    looked_at: Moment
    wall: int
    reading: ClockReading
    intervals: tuple[Interval, ...]
    shares: tuple[Share, ...]
    lines: tuple[str, ...]


class ClockFacts(Frozen):
    """What an explanation is computed from; nothing else goes into it.

    `calendars` are the expanded ones by the name that runs carry, with the hours as written beside
    them in `definitions`. `shares` are the percentages that are announced.
    """

    issue_key: str
    runs: tuple[ClockRun, ...] = ()
    calendars: tuple[BusinessCalendar, ...] = ()
    definitions: tuple[CalendarDefinition, ...] = ()
    shares: tuple[int, ...] = ()
    clock_scale: float = 1.0


class Explanation(Frozen):
    """Every cycle of every clock of one item. `recalled` when only the ledger remembered it."""

    issue_key: str
    at: Moment
    clocks: tuple[ClockExplanation, ...]
    clock_scale: float = 1.0
    recalled: bool = False
