"""An oracle for clocks: it walks every minute and asks the zone for the time on the wall.

It shares no code with what it checks. A minute is worked when the wall shows a time inside a
window of that day, or of the evening before. The zone is asked at every quarter of an hour; none
of the zones here has ever moved at another minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from models.calendar import CalendarDefinition

MINUTE = timedelta(minutes=1)
QUARTER = 15
DAYS = 6
MINUTES = DAYS * 1440

CHANGES: dict[str, tuple[datetime, ...]] = {
    zone: tuple(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days)
    for zone, days in {
        "Europe/Berlin": ("2026-03-27", "2026-10-23"),
        "Europe/London": ("2026-03-27", "2026-10-23"),
        "Europe/Lisbon": ("2027-03-26", "2027-10-29"),
        "Europe/Athens": ("2026-03-27", "2026-10-23"),
        "Africa/Casablanca": ("2026-02-13", "2026-03-20"),
        "Africa/Cairo": ("2026-04-22", "2026-10-28"),
        "America/New_York": ("2026-03-06", "2026-10-30"),
        "America/Los_Angeles": ("2026-03-06", "2026-10-30"),
        "America/St_Johns": ("2026-03-06", "2026-10-30"),
        "America/Santiago": ("2026-04-03", "2026-09-04"),
        "America/Havana": ("2026-03-06", "2026-10-30"),
        "America/Sao_Paulo": ("2018-11-02", "2019-02-15"),
        "Asia/Kathmandu": ("2026-05-01", "2026-12-29"),
        "Asia/Kolkata": ("2026-05-01", "2026-12-29"),
        "Asia/Tokyo": ("2026-05-01", "2026-12-29"),
        "Australia/Lord_Howe": ("2026-04-03", "2026-10-02"),
        "Australia/Adelaide": ("2026-04-03", "2026-10-02"),
        "Pacific/Chatham": ("2026-04-03", "2026-09-25"),
        "Pacific/Apia": ("2011-12-28", "2012-03-30"),
        "UTC": ("2026-06-01", "2026-12-29"),
    }.items()
}
"""Twenty zones, each with beginnings of spans in which its clocks change, where they do."""


@dataclass(frozen=True)
class Case:
    """Hours, and a clock in them. Everything is in minutes from `begins`, pauses in order."""

    hours: CalendarDefinition
    begins: datetime
    starts: int
    pauses: tuple[tuple[int, int], ...]
    looked: int
    target: int

    def at(self, minute: int) -> datetime:
        """The moment of a minute."""
        return self.begins + minute * MINUTE


@dataclass(frozen=True)
class Walked:
    """What the oracle found. `due` is a minute, or None when the walk ends before it."""

    worked: tuple[bool, ...]
    elapsed: int
    due: int | None


def walk(case: Case) -> Walked:
    """Walk all minutes of the case."""
    worked = open_minutes(case.hours, case.begins)
    standing = bytearray(MINUTES)
    for began, ended in case.pauses:
        standing[began:ended] = b"\1" * (ended - began)
    counts = [
        minute >= case.starts and open_ and not standing[minute]
        for minute, open_ in enumerate(worked)
    ]
    used = accumulate(counts)
    due = next((minute + 1 for minute, n in enumerate(used) if n == case.target), None)
    return Walked(tuple(worked), sum(counts[: case.looked]), due)


def open_minutes(hours: CalendarDefinition, begins: datetime) -> list[bool]:
    """Whether each minute of the span is working time."""
    zone, days = ZoneInfo(hours.zone), dict[date, bytearray]()
    worked = bytearray()
    for quarter in range(MINUTES // QUARTER):
        wall = (begins + quarter * QUARTER * MINUTE).astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        day = days.get(wall.date())
        if day is None:
            day = days[wall.date()] = _minutes_of(hours, wall.date())
        worked += day[minute : minute + QUARTER]
    return [bool(one) for one in worked]


def _minutes_of(hours: CalendarDefinition, day: date) -> bytearray:
    """Every minute of the wall clock on that day; the evening before may still be open."""
    minutes = bytearray(1440)
    for start, end in _windows(hours, day):
        shown = range(start, end if end > start else 1440)
        for minute in shown:
            minutes[minute] = 1
    for start, end in _windows(hours, day - timedelta(days=1)):
        if end <= start:
            for minute in range(end):
                minutes[minute] = 1
    return minutes


def _windows(hours: CalendarDefinition, day: date) -> tuple[tuple[int, int], ...]:
    if day.isoformat() in hours.exceptions:
        return hours.exceptions[day.isoformat()]
    if day.isoformat() in hours.holidays:
        return ()
    return hours.windows.get(day.weekday(), ())


_quarters = st.integers(0, 95).map(lambda quarter: quarter * QUARTER)
_windows_of_a_day = st.lists(st.tuples(_quarters, _quarters), max_size=3).map(tuple)


@st.composite
def cases(draw: st.DrawFn, zone: str) -> Case:
    """Two kinds of week, holidays, dates of their own, and a clock with up to three pauses."""
    begins = draw(st.sampled_from(CHANGES[zone]))
    weekday, weekend = draw(_windows_of_a_day), draw(_windows_of_a_day)
    alike = draw(st.integers(0, 7))
    windows = {day: weekday if day < alike else weekend for day in range(7)}
    first = begins.astimezone(ZoneInfo(zone)).date()
    dates = [(first + timedelta(days=ahead)).isoformat() for ahead in range(DAYS)]
    holiday, own = draw(st.sampled_from([None, *dates])), draw(st.sampled_from([None, *dates]))
    moments = sorted(draw(st.lists(st.integers(0, MINUTES), min_size=2, max_size=8)))
    starts, *between, looked = moments
    paired = zip(between[::2], between[1::2], strict=False)
    hours = CalendarDefinition(
        name="drawn",
        zone=zone,
        windows=windows,
        holidays=(holiday,) if holiday else (),
        exceptions={own: draw(_windows_of_a_day)} if own else {},
    )
    pauses = tuple((began, ended) for began, ended in paired)
    return Case(hours, begins, starts, pauses, looked, draw(st.integers(1, 3000)))
