"""The page of an item that the Temporal UI shows as its current details, in Markdown.

It is written when the item wakes and read hours later, so it says only what stays true until
then: moments, never running figures.
"""

from __future__ import annotations

from datetime import datetime

from models.clocks import ClockReading
from models.item_state import ItemState, OpenAction
from models.messages import ItemStatus
from policies.lifecycle import links, stages, words
from policies.lifecycle.report import status_of, zone_of
from policies.lifecycle.running_clocks import TITLES
from policies.lifecycle.whose_move import WHOSE_MOVE
from policies.request_digest import short


def case_page(state: ItemState, now: datetime) -> str:
    """The item's page. The Temporal UI draws tables without spaces, so there are lists."""
    status = status_of(state, now)
    return "\n\n".join(
        [
            *_head(state, status),
            *_stop(state, status),
            *_clocks(state, status),
            *_escalation(status),
            *_open_requests(state),
            *_in_force(state),
            *_decision(state),
        ]
    )


def _head(state: ItemState, status: ItemStatus) -> list[str]:
    awaited = f": {', '.join(status.awaited)}" if status.awaited else ""
    places = (status.issue_key, *links.to_issue(state.addresses, status.issue_key))
    lines = [
        f"## {status.summary}",
        " · ".join(places),
        f"**{WHOSE_MOVE[status.awaiting]}{awaited}.** Stage `{status.stage}`, awaiting `{status.awaiting}`"
        + (f", owner `{status.owner}`" if status.owner else "")
        + (f", routed by {links.plain(state.triage.routed_by)}" if state.triage else "")
        + ".",
    ]
    if status.clock_scale != 1.0:
        lines.append(f"*Clocks run {status.clock_scale:g} times faster than real time.*")
    return lines


def _stop(state: ItemState, status: ItemStatus) -> list[str]:
    if not status.parked:
        return []
    since = (
        f" since {words.moment(status.parked_since, zone_of(state))}" if status.parked_since else ""
    )
    return [
        f"> **Parked{since}: {status.parked}.** {status.remedy or ''}".rstrip()
        + f" Then `followthrough resume {status.issue_key}`, or *It is mended: go on* on the desk."
    ]


def _clocks(state: ItemState, status: ItemStatus) -> list[str]:
    lines = [_clock_line(state, reading) for reading in status.clocks]
    return ["\n".join(lines)] if lines else []


def _clock_line(state: ItemState, reading: ClockReading) -> str:
    run = stages.clock(state, reading.name)
    met = run is not None and not run.running
    stands = "met" if met else "paused" if reading.paused else "running"
    if reading.breached:
        stands = f"{stands}, {'late' if met else 'overdue'}"
    promised = f", within {words.duration(run.target)}" if run else ""
    due = f", due {words.moment(reading.due_at, zone_of(state))}" if reading.due_at else ""
    return f"- {TITLES[reading.name]}: **{stands}**{due}{promised}"


def _escalation(status: ItemStatus) -> list[str]:
    if not status.ladder_level:
        return []
    taken = f", taken on by {status.acknowledged_by}" if status.acknowledged_by else ""
    return [f"**Escalated** to level {status.ladder_level}, {status.ladder_rung}{taken}."]


def _open_requests(state: ItemState) -> list[str]:
    waiting = [action for action in state.actions if action.waiting or action.stuck]
    if not waiting:
        return []
    lines = [_request_line(state, one) for one in waiting]
    return ["### Requests", "\n".join(lines), "Their runs are under *Relationships*."]


def _request_line(state: ItemState, action: OpenAction) -> str:
    asked = action.proposal
    stands = f"stands still: {action.stuck.failure}" if action.stuck else "waits for votes"
    digest = (f"hash `{short(action.digest)}`",) if action.digest else ()
    more = " · ".join(
        (
            f"run `{action.workflow_id}`",
            *digest,
            *links.to_request(state.addresses, asked.request_id),
        )
    )
    return (
        f"- **{words.what_of(asked)}**, asked by {asked.proposed_by.person}: **{stands}** · {more}"
    )


def _in_force(state: ItemState) -> list[str]:
    return [
        f"**In force:** {words.what(action.proposal.kind, None)}, ends "
        f"{words.moment(action.ends_at, zone_of(state))}."
        for action in state.actions
        if action.ends_at is not None and not action.ended
    ]


def _decision(state: ItemState) -> list[str]:
    decision = state.decision
    if decision is None:
        return []
    watch = (
        f" Watched until {words.moment(state.watch_until, zone_of(state))}."
        if state.watch_until and state.closed_at is None
        else ""
    )
    return [
        f"**Decision:** {decision.outcome} by {decision.decided_by.person}, "
        f"resolution {decision.resolution}.{watch}"
    ]
