"""Clock nouns. All durations are business seconds of the pinned calendar unless named otherwise."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment


class ClockName(StrEnum):
    """Which promise a clock measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    PERIODIC_UPDATE = "periodic_update"
    APPROVAL = "approval"


class BusinessCalendar(Frozen):
    """Working time as UTC intervals, expanded once so that time-zone data cannot change it.

    `intervals` are `(opens, closes)` in epoch seconds: sorted, disjoint, half-open, all within
    `[covers_from, covers_until)`. Beyond `covers_until` nothing is known; it is expanded anew.
    """

    name: str
    zone: str
    covers_from: int
    covers_until: int
    intervals: tuple[tuple[int, int], ...]


class Pause(Frozen):
    """One time during which a clock did not count, in wall-clock moments."""

    began_at: Moment
    ended_at: Moment | None = None
    why: str


class Retarget(Frozen):
    """Other rules came to apply to a running clock: what it could take before, when and why."""

    at: Moment
    before: int
    why: str


class Measure(Frozen):
    """Another policy version by which a cycle is measured beside the one that judges it.

    `target` is in business seconds of the calendar named `calendar`. With `judged` it is the one
    that judged the cycle until `at`; without, the cycle had stopped and is only looked at again.
    """

    version: str
    target: int
    calendar: str
    at: Moment
    judged: bool


class ClockRun(Frozen):
    """One cycle of one clock: a list of facts. Elapsed and due are computed from it, never stored.

    `target` is in business seconds. `stopped_at` is when the promise was met (or the clock was
    cancelled: `cancelled`). `warned` lists the percentages already announced. `calendar` names the
    one that counts; empty is the item's own. Once the item was moved to another policy, `policy` is
    the version that judges this cycle, and `measures` are the others, in the order they came.
    """

    name: ClockName
    cycle: int = 1
    target: int
    started_at: Moment
    pauses: tuple[Pause, ...] = ()
    stopped_at: Moment | None = None
    cancelled: bool = False
    warned: tuple[int, ...] = ()
    calendar: str = ""
    retargets: tuple[Retarget, ...] = ()
    policy: str = ""
    measures: tuple[Measure, ...] = ()

    @property
    def running(self) -> bool:
        """Neither met nor cancelled; a paused clock is running too."""
        return self.stopped_at is None

    @property
    def paused(self) -> bool:
        """Stands still now because a pause is open."""
        return self.running and bool(self.pauses) and self.pauses[-1].ended_at is None


class ClockReading(Frozen):
    """What a clock shows at one moment.

    `elapsed`, `remaining` are business seconds (`remaining` is negative once breached);
    `wall_elapsed` is ordinary seconds. `due_at` is None while paused: it is not known then. A clock
    that is `met` stopped because the promise was kept, late when it is `breached` too.
    """

    name: ClockName
    elapsed: int
    remaining: int
    wall_elapsed: int
    due_at: Moment | None
    paused: bool
    in_hours: bool
    breached: bool
    met: bool = False
