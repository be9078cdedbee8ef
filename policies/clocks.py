"""One clock as a list of facts: when it began, paused, went on and stopped.

What it shows is computed from those facts and the pinned calendar, never stored. A pause costs the
working time that passed during it, so a pause over a closed weekend costs nothing. All durations
are business seconds of the calendar unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.clocks import BusinessCalendar, ClockName, ClockReading, ClockRun, Pause, Retarget
from policies.business_time import CalendarExhausted, add_seconds, is_open, seconds_between


def start(name: ClockName, target: int, at: datetime, cycle: int = 1) -> ClockRun:
    """Begin a cycle of a clock that may take `target` business seconds."""
    return ClockRun(name=name, cycle=cycle, target=target, started_at=at)


def pause(run: ClockRun, at: datetime, why: str) -> ClockRun:
    """Let the clock stand still from `at` on. A clock that is paused or stopped does not change.

    Pauses never overlap: one that is told late begins where the one before it ended.
    """
    if not run.running or run.paused:
        return run
    earliest = run.started_at
    if run.pauses and run.pauses[-1].ended_at is not None:
        earliest = max(earliest, run.pauses[-1].ended_at)
    began = Pause(began_at=max(at, earliest), why=why)
    return run.model_copy(update={"pauses": (*run.pauses, began)})


def resume(run: ClockRun, at: datetime) -> ClockRun:
    """Let a paused clock go on from `at`. A clock that is not paused does not change."""
    if not run.paused:
        return run
    return run.model_copy(update={"pauses": _with_last_pause_ended(run, at)})


def stop(run: ClockRun, at: datetime) -> ClockRun:
    """The promise was kept at `at`, in time or late. A stopped clock does not change."""
    if not run.running:
        return run
    stopped = max(at, run.started_at)
    pauses = _with_last_pause_ended(run, stopped) if run.paused else run.pauses
    return run.model_copy(update={"stopped_at": stopped, "pauses": pauses})


def cancel(run: ClockRun, at: datetime) -> ClockRun:
    """The promise no longer applies from `at` on. A stopped clock does not change."""
    if not run.running:
        return run
    return stop(run, at).model_copy(update={"cancelled": True})


def go_on(run: ClockRun, at: datetime) -> ClockRun:
    """A stopped cycle counts again from `at`; the time in between is a pause."""
    if run.stopped_at is None:
        return run
    between = Pause(began_at=run.stopped_at, ended_at=max(at, run.stopped_at), why="decided")
    return run.model_copy(
        update={"stopped_at": None, "cancelled": False, "pauses": (*run.pauses, between)}
    )


def retarget(run: ClockRun, target: int, at: datetime, why: str, calendar: str = "") -> ClockRun:
    """Other rules apply from `at` on: the start and every pause stay as they were.

    A stopped clock keeps the rules that it was judged by. What was announced is looked at by
    `forget_unreached`, once the calendar of the new rules is there.
    """
    if not run.running or (run.target, run.calendar) == (target, calendar or run.calendar):
        return run
    change = Retarget(at=at, before=run.target, why=why)
    retargets = (*run.retargets, change)
    kept = {"target": target, "calendar": calendar or run.calendar, "retargets": retargets}
    return run.model_copy(update=kept)


def forget_unreached(run: ClockRun, calendar: BusinessCalendar, at: datetime) -> ClockRun:
    """Shares that by the rules of now are not used up at `at` may be announced again."""
    if not run.running:
        return run
    elapsed = elapsed_at(run, calendar, at)
    warned = tuple(share for share in run.warned if elapsed >= share_of(run.target, share))
    return run.model_copy(update={"warned": warned})


def share_of(target: int, percent: int) -> int:
    """The whole seconds after which at least `percent` of the target has passed."""
    return -(-target * percent // 100)


def read(run: ClockRun, calendar: BusinessCalendar, now: datetime) -> ClockReading:
    """What the clock shows at `now`, or showed when it stopped.

    It is breached from the very second in which its target is used up, so an answer in that
    second is late, like the timer that fires in it. `due_at` is None when the calendar does not
    reach far enough to tell. Raises `CalendarExhausted` when it does not even reach `now`.
    """
    until = _looked_at(run, now)
    spans = list(counted(run, until))
    elapsed = elapsed_at(run, calendar, until)
    wall = sum(((ended - began for began, ended in spans)), timedelta())
    return ClockReading(
        name=run.name,
        elapsed=elapsed,
        remaining=run.target - elapsed,
        wall_elapsed=wall // timedelta(seconds=1),
        due_at=_due_at(run, calendar),
        paused=run.paused,
        in_hours=is_open(calendar, until),
        breached=elapsed >= run.target,
        met=run.stopped_at is not None and not run.cancelled,
    )


def elapsed_at(run: ClockRun, calendar: BusinessCalendar, now: datetime) -> int:
    """The business seconds that a clock has counted at `now`, or had when it stopped.

    It is all that a verdict needs: the promise is broken once they reach the target. Raises
    `CalendarExhausted`.
    """
    until = _looked_at(run, now)
    return sum([seconds_between(calendar, began, ended) for began, ended in counted(run, until)])


def reached_at(run: ClockRun, calendar: BusinessCalendar, percent: int) -> datetime | None:
    """The moment at which `percent` of the target is used up; None while paused or stopped.

    It may lie in the past. Compared in whole seconds, never in rounded percent: the moment is the
    first at which at least that share has passed. Raises `CalendarExhausted`.
    """
    if not run.running or run.paused:
        return None
    return _used_up_at(run, calendar, share_of(run.target, percent))


def _looked_at(run: ClockRun, now: datetime) -> datetime:
    until = min(now, run.stopped_at) if run.stopped_at else now
    return max(until, run.started_at)


def _with_last_pause_ended(run: ClockRun, at: datetime) -> tuple[Pause, ...]:
    last = run.pauses[-1]
    ended = last.model_copy(update={"ended_at": max(at, last.began_at)})
    return (*run.pauses[:-1], ended)


def counted(run: ClockRun, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The times in which the clock counted, up to `until`."""
    since = run.started_at
    for one in run.pauses:
        if one.began_at >= until:
            break
        if since < one.began_at:
            yield since, one.began_at
        since = until if one.ended_at is None else one.ended_at
    if since < until:
        yield since, until


def _due_at(run: ClockRun, calendar: BusinessCalendar) -> datetime | None:
    try:
        return (
            reached_at(run, calendar, 100)
            if run.running
            else _used_up_at(run, calendar, run.target)
        )
    except CalendarExhausted:
        # Beyond what the calendar knows; it is expanded long before that time comes.
        return None


def _used_up_at(run: ClockRun, calendar: BusinessCalendar, seconds: int) -> datetime:
    """Walk the times in which the clock counted until so many business seconds have passed."""
    left, since = seconds, run.started_at
    for one in run.pauses:
        counted = seconds_between(calendar, since, one.began_at)
        if left <= counted or one.ended_at is None:
            break
        left -= counted
        since = one.ended_at
    return add_seconds(calendar, since, left)
