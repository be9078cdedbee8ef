"""Edits that people made in Jira: they win, and what they mean is taken in as an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.events import EventKind
from models.failures import NOT_ENTITLED
from models.item_state import ItemState
from models.jira_view import ObservedComment, ObservedEdit, ObservedIssue, Side
from models.lifecycle import Outcome, StatusCategory
from models.messages import Resolve
from models.people import Act, Actor, Channel
from policies.lifecycle import acts, record, running_clocks
from policies.lifecycle.recontact import reopen
from policies.lifecycle.running_clocks import pinned

NOTED = frozenset(
    {"status", "priority", "assignee", "duedate", "labels", "issuetype", "project", "summary"}
)


def take(state: ItemState, edit: ObservedEdit, now: datetime) -> ItemState:
    """Take in one edit. Other fields than those in `NOTED` are none of our business."""
    if edit.side is Side.OURSELVES or edit.field not in NOTED:
        return state
    values = {} if edit.field == "summary" else {"before": edit.before, "after": edit.after}
    state = record.happened(
        state,
        EventKind.EDITED_IN_JIRA,
        edit.at,
        f"{edit.field} was edited in Jira.",
        actor=edit.actor,
        field=edit.field,
        account=edit.author_account_id,
        **values,
    )
    match edit.field:
        case "status":
            return _status(state, edit)
        case "priority" if edit.side is Side.STAFF:
            return _severity(state, edit)
        case "assignee":
            return _owner(state, edit)
        case "duedate":
            return state.model_copy(
                update={"kept_fields": tuple(sorted({*state.kept_fields, "due_date"}))}
            )
        case _:
            return state


def settle_status(
    state: ItemState,
    observed: ObservedIssue,
    news: Sequence[ObservedComment | ObservedEdit],
    now: datetime,
) -> ItemState:
    """Draw the conclusion from a person's move into or out of Done."""
    moves = [n for n in news if isinstance(n, ObservedEdit) and n.field == "status"]
    if not moves:
        return state
    last = max(moves, key=lambda edit: edit.change_id)
    done = observed.fields.status_category is StatusCategory.DONE
    if done and state.decision is None:
        return _decided_in_jira(state, observed, last, now)
    moved_later = state.decision is not None and last.at > state.decision.decided_at
    if not done and moved_later:
        return reopen(state, last.at, "a person moved the issue out of Done")
    return state


def _decided_in_jira(
    state: ItemState, observed: ObservedIssue, edit: ObservedEdit, now: datetime
) -> ItemState:
    if edit.actor is None:
        unknown = Actor(person=edit.author_account_id or "unknown", channel=Channel.JIRA)
        acted = acts.refuse(state, unknown, Act.RESOLVE, NOT_ENTITLED, now)
    else:
        resolution = observed.fields.resolution or ""
        outcome = pinned(state).statuses.outcomes.get(resolution, Outcome.ANSWERED)
        reason = f"Moved to {observed.fields.status} in Jira"
        reason += f" with resolution {resolution}." if resolution else "."
        message = Resolve(actor=edit.actor, outcome=outcome, reason=reason)
        acted = acts.resolve(state, message, now)
    if acted.refusal is None:
        return acted.state
    return record.say(
        acted.state,
        f"The issue was moved to {observed.fields.status}, but that is not a decision yet: "
        f"{acted.message}",
    )


def _status(state: ItemState, edit: ObservedEdit) -> ItemState:
    pausing = pinned(state).statuses.pause_when
    if edit.after in pausing and edit.before not in pausing:
        return running_clocks.pause_all(state, edit.at, f"the issue is in {edit.after}")
    if edit.before in pausing and edit.after not in pausing:
        return running_clocks.resume_all(state, edit.at, f"the issue left {edit.before}")
    return state


def _severity(state: ItemState, edit: ObservedEdit) -> ItemState:
    severity = pinned(state).statuses.severities.get(edit.after or "")
    if severity is None or severity is state.severity or state.decision is not None:
        return state
    before = state.severity
    state = state.model_copy(update={"severity": severity, "triage_confirmed": True})
    state = running_clocks.retarget_all(state)
    return record.happened(
        state,
        EventKind.OVERRIDDEN,
        edit.at,
        f"Severity {before} → {severity}, by the priority set in Jira.",
        actor=edit.actor,
        severity_before=before,
        severity_after=severity,
    )


def _owner(state: ItemState, edit: ObservedEdit) -> ItemState:
    people = pinned(state).people
    account = edit.after
    owner = next((p.id for p in people if p.jira_account_id == account), account)
    return state.model_copy(update={"owner": owner}) if account else state
