"""Clock arithmetic against an oracle that walks every minute, and against another library."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from models.calendar import CalendarDefinition
from models.clocks import ClockName, ClockRun
from models.explanation import ClockFacts, IntervalKind
from policies import clocks
from policies.business_time import expand, is_open
from policies.explanation import explain
from policies.holiday_dates import public_holidays
from tests.policies.clock_oracle import CHANGES, DAYS, MINUTE, Case, cases, walk

CASES = int(os.environ.get("ORACLE_CASES", "2000"))
"""Over all zones, always the same ones. `make bench` walks 10,000, which takes a minute or two."""


def run_of(case: Case) -> ClockRun:
    run = clocks.start(ClockName.RESOLUTION, case.target * 60, case.at(case.starts))
    for began, ended in case.pauses:
        run = clocks.resume(clocks.pause(run, case.at(began), "waiting"), case.at(ended))
    return run


@pytest.mark.parametrize("zone", CHANGES)
def test_a_clock_agrees_with_a_walk_over_every_minute_in(zone: str) -> None:
    @settings(
        max_examples=CASES // len(CHANGES),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(zone))
    def agrees(case: Case) -> None:
        walked, run = walk(case), run_of(case)
        calendar = expand(case.hours, case.begins, DAYS)
        reading = clocks.read(run, calendar, case.at(case.looked))
        assert reading.elapsed == 60 * walked.elapsed
        assert reading.due_at == (None if walked.due is None else case.at(walked.due))
        assert reading.breached == (walked.elapsed >= case.target)
        if case.looked < len(walked.worked):
            assert reading.in_hours is walked.worked[case.looked]

    agrees()


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(st.sampled_from(sorted(CHANGES)).flatmap(cases))
def test_an_explanation_leaves_no_gap_and_its_intervals_add_up_to_the_reading(case: Case) -> None:
    calendar, run = expand(case.hours, case.begins, DAYS), run_of(case)
    facts = ClockFacts(
        issue_key="FT-1", runs=(run,), calendars=(calendar,), definitions=(case.hours,)
    )

    (told,) = explain(facts, case.at(case.looked)).clocks

    counted = [one.working for one in told.intervals if one.kind is IntervalKind.COUNTED]
    assert sum(counted) == told.reading.elapsed
    assert sum(one.wall for one in told.intervals) == told.wall
    edges = [run.started_at, *(one.ended_at for one in told.intervals)]
    assert [one.began_at for one in told.intervals] == edges[:-1]


LIBRARY_HOURS = {
    "Mo-Fr 09:00-17:00": dict.fromkeys(range(5), ((540, 1020),)),
    "Mo-Fr 09:00-12:30,13:15-17:00; Sa 10:00-14:00": {
        **dict.fromkeys(range(5), ((540, 750), (795, 1020))),
        5: ((600, 840),),
    },
    "Mo-Su 22:00-06:00": dict.fromkeys(range(7), ((1320, 360),)),
    "24/7": dict.fromkeys(range(7), ((0, 1440),)),
}


@pytest.mark.parametrize("written", LIBRARY_HOURS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
def test_opening_hours_py_agrees_where_it_can_express_the_hours(written: str, zone: str) -> None:
    """It writes no dated exceptions as we do, and at a change of clocks it reads local time."""
    begins = datetime(2026, 3, 2, tzinfo=UTC)
    hours = CalendarDefinition(name="theirs", zone=zone, windows=LIBRARY_HOURS[written])
    calendar = expand(hours, begins, days=60)
    theirs = OpeningHours(written, timezone=ZoneInfo(zone))

    differing = [
        moment
        for step in range(60 * 96)
        if theirs.is_open((moment := begins + step * 15 * MINUTE).astimezone(ZoneInfo(zone)))
        is not is_open(calendar, moment)
    ]

    assert differing == []


@pytest.mark.parametrize(("country", "zone"), [("DE", "Europe/Berlin"), ("FR", "Europe/Paris")])
def test_opening_hours_py_agrees_on_national_holidays(country: str, zone: str) -> None:
    """Of the United States the two packages disagree over Columbus Day and a Saturday 4 July."""
    hours = CalendarDefinition(
        name="theirs",
        zone=zone,
        windows=dict.fromkeys(range(7), ((540, 1020),)),
        holidays=tuple(public_holidays(country, None, 2026, 2026)),
    )
    noons = [
        datetime(2026, 1, 1, 12, tzinfo=ZoneInfo(zone)) + timedelta(days=n) for n in range(365)
    ]
    calendar = expand(hours, noons[0], days=366)
    theirs = OpeningHours("09:00-17:00; PH off", timezone=ZoneInfo(zone), country=country)

    differing = [
        noon.date() for noon in noons if theirs.is_open(noon) is not is_open(calendar, noon)
    ]

    assert differing == []
