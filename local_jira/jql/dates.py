"""Dates in JQL: absolute, relative, and the functions that name a day, week, month or year."""

import re
from datetime import UTC, datetime, timedelta

from local_jira.clock import zone
from local_jira.jql.lexer import JqlError

MINUTE = 60_000
_FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
_PERIOD = re.compile(r"^[+-]?\s*\d+[wdhm](?:\s+\d+[wdhm])*$")
_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
_BOUNDARY = re.compile(r"^(start|end)of(day|week|month|year)$")


def _invalid(value: str, field: str) -> JqlError:
    return JqlError(
        f"Date value '{value}' for field '{field}' is invalid. Valid formats include: "
        "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format "
        "e.g. '-5d', '4w 2d'."
    )


def _period(text: str) -> timedelta:
    total = sum(
        (int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([wdhm])", text)),
        timedelta(),
    )
    return -total if text.startswith("-") else total


def date_value(text: str, field: str, now: int, zone_name: str) -> datetime:
    """The moment that a date literal names, in the caller's zone; raises JqlError."""
    here = zone(zone_name)
    stripped = text.strip()
    try:
        if _PERIOD.match(stripped):
            return datetime.fromtimestamp(now / 1000, UTC).astimezone(here) + _period(stripped)
        for pattern in _FORMATS:
            try:
                return datetime.strptime(stripped, pattern).replace(tzinfo=here)
            except ValueError:
                continue
    except OverflowError:
        raise _invalid(text, field) from None
    if stripped.isascii() and stripped.isdigit() and len(stripped) <= 14:
        return datetime.fromtimestamp(int(stripped) / 1000, UTC).astimezone(here)
    raise _invalid(text, field)


def date_function(
    name: str, arguments: tuple[str, ...], field: str, now: int, zone_name: str
) -> datetime | None:
    """The moment that a function such as `startOfDay("-1d")` names; None for other functions."""
    present = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone(zone_name))
    is_now, boundary = name.casefold() == "now", _BOUNDARY.match(name.casefold())
    if not is_now and boundary is None:
        return None
    most = 0 if is_now else 1
    if len(arguments) > most:
        raise JqlError(
            f"Function '{name}' expected '{most}' arguments but received '{len(arguments)}'."
        )
    if boundary is None:
        return present
    edge, unit = boundary.groups()
    moment = _start_of(present, unit)
    if edge == "end":
        moment = _next_start(moment, unit) - timedelta(milliseconds=1)
    if arguments:
        moment = _shifted(moment, arguments[0].strip(), unit, field)
    return moment


def _start_of(present: datetime, unit: str) -> datetime:
    start = present.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        # Weeks start on Sunday, as in the default locale of the real service.
        return start - timedelta(days=(start.weekday() + 1) % 7)
    if unit == "month":
        return start.replace(day=1)
    if unit == "year":
        return start.replace(month=1, day=1)
    return start


def _next_start(start: datetime, unit: str) -> datetime:
    if unit == "day":
        return start + timedelta(days=1)
    if unit == "week":
        return start + timedelta(weeks=1)
    return _add_months(start, 1 if unit == "month" else 12)


def _add_months(moment: datetime, months: int) -> datetime:
    number = moment.year * 12 + moment.month - 1 + months
    first = moment.replace(year=number // 12, month=number % 12 + 1, day=1)
    days = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(moment.day, days.day))


def _shifted(moment: datetime, text: str, unit: str, field: str) -> datetime:
    match = re.match(r"^([+-]?)(\d{1,5})([yMwdhm]?)$", text)
    if match is None:
        raise _invalid(text, field)
    count = int(match.group(2)) * (-1 if match.group(1) == "-" else 1)
    letter = match.group(3) or {"day": "d", "week": "w", "month": "M", "year": "y"}[unit]
    try:
        if letter in "yM":
            return _add_months(moment, count * (12 if letter == "y" else 1))
        return moment + count * _UNITS[letter]
    except (OverflowError, ValueError):
        raise _invalid(text, field) from None
