"""Working time against an oracle that walks minute by minute and reads the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar
from policies.business_time import (
    CalendarExhausted,
    add_seconds,
    always_open,
    expand,
    is_open,
    seconds_between,
    windows_from,
)

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = dict.fromkeys(range(5), ((9 * 60, 17 * 60),))

# Beginnings of spans that hold both changes of the clocks in each zone, and a skipped whole day.
CHANGES = [
    ("Europe/London", datetime(2026, 3, 27, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 23, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 6, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 2, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 3, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 4, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 13, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 5, 1, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 28, tzinfo=UTC)),
    ("UTC", datetime(2026, 6, 1, tzinfo=UTC)),
]


def definition(
    zone: str = "Europe/Berlin",
    windows: Any = None,
    holidays: tuple[str, ...] = (),
) -> CalendarDefinition:
    return CalendarDefinition(
        name="test", zone=zone, windows=windows or NINE_TO_FIVE, holidays=holidays
    )


def wall_clock_says_open(hours: CalendarDefinition, at: datetime) -> bool:
    """The oracle: look at the wall clock, then at the sign on the door."""
    wall = at.astimezone(ZoneInfo(hours.zone))
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)

    def windows(day: date) -> tuple[tuple[int, int], ...]:
        return () if day.isoformat() in hours.holidays else hours.windows.get(day.weekday(), ())

    for start, end in windows(today):
        if start <= minute < end or (end <= start <= minute):
            return True
    return any(end <= start and minute < end for start, end in windows(yesterday))


@st.composite
def opening_hours(draw: st.DrawFn) -> tuple[CalendarDefinition, datetime]:
    zone, begins = draw(st.sampled_from(CHANGES))
    minute = st.integers(0, 1440 // 15).map(lambda quarter: quarter * 15)
    window = st.tuples(minute.filter(lambda m: m < 1440), minute)
    windows = draw(
        st.dictionaries(st.integers(0, 6), st.lists(window, max_size=3).map(tuple), max_size=7)
    )
    closed = draw(st.sets(st.integers(0, 5), max_size=2))
    first = begins.astimezone(ZoneInfo(zone)).date()
    holidays = tuple((first + timedelta(days=day)).isoformat() for day in sorted(closed))
    return CalendarDefinition(name="drawn", zone=zone, windows=windows, holidays=holidays), begins


@settings(max_examples=200, deadline=None)
@given(
    opening_hours(),
    st.integers(0, 4 * 1440 - 1),
    st.integers(0, 4 * 1440 - 1),
    st.integers(0, 3000),
)
def test_every_minute_agrees_with_the_wall_clock_also_when_clocks_change(
    drawn: tuple[CalendarDefinition, datetime], first: int, second: int, wanted: int
) -> None:
    hours, begins = drawn
    calendar = expand(hours, begins, days=4)
    start, end = begins + first * MINUTE, begins + second * MINUTE
    walked = [wall_clock_says_open(hours, begins + minute * MINUTE) for minute in range(4 * 1440)]

    assert is_open(calendar, start) is walked[first]
    assert seconds_between(calendar, start, end) == 60 * sum(walked[first:second])

    due, left = first, wanted
    while left and due < len(walked):
        left -= walked[due]
        due += 1
    if left:
        with pytest.raises(CalendarExhausted):
            add_seconds(calendar, start, wanted * 60)
    else:
        assert add_seconds(calendar, start, wanted * 60) == begins + due * MINUTE


@settings(max_examples=100, deadline=None)
@given(opening_hours(), st.integers(0, 200_000), st.integers(1, 90_000))
def test_adding_and_counting_are_inverse_to_the_second(
    drawn: tuple[CalendarDefinition, datetime], offset: int, wanted: int
) -> None:
    hours, begins = drawn
    calendar = expand(hours, begins, days=6)
    start = begins + timedelta(seconds=offset)
    try:
        due = add_seconds(calendar, start, wanted)
    except CalendarExhausted:
        return
    assert seconds_between(calendar, start, due) == wanted
    assert seconds_between(calendar, start, due - timedelta(seconds=1)) == wanted - 1


def test_friday_afternoon_and_an_hour_ends_on_monday_morning() -> None:
    calendar = expand(definition("Europe/London"), datetime(2026, 6, 1, tzinfo=UTC))
    friday = datetime(2026, 6, 5, 16, 30, tzinfo=ZoneInfo("Europe/London"))
    assert add_seconds(calendar, friday, 3600) == datetime(
        2026, 6, 8, 9, 30, tzinfo=ZoneInfo("Europe/London")
    )


def test_time_used_up_at_closing_ends_at_closing_and_not_at_the_next_opening() -> None:
    calendar = expand(definition("UTC"), datetime(2026, 6, 1, tzinfo=UTC))
    assert add_seconds(calendar, datetime(2026, 6, 5, 16, tzinfo=UTC), 3600) == datetime(
        2026, 6, 5, 17, tzinfo=UTC
    )


def test_lunch_is_not_worked() -> None:
    split = dict.fromkeys(range(5), ((8 * 60, 12 * 60), (13 * 60, 17 * 60)))
    calendar = expand(definition("UTC", split), datetime(2026, 6, 1, tzinfo=UTC))
    morning = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)
    assert add_seconds(calendar, morning, 3600) == datetime(2026, 6, 1, 13, 30, tzinfo=UTC)


def test_a_night_shift_before_a_holiday_ends_in_its_own_time_and_none_opens_on_it() -> None:
    nights = dict.fromkeys(range(7), ((22 * 60, 6 * 60),))
    hours = definition("UTC", nights, holidays=("2026-06-03",))
    calendar = expand(hours, datetime(2026, 6, 1, tzinfo=UTC), days=5)
    assert is_open(calendar, datetime(2026, 6, 3, 5, 59, tzinfo=UTC))
    assert not is_open(calendar, datetime(2026, 6, 3, 23, tzinfo=UTC))
    assert not is_open(calendar, datetime(2026, 6, 4, 3, tzinfo=UTC))
    assert is_open(calendar, datetime(2026, 6, 4, 22, tzinfo=UTC))


def test_a_window_until_midnight_joins_the_next_days() -> None:
    round_the_clock = dict.fromkeys(range(7), ((0, 1440),))
    calendar = expand(
        definition("Europe/London", round_the_clock), datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert calendar.intervals == ((calendar.covers_from, calendar.covers_until),)


def test_a_calendar_says_when_it_is_asked_past_its_end_or_before_its_start() -> None:
    begins = datetime(2026, 6, 1, tzinfo=UTC)
    calendar = always_open(begins, days=1)
    assert seconds_between(calendar, begins, begins + timedelta(days=1)) == 86_400
    with pytest.raises(CalendarExhausted, match="expand it further"):
        is_open(calendar, begins + timedelta(days=1, seconds=1))
    with pytest.raises(CalendarExhausted):
        seconds_between(calendar, begins - timedelta(seconds=1), begins)
    with pytest.raises(CalendarExhausted):
        add_seconds(calendar, begins, 86_401)


def test_a_calendar_that_never_opens_is_exhausted_and_not_searched_for_ever() -> None:
    never = CalendarDefinition(name="never", zone="UTC", windows={})
    calendar: BusinessCalendar = expand(never, datetime(2026, 6, 1, tzinfo=UTC))
    with pytest.raises(CalendarExhausted):
        add_seconds(calendar, datetime(2026, 6, 1, tzinfo=UTC), 1)


def test_a_moment_without_a_zone_is_refused() -> None:
    calendar = always_open(datetime(2026, 6, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="time zone"):
        is_open(calendar, datetime(2026, 6, 2))  # noqa: DTZ001 - the naive moment is the case


def test_the_next_stretches_of_working_time_begin_with_the_one_that_is_open() -> None:
    calendar = expand(
        CalendarDefinition(name="office", zone="UTC", windows=NINE_TO_FIVE),
        datetime(2026, 6, 1, tzinfo=UTC),  # a Monday
    )
    friday = datetime(2026, 6, 5, 16, 59, 59, tzinfo=UTC)
    assert windows_from(calendar, friday, 2) == (
        (datetime(2026, 6, 5, 9, tzinfo=UTC), datetime(2026, 6, 5, 17, tzinfo=UTC)),
        (datetime(2026, 6, 8, 9, tzinfo=UTC), datetime(2026, 6, 8, 17, tzinfo=UTC)),
    )
    closed = friday + timedelta(seconds=1)
    assert windows_from(calendar, closed, 1)[0][0] == datetime(2026, 6, 8, 9, tzinfo=UTC)
    with pytest.raises(CalendarExhausted):
        windows_from(calendar, datetime(2026, 5, 1, tzinfo=UTC), 1)
