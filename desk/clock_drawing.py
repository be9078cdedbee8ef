"""A clock's time drawn as a line: what counted, what did not and why, and where it is due."""

from __future__ import annotations

from datetime import datetime

from models.base import Frozen
from models.explanation import ClockExplanation, Interval, IntervalKind

WIDTH = 600
THINNEST = 1.5
"""What lasted a moment is still seen."""
HEIGHTS = {IntervalKind.COUNTED: 16, IntervalKind.PAUSED: 8, IntervalKind.BREAK: 4}
"""Counted time stands tallest, so that kinds differ without their colours too."""
CLOSED_HEIGHT = 4
TALLEST = 16


class Stretch(Frozen):
    """One interval as a rectangle; `title` says what it was."""

    x: float
    width: float
    y: float
    height: float
    kind: IntervalKind
    title: str


class ClockDrawing(Frozen):
    """A line `WIDTH` wide. `due_x` is where it is or was due, `now_x` where it was looked at."""

    stretches: tuple[Stretch, ...]
    due_x: float | None
    now_x: float
    title: str


def drawn(clock: ClockExplanation) -> ClockDrawing | None:
    """The drawing; None for a clock of which there is nothing to draw yet."""
    due = clock.reading.due_at
    ends = [one.ended_at for one in clock.intervals]
    last = max([*ends, clock.looked_at, *([due] if due else [])]) if ends else None
    if last is None or last <= clock.started_at:
        return None
    whole = (last - clock.started_at).total_seconds()

    def place(moment: datetime) -> float:
        return round(WIDTH * (moment - clock.started_at).total_seconds() / whole, 1)

    return ClockDrawing(
        stretches=tuple(
            _stretch(one, place(one.began_at), place(one.ended_at)) for one in clock.intervals
        ),
        due_x=place(due) if due else None,
        now_x=min(place(clock.looked_at), WIDTH),
        title=clock.lines[-1],
    )


def _stretch(one: Interval, begins: float, ends: float) -> Stretch:
    height = HEIGHTS.get(one.kind, CLOSED_HEIGHT)
    return Stretch(
        x=begins,
        width=max(ends - begins, THINNEST),
        y=TALLEST - height,
        height=height,
        kind=one.kind,
        title=f"{one.kind.value}, {one.began_at:%a %d %b %H:%M} to {one.ended_at:%a %d %b %H:%M} UTC",
    )
