"""How an item presents itself: its status, and one line."""

from __future__ import annotations

from datetime import datetime

from models.failures import FAILURES_BY_TYPE
from models.item_state import ItemState
from models.messages import ItemStatus, ItemSubject, OpenActionStatus
from policies.business_time import CalendarExhausted, windows_from
from policies.lifecycle import running_clocks, words
from policies.lifecycle.facts import item_facts
from policies.lifecycle.stages import (
    awaited_people,
    awaiting_of,
    current_rung,
    needs_triage,
    stage_of,
)

HOURS_TOLD = 20


def status_of(state: ItemState, now: datetime) -> ItemStatus:
    """Everything a person needs to see at a glance."""
    readings = running_clocks.readings(state, now)
    snapshot, item, ladder = state.snapshot, state.item, state.ladder
    rung = current_rung(state)
    decision = state.decision
    parked, since = _stop(state)
    known = FAILURES_BY_TYPE.get(parked) if parked else None
    return ItemStatus(
        issue_id=state.issue_id,
        issue_key=item.issue_key if item else state.issue_id,
        workflow_id=state.workflow_id,
        stage=stage_of(state),
        awaiting=awaiting_of(state),
        awaited=awaited_people(state),
        severity=state.severity,
        category=state.category,
        owner=state.owner,
        segment=item.customer.segment if item else None,
        triage_unsure=needs_triage(state),
        due_at=due_at(state),
        breached=breached(state),
        clocks=readings,
        hours=_hours(state, now) if readings else (),
        ladder_level=rung.level if rung else ladder.level,
        ladder_rung=rung.name if rung else None,
        acknowledged_by=ladder.acknowledgement.actor.person if ladder.acknowledgement else None,
        actions=tuple(_action(state)),
        outcome=decision.outcome if decision else None,
        resolution=decision.resolution if decision else None,
        parked=parked,
        parked_since=since,
        remedy=known.remedy if known else None,
        policy_version=snapshot.version if snapshot else None,
        clock_scale=snapshot.scale if snapshot else 1.0,
        unproven_allowed=snapshot.allow_unproven if snapshot else False,
        summary=summary_of(state),
    )


def _hours(state: ItemState, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Enough for two working weeks with a break each day; nothing where the calendar ends."""
    try:
        return windows_from(running_clocks.pinned(state).calendar, now, HOURS_TOLD)
    except CalendarExhausted:
        return ()


def _stop(state: ItemState) -> tuple[str | None, datetime | None]:
    """What the item stands still for: a failure of its own, or an approved action that is stuck."""
    stuck = next((action.stuck for action in state.actions if action.stuck), None)
    stop = state.parked or stuck
    return (stop.failure, stop.since) if stop else (None, None)


def subject_of(state: ItemState) -> ItemSubject:
    """What the item's requests rest on. Only called once the item has been received."""
    waiting = {action.proposal.request_id: action for action in state.actions if action.waiting}
    return ItemSubject(
        item=item_facts(state),
        snapshot=running_clocks.pinned(state),
        waiting=tuple(waiting),
        asked={request: one.facts for request, one in waiting.items() if one.facts is not None},
        sure={request: one.proposal.confidence for request, one in waiting.items()},
        feedback=state.item,
        owner=state.owner,
    )


def _action(state: ItemState) -> list[OpenActionStatus]:
    return [
        OpenActionStatus(
            request_id=action.proposal.request_id,
            workflow_id=action.workflow_id,
            kind=action.proposal.kind,
            summary=action.proposal.summary,
            amount=action.proposal.amount,
            proposed_by=action.proposal.proposed_by.person,
            outcome=action.result.outcome if action.result else None,
            failure=action.result.failure if action.result else None,
            stuck=action.stuck.failure if action.stuck else None,
            stuck_since=action.stuck.since if action.stuck else None,
            ends_at=action.ends_at,
            ended=action.ended,
            dry_run=action.proposal.dry_run,
        )
        for action in state.actions
    ]


def due_at(state: ItemState) -> datetime | None:
    """The earliest promise still to be kept; None while none runs or all are paused."""
    if state.snapshot is None:
        return None
    due = [
        at
        for run in running_clocks.running(state)
        if (at := running_clocks.due(state, run)) is not None
    ]
    return min(due, default=None)


def breached(state: ItemState) -> bool:
    """A promise of the present cycle was or is broken."""
    return any(100 in run.warned for run in state.clocks)


def summary_of(state: ItemState) -> str:
    """One line for lists: `S1 · refund · smb · due 14:05 Europe/Berlin`. No personal data."""
    item = state.item
    if item is None or state.snapshot is None:
        return "being received"
    parts = [str(state.severity), str(state.category), item.customer.segment]
    if state.decision is not None:
        parts.append(f"decided: {state.decision.outcome}")
    elif at := due_at(state):
        parts.append(f"due {words.moment(at, state.snapshot.calendar.zone)}")
    return " · ".join(parts)


def zone_of(state: ItemState) -> str:
    """The zone in which moments are told on this item."""
    return state.snapshot.calendar.zone if state.snapshot else "UTC"
