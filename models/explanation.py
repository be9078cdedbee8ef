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


class OtherVerdict(Frozen):
    """How a cycle stands or ended by another policy version than the one that judges it.

    `judged_until` is when that version ceased to judge it; None for one that it was only looked at
    again by, after it had stopped. `elapsed` and `target` are business seconds. `known_at` is the
    moment that the figures are of.
    """

    version: str
    verdict: Verdict
    target: int
    elapsed: int
    judged_until: Moment | None = None
    known_at: Moment


class ClockExplanation(Frozen):
    """One cycle of one clock, explained. `reading.wall_elapsed` leaves pauses out; `wall` does not.

    For an item that was moved to another policy, `policy` is the version of the verdict, and the
    verdicts of other versions stand beside it in `others`.

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
    policy: str = ""
    others: tuple[OtherVerdict, ...] = ()


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
