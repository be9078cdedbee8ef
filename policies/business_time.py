"""Working time: opening hours become intervals once, then everything is whole-second arithmetic.

A window is local wall time: the calendar is open at a moment exactly when a clock on the wall in
its zone shows a time inside a window. So an hour that the wall clock skips is not there to work
in, and an hour that it shows twice is worked twice.

`expand` reads time-zone data and belongs in an activity; the rest is pure and looks at nothing but
its arguments. Moments are taken to the whole second that they lie in.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar

DAY = 86_400
DAYS_COVERED = 200

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MONDAY_IS_ZERO = 3


class CalendarExhausted(Exception):  # noqa: N818 - says what happened, as all failures here do
    """The calendar was asked about a moment that it does not cover; expand it further."""

    def __init__(self, calendar: BusinessCalendar, moment: int | None = None) -> None:
        self.calendar_name = calendar.name
        self.covers_until = datetime.fromtimestamp(calendar.covers_until, UTC)
        asked = "the time asked for" if moment is None else str(datetime.fromtimestamp(moment, UTC))
        super().__init__(
            f"calendar {calendar.name} is known from "
            f"{datetime.fromtimestamp(calendar.covers_from, UTC)} until {self.covers_until}, "
            f"which does not reach {asked}; expand it further"
        )


def expand(
    definition: CalendarDefinition, covers_from: datetime, days: int = DAYS_COVERED
) -> BusinessCalendar:
    """Opening hours as UTC intervals for `days` times 24 hours from `covers_from`.

    A holiday is a local date on which nothing opens; a night shift that opened the evening before
    still ends in its own time. A date with hours of its own opens by those alone. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone.
    """
    first = _seconds(covers_from)
    until = first + days * DAY
    zone = ZoneInfo(definition.zone)
    pieces = sorted(
        piece
        for began, ended, offset in _constant_offsets(zone, first, until)
        for piece in _open_in(definition, began, ended, offset)
    )
    return BusinessCalendar(
        name=definition.name,
        zone=definition.zone,
        covers_from=first,
        covers_until=until,
        intervals=_merged(pieces),
    )


def covering(
    definition: CalendarDefinition, created_at: datetime, now: datetime, *, scaled: bool
) -> BusinessCalendar:
    """The calendar of an item: from a day before it was created until 200 days after `now`.

    Used both when it is pinned and when it is expanded further, so that no moment that was known
    is ever forgotten. Scaled clocks run in one that never closes.
    """
    covers_from = begin_of_cover(created_at, now)
    days = (now - covers_from).days + DAYS_COVERED
    return always_open(covers_from, days) if scaled else expand(definition, covers_from, days)


def begin_of_cover(created_at: datetime, now: datetime) -> datetime:
    """A day before the item was created, or before now when its tracker's clock is ahead."""
    return min(created_at, now) - timedelta(days=1)


def always_open(covers_from: datetime, days: int = DAYS_COVERED) -> BusinessCalendar:
    """A calendar that never closes, for `days` times 24 hours."""
    first = _seconds(covers_from)
    until = first + days * DAY
    return BusinessCalendar(
        name="always-open",
        zone="UTC",
        covers_from=first,
        covers_until=until,
        intervals=((first, until),),
    )


def seconds_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    """Business seconds from `start` until `end`; 0 when `end` is not after `start`.

    Raises `CalendarExhausted` when either lies outside what the calendar covers.
    """
    began, ended = _covered(calendar, start), _covered(calendar, end)
    if ended <= began:
        return 0
    intervals = calendar.intervals
    first = _first_ending_after(calendar, began)
    last = bisect_left(intervals, (ended,), first)
    if first == last:
        return 0
    total = 0
    for opens, closes in intervals[first:last]:
        total += closes - opens
    return total - max(0, began - intervals[first][0]) - max(0, intervals[last - 1][1] - ended)


def add_seconds(calendar: BusinessCalendar, start: datetime, seconds: int) -> datetime:
    """The first moment at which `seconds` business seconds have passed since `start`.

    With 0 or fewer seconds that is `start` itself, also out of hours. Time that is used up exactly
    at closing ends at that closing, not at the next opening. Raises `CalendarExhausted` when the
    calendar ends before that.
    """
    began = _covered(calendar, start)
    if seconds <= 0:
        return datetime.fromtimestamp(began, UTC)
    left = seconds
    for opens, closes in calendar.intervals[_first_ending_after(calendar, began) :]:
        opened = max(opens, began)
        if left <= closes - opened:
            return datetime.fromtimestamp(opened + left, UTC)
        left -= closes - opened
    raise CalendarExhausted(calendar)


