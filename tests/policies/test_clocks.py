"""A clock is a list of facts; pauses cost working time and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import CalendarDefinition
from models.clocks import ClockName, ClockRun
from policies import clocks
from policies.business_time import always_open, expand

HOUR = 3600
OFFICE = expand(
    CalendarDefinition(
        name="office", zone="UTC", windows=dict.fromkeys(range(5), ((9 * 60, 17 * 60),))
    ),
    datetime(2026, 6, 1, tzinfo=UTC),
    days=60,
)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in June 2026; the 1st is a Monday."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def resolution(target_hours: int = 8, begins: datetime | None = None) -> ClockRun:
    return clocks.start(ClockName.RESOLUTION, target_hours * HOUR, begins or at(1, 9))


def test_a_pause_over_a_closed_weekend_costs_nothing() -> None:
    run = clocks.pause(resolution(40), at(5, 17), "waiting for the customer")
    run = clocks.resume(run, at(8, 9))
    assert clocks.read(run, OFFICE, at(8, 10)).elapsed == 41 * HOUR
    assert clocks.reached_at(run, OFFICE, 100) == at(5, 17)


def test_a_pause_in_working_time_moves_the_due_time_by_working_time() -> None:
    run = clocks.resume(clocks.pause(resolution(8), at(1, 15), "waiting"), at(2, 11))
    reading = clocks.read(run, OFFICE, at(2, 12))
    assert reading.elapsed == 7 * HOUR
    assert reading.due_at == at(2, 13)
    assert reading.remaining == HOUR
    assert reading.wall_elapsed == 7 * HOUR


def test_a_paused_clock_is_never_due_and_says_that_it_is_paused() -> None:
    run = clocks.pause(resolution(8), at(1, 15), "waiting")
    reading = clocks.read(run, OFFICE, at(3, 15))
    assert reading.paused
    assert reading.elapsed == 6 * HOUR
    assert reading.due_at is None
    assert not reading.breached
    assert clocks.reached_at(run, OFFICE, 75) is None


def test_out_of_hours_is_told_apart_from_paused() -> None:
    reading = clocks.read(resolution(), OFFICE, at(1, 20))
    assert not reading.in_hours
    assert not reading.paused


def test_a_clock_is_breached_from_the_second_in_which_its_target_is_used_up() -> None:
    run = resolution(8)
    assert not clocks.read(run, OFFICE, at(1, 17) - timedelta(seconds=1)).breached
    assert clocks.read(run, OFFICE, at(1, 17)).breached
    assert clocks.read(run, OFFICE, at(2, 10)).remaining == -HOUR


def test_percent_is_compared_in_seconds_and_never_rounded_up_early() -> None:
    run = clocks.start(ClockName.FIRST_RESPONSE, 1001, at(1, 9))
    assert clocks.reached_at(run, OFFICE, 75) == at(1, 9) + timedelta(seconds=751)
    assert clocks.reached_at(run, OFFICE, 100) == at(1, 9) + timedelta(seconds=1001)


def test_another_severity_keeps_the_start_and_every_pause() -> None:
    run = clocks.resume(clocks.pause(resolution(16), at(1, 10), "waiting"), at(1, 12))
    urgent = clocks.retarget(run, 4 * HOUR, at(1, 13), "severity S3 → S1")
    assert urgent.started_at == run.started_at
    assert urgent.pauses == run.pauses
    assert clocks.reached_at(urgent, OFFICE, 100) == at(1, 15)


def test_a_longer_target_lets_warnings_come_again_and_a_shorter_one_does_not() -> None:
    warned = resolution(8).model_copy(update={"warned": (75,)})
    seven_hours_in = at(1, 16)

    def announced(hours: int) -> tuple[int, ...]:
        changed = clocks.retarget(warned, hours * HOUR, seven_hours_in, "severity")
        return clocks.forget_unreached(changed, OFFICE, seven_hours_in).warned

    assert announced(4) == (75,)
    assert announced(16) == ()


def test_a_met_clock_keeps_its_verdict_whatever_happens_later() -> None:
    met = clocks.stop(resolution(8), at(1, 12))
    assert clocks.read(met, OFFICE, at(20, 12)).elapsed == 3 * HOUR
    assert clocks.retarget(met, HOUR, at(2), "severity") == met
    assert clocks.pause(met, at(2, 9), "late") == met
    assert clocks.reached_at(met, OFFICE, 100) is None
    assert clocks.read(met, OFFICE, at(20, 12)).due_at == at(1, 17)


def test_every_move_is_idempotent() -> None:
    paused = clocks.pause(resolution(), at(1, 10), "waiting")
    assert clocks.pause(paused, at(1, 11), "again") == paused
    resumed = clocks.resume(paused, at(1, 12))
    assert clocks.resume(resumed, at(1, 13)) == resumed
    stopped = clocks.stop(resumed, at(1, 14))
    assert clocks.stop(stopped, at(1, 15)) == stopped
    assert clocks.cancel(stopped, at(1, 15)) == stopped
    assert clocks.cancel(resumed, at(1, 14)).cancelled


def test_stopping_a_paused_clock_ends_its_pause() -> None:
    run = clocks.stop(clocks.pause(resolution(), at(1, 10), "waiting"), at(1, 14))
    assert run.pauses[-1].ended_at == at(1, 14)
    assert clocks.read(run, OFFICE, at(2, 9)).elapsed == HOUR


def test_a_pause_told_late_never_overlaps_the_one_before_it() -> None:
    run = clocks.resume(clocks.pause(resolution(), at(1, 10), "waiting"), at(1, 12))
    again = clocks.pause(run, at(1, 11), "waiting")
    assert again.pauses[-1].began_at == at(1, 12)


def test_the_due_time_of_a_stopped_clock_is_unknown_beyond_the_calendar() -> None:
    short = always_open(at(1), days=2)
    met = clocks.stop(clocks.start(ClockName.RESOLUTION, 90 * HOUR, at(1)), at(2))
    assert clocks.read(met, short, at(2)).due_at is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(1, 600), min_size=1, max_size=9),
    st.integers(1, 2000),
    st.integers(0, 3000),
)
def test_a_clock_agrees_with_a_walk_over_every_minute(
    lengths: list[int], target: int, looked: int
) -> None:
    """Lengths are minutes of running, paused, running … from Monday at 8."""
    begins = at(1, 8)
    run = clocks.start(ClockName.RESOLUTION, target * 60, begins)
    moment, counts = begins, []
    for index, length in enumerate(lengths):
        counts += [index % 2 == 0] * length
        moment += timedelta(minutes=length)
        run = clocks.resume(run, moment) if index % 2 else clocks.pause(run, moment, "waiting")
    run = clocks.resume(run, moment)
    looked_at = moment + timedelta(minutes=looked)
    counts += [True] * 40_000

    def worked(minute: int) -> bool:
        wall = begins + timedelta(minutes=minute)
        return counts[minute] and wall.weekday() < 5 and 9 <= wall.hour < 17

    minutes = int((looked_at - begins).total_seconds()) // 60
    assert clocks.read(run, OFFICE, looked_at).elapsed == 60 * sum(map(worked, range(minutes)))
    left, due = target, 0
    while left:
        left -= worked(due)
        due += 1
    assert clocks.reached_at(run, OFFICE, 100) == begins + timedelta(minutes=due)
