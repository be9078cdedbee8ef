"""Explanations: why every interval counts or not, in the same words everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.approval import ApprovalPlan
from models.calendar import CalendarDefinition
from models.clocks import ClockName, ClockRun
from models.explanation import ClockExplanation, ClockFacts, IntervalKind, Verdict
from models.people import Person
from policies import approval, approval_clock, clocks
from policies.business_time import expand
from policies.explanation import explain
from policies.explanation_lines import quoted

HOUR = 3600
SPLIT = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
HOURS = CalendarDefinition(
    name="office",
    zone="UTC",
    windows=dict.fromkeys(range(5), SPLIT),
    holidays=("2026-06-04",),
    holiday_names={"2026-06-04": "Corpus Christi", "2026-06-10": "stocktaking"},
    exceptions={"2026-06-10": (), "2026-06-13": ((600, 720),)},
)
CALENDAR = expand(HOURS, datetime(2026, 5, 25, tzinfo=UTC), days=60)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in June 2026; the 1st is a Monday."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def told(run: ClockRun, now: datetime) -> ClockExplanation:
    facts = ClockFacts(
        issue_key="FT-1",
        runs=(run,),
        calendars=(CALENDAR,),
        definitions=(HOURS,),
        shares=(50, 75, 100),
    )
    return explain(facts, now).clocks[0]


def started(hours: int = 8, begins: datetime | None = None) -> ClockRun:
    return clocks.start(ClockName.RESOLUTION, hours * HOUR, begins or at(1, 9))


def kinds(one: ClockExplanation) -> list[tuple[IntervalKind, str]]:
    return [(interval.kind, interval.why) for interval in one.intervals]


def test_a_break_is_told_apart_from_the_night() -> None:
    assert kinds(told(started(), at(2, 10))) == [
        (IntervalKind.COUNTED, ""),
        (IntervalKind.BREAK, "between two windows of the day"),
        (IntervalKind.COUNTED, ""),
        (IntervalKind.CLOSED, "outside the opening hours"),
        (IntervalKind.COUNTED, ""),
    ]


def test_a_holiday_is_called_by_its_name_and_a_weekend_by_its_days() -> None:
    reasons = dict(kinds(told(started(80), at(8, 10))))
    closed = [
        why for kind, why in kinds(told(started(80), at(8, 10))) if kind is IntervalKind.CLOSED
    ]

    assert reasons[IntervalKind.HOLIDAY] == "Corpus Christi (Thu 04 Jun)"
    assert "not open on Sat 06 Jun to Sun 07 Jun" in closed


def test_a_date_that_was_closed_by_an_exception_is_called_what_that_says() -> None:
    run = started(80, at(9, 16))

    assert (IntervalKind.HOLIDAY, "stocktaking (Wed 10 Jun)") in kinds(told(run, at(11, 10)))


def test_a_saturday_that_is_open_by_exception_counts() -> None:
    reading = told(started(80, at(12, 17)), at(14)).reading

    assert reading.elapsed == 2 * HOUR


def test_a_pause_says_why_and_what_working_time_it_cost_beside_the_wall_clock() -> None:
    run = clocks.resume(clocks.pause(started(), at(1, 11), "the issue is in Waiting"), at(2, 10))

    paused = told(run, at(2, 12)).intervals[1]

    assert (paused.kind, paused.why) == (IntervalKind.PAUSED, "the issue is in Waiting")
    assert (paused.working, paused.wall) == (6 * HOUR, 23 * HOUR)


@pytest.mark.parametrize(
    ("run", "now", "verdict"),
    [
        (started(), at(1, 10), Verdict.RUNNING),
        (started(), at(3, 10), Verdict.OVERDUE),
        (clocks.pause(started(), at(1, 10), "waiting"), at(9, 10), Verdict.PAUSED),
        (clocks.stop(started(), at(1, 10)), at(9, 10), Verdict.MET),
        (clocks.stop(started(), at(3, 10)), at(9, 10), Verdict.MET_LATE),
        (clocks.cancel(started(), at(1, 10)), at(9, 10), Verdict.CANCELLED),
    ],
)
def test_every_verdict_has_its_name_and_its_line(
    run: ClockRun, now: datetime, verdict: Verdict
) -> None:
    explained = told(run, now)

    assert explained.verdict is verdict
    assert "of 8 h 00 min of working time" in explained.lines[-1]


def test_out_of_hours_and_paused_are_said_in_other_words() -> None:
    at_night = told(started(), at(1, 20)).lines[-1]
    paused = told(clocks.pause(started(), at(1, 10), "waiting"), at(1, 20)).lines[-1]

    assert "out of hours now and not paused" in at_night
    assert "paused now with 7 h 00 min left" in paused


def test_changed_rules_are_told_with_what_they_were_before() -> None:
    run = clocks.retarget(started(), 4 * HOUR, at(1, 10), "severity S3 → S2")

    lines = told(run, at(1, 11)).lines

    assert lines[1] == (
        "Mon 01 Jun 2026 10:00: severity S3 → S2; 8 h 00 min became 4 h 00 min, counted from the "
        "same start with every pause kept."
    )


def test_the_verdict_of_an_ended_cycle_is_the_same_whenever_it_is_asked() -> None:
    ended = clocks.stop(started(), at(3, 10))

    assert told(ended, at(3, 11)) == told(ended, at(20))


def test_a_comment_quotes_the_first_and_last_lines_of_a_long_explanation() -> None:
    lines = told(started(200), at(1, 9) + timedelta(days=20)).lines

    short = quoted(lines)

    assert len(short) == 14
    assert (short[0], short[-1]) == (lines[0], lines[-1])
    assert any("followthrough explain" in line for line in short)
    assert quoted(lines[:5]) == lines[:5]


def plan(expires: datetime) -> ApprovalPlan:
    return ApprovalPlan(
        rule="refund",
        quorum=1,
        eligible=(Person(id="fay", name="Fay"),),
        opened_at=at(1, 9),
        expires_at=expires,
        explanation="",
    )


def test_a_waiting_request_has_a_clock_that_falls_due_with_its_expiry() -> None:
    waiting = approval.opened(plan(at(2, 11)), "", at(1, 9))
    reading = approval_clock.reading(waiting, CALENDAR, at(1, 14))

    assert reading is not None
    assert (reading.name, reading.due_at) == (ClockName.APPROVAL, at(2, 11))
    assert (reading.elapsed, reading.remaining) == (4 * HOUR, 5 * HOUR)


def test_a_decided_request_has_no_clock_any_more() -> None:
    decided = approval.withdrawn(approval.opened(plan(at(2, 11)), "", at(1, 9)), at(1, 10))
    reading = approval_clock.reading(decided, CALENDAR, at(1, 14))

    assert reading is None
