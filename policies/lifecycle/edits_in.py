"""Edits that people made in Jira: taken in as events; they win unless the policy says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.events import EventKind
from models.failures import NOT_ENTITLED
from models.item_state import ItemState
from models.jira_view import ObservedEdit, ObservedIssue, SeenFields, Side
from models.lifecycle import Outcome, Severity, StatusCategory
from models.messages import Resolve
from models.people import Act, Actor, Channel
from models.status_map import Conflict
from policies.lifecycle import acts, conflicts, moves_in, record, running_clocks
from policies.lifecycle.ladder import change_severity
from policies.lifecycle.recontact import reopen
from policies.lifecycle.running_clocks import pinned

NOTED = frozenset(
    {"status", "priority", "assignee", "duedate", "labels", "issuetype", "project", "summary"}
)
MATTERS = frozenset({"summary", "description", "issuetype", "project", "reporter"})
"""Fields whose edit may turn what was asked into something else, so its approval is void."""
Categories = Mapping[str, StatusCategory]
"""Status name → category, as far as it is known."""


def known_categories(
    state: ItemState, before: SeenFields | None, observed: ObservedIssue
) -> Categories:
    """What policy and the readings say of the project's statuses."""
    known = {
        name: category
        for category, names in pinned(state).statuses.preferred.items()
        for name in names
    }
    for fields in (before, observed.fields):
        if fields is not None:
            known[fields.status] = fields.status_category
    return known


def take(
    state: ItemState,
    edit: ObservedEdit,
    observed: ObservedIssue,
    categories: Categories,
    now: datetime,
) -> ItemState:
    """Take in one edit. Other fields than those in `NOTED` are none of our business."""
    if edit.side is Side.OURSELVES:
        return state
    if edit.field in MATTERS:
        revision = state.subject_revision + 1
        state = state.model_copy(update={"subject_revision": revision})
    if edit.field not in NOTED:
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
    state = running_clocks.follow(state)
    match edit.field:
        case "status":
            state = moves_in.vote_by(state, edit, now)
            return _into_or_out_of_done(state, edit, observed, categories, now)
        case "priority" | "assignee" | "duedate":
            name = "due_date" if edit.field == "duedate" else edit.field
            if conflicts.rule_for(state, name) is not Conflict.JIRA_WINS:
                return conflicts.take(state, name, edit, observed)
            return _jira_wins(state, edit, now)
        case _:
            return state


def _jira_wins(state: ItemState, edit: ObservedEdit, now: datetime) -> ItemState:
    if edit.field == "priority":
        return _priority(state, edit, now)
    return _assignee(state, edit) if edit.field == "assignee" else conflicts.keep(state, "due_date")


def _into_or_out_of_done(
    state: ItemState,
    edit: ObservedEdit,
    observed: ObservedIssue,
    categories: Categories,
    now: datetime,
) -> ItemState:
    was_done = categories.get(edit.before or "") is StatusCategory.DONE
    is_done = categories.get(edit.after or "") is StatusCategory.DONE
    rule = conflicts.rule_for(state, "status")
    decides = rule is Conflict.JIRA_WINS and moves_in.meant_by(state, edit) is None
    if is_done and not was_done and state.decision is None and not decides:
        back_to = categories.get(edit.before or "", StatusCategory.IN_PROGRESS)
        return conflicts.closed_undecided(state, edit, back_to)
    if is_done and not was_done and state.decision is None:
        return _decided_in_jira(state, observed, edit, now)
    moved_later = state.decision is not None and edit.at > state.decision.decided_at
    if was_done and not is_done:
        state = conflicts.moved_back(state)
    if was_done and not is_done and moved_later and rule is Conflict.WORKFLOW_WINS:
        return conflicts.opened_decided(state, edit)
    if was_done and not is_done and moved_later:
        return reopen(state, edit.at, "a person moved the issue out of Done")
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
        reason = f"Moved to {edit.after} in Jira"
        reason += f" with resolution {resolution}." if resolution else "."
        message = Resolve(actor=edit.actor, outcome=outcome, reason=reason)
        acted = acts.resolve(state, message, now, edit.at)
    if acted.refusal is None:
        return acted.state
    return record.say(
        acted.state,
        f"The issue was moved to {edit.after}, but that is not a decision yet: {acted.message}",
    )


def _priority(state: ItemState, edit: ObservedEdit, now: datetime) -> ItemState:
    """A priority set by somebody entitled is a corrected severity; any other one just stays."""
    severity = pinned(state).statuses.severities.get(edit.after or "")
    entitled = edit.actor is not None and acts.may(state, edit.actor, Act.OVERRIDE, now) is None
    if severity is None or state.decision is not None or not entitled:
        return conflicts.keep(state, "priority")
    if severity is not state.severity:
        state = _corrected(state, edit, severity)
    shown = pinned(state).statuses.priorities.get(severity)
    return (
        conflicts.keep(state, "priority")
        if shown != edit.after
        else conflicts.release(state, "priority")
    )


def _corrected(state: ItemState, edit: ObservedEdit, severity: Severity) -> ItemState:
    before = state.severity
    state = change_severity(state, severity, edit.at)
    state = state.model_copy(update={"triage_confirmed": True})
    return record.happened(
        state,
        EventKind.OVERRIDDEN,
        edit.at,
        f"Severity {before} → {severity}, by the priority set in Jira.",
        actor=edit.actor,
        severity_before=before,
        severity_after=severity,
    )


def _assignee(state: ItemState, edit: ObservedEdit) -> ItemState:
    """The assignee is the owner when they are one of ours; anybody else just stays."""
    owner = next((p.id for p in pinned(state).people if p.jira_account_id == edit.after), None)
    if owner is None or edit.after is None:
        return conflicts.keep(state, "assignee")
    return conflicts.release(state.model_copy(update={"owner": owner}), "assignee")
