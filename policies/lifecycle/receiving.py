"""The first step: pin what was received, start the clocks, say what triage found."""

from __future__ import annotations

from datetime import datetime

from models.activity_io import Received
from models.clocks import ClockName
from models.events import EventKind, Fact
from models.item import FeedbackItem
from models.item_state import ItemState, Outgoing
from models.jira_view import ObservedIssue
from models.lifecycle import StatusCategory
from policies.automation import proposal_of
from policies.lifecycle import record, running_clocks, words
from policies.lifecycle.asking import open_action
from policies.lifecycle.observation import take_in
from policies.lifecycle.stages import clock


def receive(state: ItemState, received: Received, now: datetime) -> ItemState:
    """The state of an item that has been read, triaged and pinned."""
    item, triage = received.item, received.triage
    state = state.model_copy(
        update={
            "item": item,
            "triage": triage,
            "snapshot": received.snapshot,
            "severity": triage.severity_level,
            "category": triage.category.value,
            "owner": triage.owner,
            "seen": received.observed.fields,
            "addresses": received.addresses,
        }
    )
    state = record.happened(
        state,
        EventKind.RECEIVED,
        now,
        f"Received {item.issue_key} from Jira.",
        actor=None,
        **_looked_at(item),
        text_digest=item.text_digest,
        text_length=item.text_length,
        policy_version=received.snapshot.version,
    )
    if _nothing_to_follow(received.observed):
        return _ended_at_once(state, now)
    since = _first_news(received.observed, now) if received.again else item.created_at
    state = running_clocks.follow(_triaged(state, received.observed, since, now))
    state = record.say(state, words.triage_note(state, triage, _due_sentence(state)))
    for action in triage.actions:
        if action.automatic:
            state = open_action(state, proposal_of(action), now)
    return take_in(state, received.observed, now)


def _looked_at(item: FeedbackItem) -> dict[str, Fact]:
    """What policies may look at, so that a changed one can be rehearsed on this item later."""
    customer = item.customer
    return {
        "segment": customer.segment,
        "customer_known": customer.known,
        "plan": customer.plan,
        "annual_revenue_minor": customer.annual_revenue_minor,
        "currency": customer.currency,
        "zone": customer.zone,
        "country": customer.country,
        "subdivision": customer.subdivision,
        "joined": customer.joined.isoformat() if customer.joined else None,
        "source": item.source,
        "release": item.release,
        "issue_type": item.issue_type,
        "created_at": item.created_at.isoformat(),
    }


def _nothing_to_follow(observed: ObservedIssue) -> bool:
    """An issue that arrives done, and about which nobody did anything that we have not seen."""
    done = observed.fields.status_category is StatusCategory.DONE
    return done and not observed.comments and not observed.edits


def _ended_at_once(state: ItemState, now: datetime) -> ItemState:
    state = state.model_copy(update={"closed_at": now})
    return record.happened(state, EventKind.CLOSED, now, "Closed: the issue arrived done.")


def _first_news(observed: ObservedIssue, now: datetime) -> datetime:
    """When the customer came back: promises of an earlier life are not counted again."""
    moments = [c.created_at for c in observed.comments] + [e.at for e in observed.edits]
    return min(moments, default=now)


def _triaged(
    state: ItemState, observed: ObservedIssue, since: datetime, now: datetime
) -> ItemState:
    """`since` is when clocks began to count; the calendar goes into the ledger with it."""
    triage, snapshot = state.triage, running_clocks.pinned(state)
    if triage is None:
        return state
    moves = (edit.before for edit in observed.edits if edit.field == "status")
    sure = "Triage is unsure: " if triage.unsure else "Triaged: "
    return record.happened(
        state,
        EventKind.TRIAGED,
        now,
        f"{sure}{state.severity} · {state.category}, owner {state.owner or 'nobody yet'}.",
        category=triage.category.value,
        category_confidence=round(triage.category.confidence, 3),
        severity=triage.severity.value,
        sentiment=triage.sentiment.value,
        language=triage.language.value,
        # So that a model can be judged by the corrections of what it suggested.
        category_model=triage.category.model,
        severity_model=triage.severity.model,
        sentiment_model=triage.sentiment.model,
        personal_data=", ".join(triage.personal_data) or None,
        rule=triage.routed_by,
        recontact_of=triage.recontact_of.issue_key if triage.recontact_of else None,
        owner=state.owner,
        unsure=triage.unsure,
        status=next(moves, observed.fields.status),
        since=since.isoformat(),
        calendar=snapshot.calendar_definition.model_dump_json(),
        clock_scale=snapshot.scale,
    )


def _due_sentence(state: ItemState) -> str:
    run = clock(state, ClockName.FIRST_RESPONSE)
    if run is None:
        return ""
    calendar = running_clocks.pinned(state).calendar
    at = running_clocks.due(state, run)
    rule = running_clocks.rules_now(state).target_rule
    return f"First response due {words.moment(at, calendar.zone)} (rule: {rule})." if at else ""


def gone(state: ItemState, now: datetime) -> ItemState:
    """The issue was deleted or hidden: the item ends with that reason, nothing is projected.

    What still waits for votes is withdrawn first, so that nothing is carried out unseen.
    """
    state = record.happened(
        state,
        EventKind.ISSUE_GONE,
        now,
        "The issue was deleted in Jira, or hidden from our account.",
    )
    if state.snapshot is not None:
        state = running_clocks.cancel_all(state, now)
    withdrawn = tuple(Outgoing(workflow_id=a.workflow_id) for a in state.actions if a.waiting)
    state = state.model_copy(
        update={
            "gone": True,
            "parked": None,
            "comments": (),
            "links": (),
            "outgoing": (*state.outgoing, *withdrawn),
        }
    )
    return end_if_gone(state, now)


def end_if_gone(state: ItemState, now: datetime) -> ItemState:
    """Close an item whose issue is gone, once its requests have told how they ended."""
    if not state.gone or state.closed_at is not None or any(a.waiting for a in state.actions):
        return state
    state = state.model_copy(update={"closed_at": now})
    return record.happened(state, EventKind.CLOSED, now, "Closed: the issue is gone.")