def is_open(calendar: BusinessCalendar, at: datetime) -> bool:
    """Whether it is working time at that moment. Raises `CalendarExhausted` outside its cover."""
    moment = _covered(calendar, at)
    first = _first_ending_after(calendar, moment)
    return first < len(calendar.intervals) and calendar.intervals[first][0] <= moment


def next_change(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    """The next moment after `at` at which the calendar opens or closes.

    None when it does neither before the end of its cover. Raises `CalendarExhausted` outside it.
    """
    moment = _covered(calendar, at)
    first = _first_ending_after(calendar, moment)
    if first == len(calendar.intervals):
        return None
    opens, closes = calendar.intervals[first]
    change = opens if opens > moment else closes
    return None if change >= calendar.covers_until else datetime.fromtimestamp(change, UTC)


def windows_from(
    calendar: BusinessCalendar, at: datetime, most: int
) -> tuple[tuple[datetime, datetime], ...]:
    """The first `most` stretches of working time that close after `at`, as `(opens, closes)`.

    None beyond the cover. Raises `CalendarExhausted` when `at` lies outside it.
    """
    first = _first_ending_after(calendar, _covered(calendar, at))
    return tuple(
        (datetime.fromtimestamp(opens, UTC), datetime.fromtimestamp(closes, UTC))
        for opens, closes in calendar.intervals[first : first + most]
    )


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return floor(moment.timestamp())


def _covered(calendar: BusinessCalendar, moment: datetime) -> int:
    seconds = _seconds(moment)
    if not calendar.covers_from <= seconds <= calendar.covers_until:
        raise CalendarExhausted(calendar, seconds)
    return seconds


def _first_ending_after(calendar: BusinessCalendar, moment: int) -> int:
    """The index of the first interval that closes after the moment."""
    index = bisect_right(calendar.intervals, (moment, calendar.covers_until + 1))
    if index and calendar.intervals[index - 1][1] > moment:
        return index - 1
    return index


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)


def _constant_offsets(zone: ZoneInfo, first: int, until: int) -> Iterator[tuple[int, int, int]]:
    """Cut `[first, until)` where the zone's offset changes; yields `(from, until, offset)`.

    Looks once a day, which no zone has ever outrun, and then halves down to the second.
    """
    began, offset = first, _offset(zone, first)
    looked = first
    while looked < until:
        ahead = min(looked + DAY, until)
        if _offset(zone, ahead) != offset:
            changed = _change_between(zone, looked, ahead, offset)
            yield began, changed, offset
            began, offset = changed, _offset(zone, changed)
            looked = changed
        else:
            looked = ahead
    if began < until:
        yield began, until, offset


def _change_between(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The first second in `(before, after]` at which the offset is no longer `offset`."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _open_in(
    definition: CalendarDefinition, began: int, ended: int, offset: int
) -> Iterator[tuple[int, int]]:
    """The open pieces of `[began, ended)`, in which wall time is UTC plus `offset`."""
    holidays = frozenset(definition.holidays)
    dated = bool(holidays or definition.exceptions)
    wall_began, wall_ended = began + offset, ended + offset
    # The evening before may have opened a window that runs past midnight.
    for day in range(wall_began // DAY - 1, (wall_ended - 1) // DAY + 1):
        windows = definition.windows.get((day + _MONDAY_IS_ZERO) % 7, ())
        if dated:
            written = date.fromordinal(_EPOCH_DAY + day).isoformat()
            usual = () if written in holidays else windows
            windows = definition.exceptions.get(written, usual)
        for start, end in windows:
            opens = max(day * DAY + start * 60, wall_began)
            length_end = end if end > start else end + 24 * 60
            closes = min(day * DAY + length_end * 60, wall_ended)
            if opens < closes:
                yield opens - offset, closes - offset


def _merged(pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted pieces without overlaps; pieces that touch become one."""
    merged: list[tuple[int, int]] = []
    for opens, closes in pieces:
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)
