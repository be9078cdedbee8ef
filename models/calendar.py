"""Opening hours as they are pinned to an item."""

from __future__ import annotations

from models.base import Frozen


class CalendarDefinition(Frozen):
    """Opening hours as written, kept so that the calendar can be expanded further later.

    `windows` maps a weekday (0 = Monday) to local `(start, end)` minutes of the day; an end at or
    before its start runs past midnight. `holidays` are local ISO dates on which nothing opens.
    """

    name: str
    zone: str
    windows: dict[int, tuple[tuple[int, int], ...]]
    holidays: tuple[str, ...] = ()
