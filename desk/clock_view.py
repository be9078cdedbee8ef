"""How a clock stands, in words that are true when they are read.

An item's own figures are those of its last event, so what still counts is told by its due time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.wording import until, working_time
from models.clocks import ClockReading

Hours = tuple[datetime, datetime]
"""Opens, closes."""


def clock_stands(clock: ClockReading, now: datetime, decided: bool = False) -> str:
    """`met in time`, `in 1 h 30 min`, `40 min late`, or what is left of a clock that stands still.

    `now` is the reader's moment. What is left of a paused clock is working time.
    """
    if clock.met:
        return "met late" if clock.breached else "met in time"
    if decided:
        return "ended with the decision"
    if clock.paused and clock.breached:
        return "paused, broken already"
    if clock.paused:
        return f"paused with {working_time(clock.remaining)} left"
    if clock.due_at is not None:
        return until(clock.due_at, now)
    return "broken" if clock.breached else "runs"


def clock_late(clock: ClockReading, now: datetime, decided: bool = False) -> bool:
    """The promise was or is broken at the reader's moment."""
    overdue = clock.due_at is not None and clock.due_at < now
    return clock.breached or (overdue and not (clock.met or decided))


def shows_due(clock: ClockReading, decided: bool = False) -> bool:
    """Only a clock that still counts has a due time worth telling."""
    return not (clock.met or decided or clock.paused) and clock.due_at is not None


def rests(clocks: Sequence[ClockReading], hours: Sequence[Hours], now: datetime) -> str | None:
    """Why none of an item's promises loses time at the reader's moment; None when one does.

    `hours` are its next stretches of working time; beyond them nobody can say.
    """
    running = [clock for clock in clocks if not clock.met]
    if not running:
        return None
    if all(clock.paused for clock in running):
        return clock_stands(min(running, key=lambda clock: clock.remaining), now)
    opens = next((opens for opens, closes in hours if now < closes), None)
    if opens is None or opens <= now:
        return None
    return f"out of hours, counts again {until(opens, now)}"
