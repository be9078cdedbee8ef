"""An item's clocks over its life: started, paused, resumed, met, and begun anew on reopening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from models.clocks import ClockName, ClockReading, ClockRun, Pause
from models.events import EventKind
from models.item_state import ItemState
from models.lifecycle import Severity
from models.policy import PolicySnapshot, SeverityRules
from policies import clocks
from policies.business_time import CalendarExhausted
from policies.lifecycle import record
from policies.lifecycle.stages import clock

TITLES: dict[ClockName, str] = {
    ClockName.FIRST_RESPONSE: "first response",
    ClockName.NEXT_RESPONSE: "next response",
    ClockName.RESOLUTION: "resolution",
}


def rules_now(state: ItemState) -> SeverityRules:
    """The pinned rules for the item's present severity."""
    snapshot, severity = pinned(state), state.severity
    return snapshot.rules[severity or Severity.S3]


def pinned(state: ItemState) -> PolicySnapshot:
    """The pinned policy. Only called once the item has been received."""
    if state.snapshot is None:
        raise ValueError("the item has no pinned policy before it is received")
    return state.snapshot


def start(state: ItemState, name: ClockName, at: datetime) -> ItemState:
    """Begin a new cycle of this clock, unless one is running or the policy sets no target."""
    at = max(at, state.item.created_at) if state.item else at
    target = rules_now(state).targets.get(name)
    before = clock(state, name)
    if target is None or (before is not None and before.running):
        return state
    run = clocks.start(name, target, at, cycle=before.cycle + 1 if before else 1)
    state = state.model_copy(update={"clocks": (*state.clocks, run)})
    return record.happened(
        state,
        EventKind.CLOCK_STARTED,
        at,
        f"The {TITLES[name]} clock started.",
        clock=name,
        cycle=run.cycle,
        target=target,
    )


def begin_again(state: ItemState, name: ClockName, at: datetime) -> ItemState:
    """After a reopening: a new cycle, or the old one going on where it stood, as pinned.

    A clock that goes on counts the time in between as a pause.
    """
    run = clock(state, name)
    if pinned(state).reopen_is_new_cycle or run is None or run.stopped_at is None:
        return start(state, name, at)
    pause = Pause(began_at=run.stopped_at, ended_at=at, why="decided")
    going_on = run.model_copy(
        update={"stopped_at": None, "cancelled": False, "pauses": (*run.pauses, pause)}
    )
    state = _replace(state, run, going_on)
    return record.happened(
        state,
        EventKind.CLOCK_RESUMED,
        at,
        f"The {TITLES[name]} clock goes on where it stood.",
        clock=name,
        cycle=run.cycle,
    )


def stop(state: ItemState, name: ClockName, at: datetime) -> ItemState:
    """The promise is met, if that clock is running."""
    run = clock(state, name)
    if run is None or not run.running:
        return state
    reading = clocks.read(run, pinned(state).calendar, max(at, run.started_at))
    state = _replace(state, run, clocks.stop(run, max(at, run.started_at)))
    verdict = "late" if reading.breached else "in time"
    return record.happened(
        state,
        EventKind.CLOCK_MET,
        at,
        f"The {TITLES[name]} was given {verdict}.",
        clock=name,
        cycle=run.cycle,
        business_seconds=reading.elapsed,
        wall_seconds=reading.wall_elapsed,
        breached=reading.breached,
    )


def stop_all(state: ItemState, at: datetime) -> ItemState:
    """A decision meets the resolution promise and cancels what else still runs."""
    return cancel_all(stop(state, ClockName.RESOLUTION, at), at)


def cancel_all(state: ItemState, at: datetime) -> ItemState:
    """What still runs no longer applies, and is neither kept nor broken."""
    for run in state.clocks:
        if run.running:
            state = _replace(state, run, clocks.cancel(run, max(at, run.started_at)))
    return state


def pause_all(state: ItemState, at: datetime, why: str) -> ItemState:
    """Let every running clock stand still."""
    return _each(
        state,
        at,
        lambda run: clocks.pause(run, max(at, run.started_at), why),
        EventKind.CLOCK_PAUSED,
        f"The clocks stand still: {why}.",
    )


def resume_all(state: ItemState, at: datetime, why: str) -> ItemState:
    """Let every paused clock count again; the ladder waits as much longer as they stood still."""
    since = max((run.pauses[-1].began_at for run in state.clocks if run.paused), default=None)
    if since is not None and state.ladder.next_at is not None:
        later = state.ladder.next_at + max(at - since, timedelta())
        ladder = state.ladder.model_copy(update={"next_at": later})
        state = state.model_copy(update={"ladder": ladder})
    return _each(
        state,
        at,
        lambda run: clocks.resume(run, at),
        EventKind.CLOCK_RESUMED,
        f"The clocks count again: {why}.",
    )


def retarget_all(state: ItemState) -> ItemState:
    """A corrected severity: new targets, the original start, every pause kept."""
    targets = rules_now(state).targets
    runs = tuple(
        clocks.retarget(run, targets[run.name]) if run.running and run.name in targets else run
        for run in state.clocks
    )
    return state.model_copy(update={"clocks": runs})


def mark_warned(state: ItemState, run: ClockRun, percents: tuple[int, ...]) -> ItemState:
    """Remember that these shares of the target have been announced."""
    warned = tuple(sorted({*run.warned, *percents}))
    return _replace(state, run, run.model_copy(update={"warned": warned}))


def readings(state: ItemState, now: datetime) -> tuple[ClockReading, ...]:
    """What the newest cycle of each clock shows; a stopped clock shows its end."""
    if state.snapshot is None:
        return ()
    newest = {run.name: run for run in state.clocks if not run.cancelled}
    return tuple(
        clocks.read(run, state.snapshot.calendar, run.stopped_at or max(now, run.started_at))
        for run in newest.values()
    )


def running(state: ItemState) -> tuple[ClockRun, ...]:
    """The clocks that count at present: neither stopped nor paused."""
    return tuple(run for run in state.clocks if run.running and not run.paused)


def _each(
    state: ItemState,
    at: datetime,
    change: Callable[[ClockRun], ClockRun],
    kind: EventKind,
    summary: str,
) -> ItemState:
    runs = tuple(change(run) if run.running else run for run in state.clocks)
    if runs == state.clocks:
        return state
    state = state.model_copy(update={"clocks": runs})
    return record.happened(state, kind, at, summary)


def _replace(state: ItemState, old: ClockRun, new: ClockRun) -> ItemState:
    runs = tuple(new if run is old else run for run in state.clocks)
    return state.model_copy(update={"clocks": runs})


def reached(state: ItemState, run: ClockRun, percent: int) -> datetime | None:
    """When so much of this clock's target is used up.

    None while that is not known: the clock stands still, or the moment lies beyond the pinned
    calendar, which is expanded long before it comes.
    """
    try:
        return clocks.reached_at(run, pinned(state).calendar, percent)
    except CalendarExhausted:
        return None


def due(state: ItemState, run: ClockRun) -> datetime | None:
    """When this clock's target is used up; None while that is not known."""
    return reached(state, run, 100)
