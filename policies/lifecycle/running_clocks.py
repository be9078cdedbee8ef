"""An item's clocks over its life: started, paused, resumed, met, and begun anew on reopening."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.clock_rules import ClockRule
from models.clocks import BusinessCalendar, ClockName, ClockReading, ClockRun
from models.events import EventKind
from models.item_state import ItemState
from models.lifecycle import Severity
from models.policy import PolicySnapshot, SeverityRules
from policies import clock_conditions, clocks
from policies.business_time import CalendarExhausted
from policies.clock_conditions import Happening, Move
from policies.clock_words import usual_rules
from policies.happenings import happening_of
from policies.lifecycle import record
from policies.lifecycle.stages import clock

TITLES: dict[ClockName, str] = {
    ClockName.FIRST_RESPONSE: "first response",
    ClockName.NEXT_RESPONSE: "next response",
    ClockName.RESOLUTION: "resolution",
    ClockName.PERIODIC_UPDATE: "periodic update",
    ClockName.APPROVAL: "approval",
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


def follow(state: ItemState) -> ItemState:
    """Let every clock move as the pinned rules say about the event that was just taken down."""
    snapshot = pinned(state)
    event = state.timeline[-1]
    happening = happening_of(event, state.standing, snapshot.statuses.pause_when)
    if happening is None:
        return state
    counted_before = bool(running(state))
    state = state.model_copy(update={"standing": happening.standing})
    held: dict[tuple[Move, str], list[ClockName]] = {}
    for rule in clock_rules(snapshot):
        for move in clock_conditions.moves(rule, clock(state, rule.name), happening):
            if move is Move.START:
                state = _start(state, rule.name, happening.at)
                continue
            run = clock(state, rule.name)
            if run is None:
                continue
            if move is Move.RESUME:
                state = _ladder_later(state, run, happening.at, counted_before=counted_before)
            changed = clock_conditions.moved(run, move, happening, rule)
            state = _replace(state, run, changed)
            if move in (Move.STOP, Move.GO_ON):
                state = _told(state, changed, move, happening.at)
            elif changed != run:
                why = _why(move, changed, happening)
                held.setdefault((move, why), []).append(rule.name)
    return _told_together(state, held, happening.at)


def clock_rules(snapshot: PolicySnapshot) -> tuple[ClockRule, ...]:
    """The pinned rules of the clocks, in the order in which they are looked at."""
    return snapshot.clock_rules or usual_rules(
        reopen_is_new_cycle=snapshot.reopen_is_new_cycle,
        pause_while_approving=snapshot.pause_while_approving,
    )


def _start(state: ItemState, name: ClockName, at: datetime) -> ItemState:
    """Begin a new cycle of this clock, unless the policy sets no target for it."""
    at = max(at, state.item.created_at) if state.item else at
    target = rules_now(state).targets.get(name)
    before = clock(state, name)
    if target is None:
        return state
    run = clocks.start(name, target, at, cycle=before.cycle + 1 if before else 1)
    run = run.model_copy(update={"calendar": pinned(state).calendar.name})
    state = state.model_copy(update={"clocks": (*state.clocks, run)})
    return record.happened(
        state,
        EventKind.CLOCK_STARTED,
        at,
        f"The {TITLES[name]} clock started.",
        clock=name,
        cycle=run.cycle,
        target=target,
        rule=rules_now(state).target_rule,
    )


def _told(state: ItemState, run: ClockRun, move: Move, at: datetime) -> ItemState:
    """Take down that a clock stopped, with its verdict, or that it goes on after a reopening."""
    if move is Move.GO_ON:
        return record.happened(
            state,
            EventKind.CLOCK_RESUMED,
            at,
            f"The {TITLES[run.name]} clock goes on where it stood.",
            clocks=run.name,
            cycle=run.cycle,
            goes_on=True,
        )
    reading = clocks.read(run, calendar_of(state, run), run.stopped_at or at)
    verdict = "late" if reading.breached else "in time"
    return record.happened(
        state,
        EventKind.CLOCK_MET,
        at,
        f"The {TITLES[run.name]} was given {verdict}.",
        clock=run.name,
        cycle=run.cycle,
        business_seconds=reading.elapsed,
        wall_seconds=reading.wall_elapsed,
        breached=reading.breached,
    )


_KINDS = {
    Move.PAUSE: (EventKind.CLOCK_PAUSED, "stand still"),
    Move.RESUME: (EventKind.CLOCK_RESUMED, "count again"),
    Move.CANCEL: (EventKind.CLOCK_CANCELLED, "no longer apply"),
}


def _why(move: Move, run: ClockRun, happening: Happening) -> str:
    if move is Move.PAUSE:
        return run.pauses[-1].why
    return "decided" if move is Move.CANCEL else clock_conditions.why_resumed(happening)


def _told_together(
    state: ItemState, held: dict[tuple[Move, str], list[ClockName]], at: datetime
) -> ItemState:
    """What several clocks do for the same reason is one event."""
    for (move, why), names in held.items():
        kind, what = _KINDS[move]
        titles = " and ".join(TITLES[name] for name in names)
        state = record.happened(
            state, kind, at, f"Clocks {what} ({titles}): {why}.", clocks=" ".join(names), why=why
        )
    return state


def _ladder_later(
    state: ItemState, run: ClockRun, at: datetime, *, counted_before: bool
) -> ItemState:
    """The ladder waits as much longer as all clocks stood still."""
    if counted_before or running(state) or state.ladder.next_at is None:
        return state
    later = state.ladder.next_at + max(at - run.pauses[-1].began_at, timedelta())
    ladder = state.ladder.model_copy(update={"next_at": later})
    return state.model_copy(update={"ladder": ladder})


def cancel_all(state: ItemState, at: datetime) -> ItemState:
    """What still runs no longer applies, and is neither kept nor broken."""
    names = [run.name for run in state.clocks if run.running]
    for run in state.clocks:
        if run.running:
            state = _replace(state, run, clocks.cancel(run, max(at, run.started_at)))
    return (
        _told_together(state, {(Move.CANCEL, "the issue is gone"): names}, at) if names else state
    )


def calendar_of(state: ItemState, run: ClockRun) -> BusinessCalendar:
    """The calendar that counts this cycle; a stopped one keeps the calendar it was judged by."""
    snapshot = pinned(state)
    earlier = (one for one in snapshot.earlier_calendars if one.name == run.calendar)
    return snapshot.calendar if run.running else next(earlier, snapshot.calendar)


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
        clocks.read(run, calendar_of(state, run), run.stopped_at or max(now, run.started_at))
        for run in newest.values()
    )


def running(state: ItemState) -> tuple[ClockRun, ...]:
    """The clocks that count at present: neither stopped nor paused."""
    return tuple(run for run in state.clocks if run.running and not run.paused)


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
