"""Why it is not working time: a break, a holiday by its name, the night, a day that never opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.calendar import CalendarDefinition
from models.explanation import IntervalKind

_ONE_DAY = timedelta(days=1)


def reason(
    definition: CalendarDefinition, began: int, ended: int, zone: ZoneInfo
) -> tuple[IntervalKind, str]:
    """What a closed time between two openings is, in words. Moments are epoch seconds."""
    first = datetime.fromtimestamp(began, UTC).astimezone(zone).date()
    last = datetime.fromtimestamp(ended - 1, UTC).astimezone(zone).date()
    days = _days(first, last)
    holidays = [day for day in days if _is_holiday(definition, day)]
    if holidays:
        return IntervalKind.HOLIDAY, ", ".join(_named(definition, day) for day in holidays)
    if first == last and _opens(definition, first):
        return IntervalKind.BREAK, "between two windows of the day"
    shut = [day for day in days if not _opens(definition, day)]
    if shut:
        names = [f"{day:%a %d %b}" for day in shut]
        told = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        return IntervalKind.CLOSED, f"not open on {told}"
    return IntervalKind.CLOSED, "outside the opening hours"


def _days(first: date, last: date) -> list[date]:
    return [first + _ONE_DAY * ahead for ahead in range((last - first).days + 1)]


def _is_holiday(definition: CalendarDefinition, day: date) -> bool:
    """A day on which it would have been open."""
    written = day.isoformat()
    usual = bool(definition.windows.get(day.weekday()))
    if written in definition.exceptions:
        return usual and not definition.exceptions[written]
    return usual and written in definition.holidays


def _opens(definition: CalendarDefinition, day: date) -> bool:
    written = day.isoformat()
    if written in definition.exceptions:
        return bool(definition.exceptions[written])
    return bool(definition.windows.get(day.weekday())) and written not in definition.holidays


def _named(definition: CalendarDefinition, day: date) -> str:
    name = definition.holiday_names.get(day.isoformat())
    return f"{name} ({day:%a %d %b})" if name else f"{day:%a %d %b} is a day off"
