"""Opening hours as they are pinned to an item."""

from __future__ import annotations

from models.base import Frozen


class CalendarDefinition(Frozen):
    """Opening hours as written, kept so that the calendar can be expanded further later.

    `windows` maps a weekday (0 = Monday) to local `(start, end)` minutes of the day; an end at or
    before its start runs past midnight. `holidays` are local ISO dates on which nothing opens, and
    `holiday_names` says what they are called. `exceptions` are the windows of single dates, which
    take the place of the weekday's and of a holiday; none closes the day.
    """

    name: str
    zone: str
    windows: dict[int, tuple[tuple[int, int], ...]]
    holidays: tuple[str, ...] = ()
    holiday_names: dict[str, str] = {}
    exceptions: dict[str, tuple[tuple[int, int], ...]] = {}
