"""What falls due on an item, when, and what happens then.

All instants are computed from the pinned calendar; the workflow holds one timer for the earliest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.clocks import ClockRun
from models.events import Event, EventKind
from models.item_state import ItemState
from policies.lifecycle import record, running_clocks
from policies.lifecycle.changed_rules import calendar_is_stale
from policies.lifecycle.clock_notes import clock_note
from policies.lifecycle.ladder import climb_if_due
from policies.lifecycle.running_clocks import TITLES, pinned, reached, running
from policies.lifecycle.stages import ladder_rules

BREACH = 100
CALENDAR_MARGIN = timedelta(days=60)
"""The calendar is expanded anew when it covers less than this beyond the present."""


@dataclass(frozen=True)
class Deadline:
    """A moment at which something happens by itself, and what, in words."""

    at: datetime
    what: str


def next_deadline(state: ItemState) -> Deadline | None:
    """The earliest moment at which the item has to look again, or None when none is set."""
    if state.snapshot is None or state.closed_at is not None:
        return None
    if state.decision is not None:
        # A parked item does not close before Jira was told; what unparks it also wakes it.
        if state.watch_until is None or state.parked is not None:
            return None
        return Deadline(state.watch_until, "recontact watch ends")
    waiting = [
        *_shares_ahead(state),
        *_ladder_ahead(state),
        *_notices_ahead(state),
        _calendar_ends(state),
    ]
    return min(waiting, key=lambda deadline: deadline.at)


def pass_deadlines(state: ItemState, now: datetime) -> ItemState:
    """The state after everything that fell due by `now` has happened."""
    if state.snapshot is None or state.closed_at is not None:
        return state
    if state.decision is not None:
        return _end_watch(state, now)
    before = state.sequence
    for run in running(state):
        state = _announce_shares(state, run, now)
    announced = tuple(event for event in state.timeline if event.sequence > before)
    state = climb_if_due(state, now)
    return state if _ladder_tells(state) else _comment_on(state, announced, now)


def calendar_runs_out(state: ItemState, now: datetime) -> bool:
    """Whether the pinned calendar must be expanded before anything is computed on it."""
    if state.snapshot is None:
        return False
    return calendar_is_stale(state.snapshot) or now >= _calendar_ends(state).at


def _shares(state: ItemState) -> tuple[int, ...]:
    return tuple(sorted({*pinned(state).warn_at_percent, BREACH}))


def _shares_ahead(state: ItemState) -> list[Deadline]:
    ahead = []
    for run in running(state):
        wakes = (p for p in _shares(state) if p not in pinned(state).quiet_at_percent)
        percent = next((p for p in wakes if p not in run.warned), None)
        at = reached(state, run, percent) if percent else None
        if percent and at:
            what = "due" if percent == BREACH else f"{percent} % used"
            ahead.append(Deadline(at, f"{TITLES[run.name]} {what}"))
    return ahead


def _ladder_ahead(state: ItemState) -> list[Deadline]:
    rules = ladder_rules(state)
    if rules is None or not running(state):
        return []
    told = state.ladder.told
    ahead = [Deadline(told.hand_off_at, "others are on call")] if told and told.hand_off_at else []
    if state.ladder.next_at is not None:
        return [*ahead, Deadline(state.ladder.next_at, "next rung of the ladder")]
    if state.ladder.level or state.ladder.exhausted:
        return ahead
    starts = [reached(state, run, rules.starts_at_percent) for run in running(state)]
    return [Deadline(at, "escalation starts") for at in starts if at is not None]


def _notices_ahead(state: ItemState) -> list[Deadline]:
    return [Deadline(notice.due_at, "a notice is tried again") for notice in state.notices]


def _calendar_ends(state: ItemState) -> Deadline:
    covers_until = datetime.fromtimestamp(pinned(state).calendar.covers_until, UTC)
    return Deadline(covers_until - CALENDAR_MARGIN, "calendar is expanded further")


def _announce_shares(state: ItemState, run: ClockRun, now: datetime) -> ItemState:
    due = [
        (percent, at)
        for percent in _shares(state)
        if percent not in run.warned
        and (at := reached(state, run, percent)) is not None
        and at <= now
    ]
    if not due:
        return state
    shares = tuple(percent for percent, _ in due)
    state = running_clocks.mark_warned(state, run, shares)
    # Late already: one notice for the newest share, not one for each share passed meanwhile.
    percent, at = due[-1]
    breached = percent == BREACH
    what = (
        f"The {TITLES[run.name]} is overdue."
        if breached
        else f"{percent} % of the time for the {TITLES[run.name]} is used."
    )
    retroactive = bool(run.retargets) and at < run.retargets[-1].at
    if retroactive:
        what += f" Found afterwards, by the rules that apply since {run.retargets[-1].why}."
    return record.happened(
        state,
        EventKind.CLOCK_BREACHED if breached else EventKind.CLOCK_WARNED,
        at,
        what,
        clock=run.name,
        cycle=run.cycle,
        percent=percent,
        shares=" ".join(str(share) for share in shares),
        retroactive=retroactive,
    )


def _ladder_tells(state: ItemState) -> bool:
    """The ladder is under way: what it says of the clocks is enough, now or at its next level."""
    ladder = state.ladder
    return ladder.looking_up is not None or (ladder.level > 0 and ladder.next_at is not None)


def _comment_on(state: ItemState, announced: tuple[Event, ...], now: datetime) -> ItemState:
    """Tell the issue what the policy wants told there."""
    told = pinned(state).comment_at_percent
    worth = [event for event in announced if event.facts.get("percent") in told]
    return record.say(state, clock_note(state, worth, now)) if worth else state


def _end_watch(state: ItemState, now: datetime) -> ItemState:
    decision = state.decision
    if state.watch_until is None or now < state.watch_until or decision is None:
        return state
    if state.parked is not None:
        return state
    state = state.model_copy(update={"closed_at": now})
    return record.happened(
        state,
        EventKind.CLOSED,
        now,
        f"Closed: {decision.outcome}, resolution {decision.resolution}.",
        outcome=decision.outcome,
        resolution=decision.resolution,
    )
