"""What an item wants its Jira issue to look like, and whether that has to be told."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from models.clocks import ClockName
from models.events import EventKind
from models.failures import FAILURES_BY_TYPE
from models.item_state import ItemState
from models.jira_view import DesiredView, ProjectionProblem, ProjectionResult
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY, LABEL_PREFIX, LEDGER_MEMBER
from models.status_map import Conflict
from policies.lifecycle import record
from policies.lifecycle.running_clocks import due, pinned
from policies.lifecycle.stages import clock, needs_triage, open_questions

BREACHED = f"{LABEL_PREFIX}breached"
"""The label of an item that broke a promise."""


def desired_view(state: ItemState) -> DesiredView:
    """The issue as it should look now. Only called once the item has been received."""
    item, snapshot = state.item, pinned(state)
    if item is None:
        raise ValueError("the item has no view before it is received")
    kept = state.kept_fields
    category = state.wanted_status
    outcome = state.decision.outcome if state.decision else None
    return DesiredView(
        issue_id=state.issue_id,
        issue_key=item.issue_key,
        sequence=state.sequence,
        status_category=category,
        preferred_statuses=snapshot.statuses.preferred.get(category, ()) if category else (),
        resolution=snapshot.statuses.resolutions.get(outcome)
        if outcome and category is StatusCategory.DONE
        else None,
        priority=None if "priority" in kept else _priority(state),
        assignee_account_id=None if "assignee" in kept else _account(state),
        due_date=None if "due_date" in kept else _due_date(state),
        labels=_labels(state),
        properties={ITEM_PROPERTY: _property(state)},
        comments=state.comments,
        links=state.links,
        last_seen=state.seen,
        cursor=state.cursor,
        workflow_wins=tuple(
            field
            for field, rule in snapshot.statuses.conflicts
            if rule is Conflict.WORKFLOW_WINS and field not in state.asked
        ),
    )


def wanted_value(state: ItemState, field: str) -> str | None:
    """What the item wants of priority, assignee or due date, as Jira writes it; None: nothing."""
    match field:
        case "priority":
            return _priority(state)
        case "assignee":
            return _account(state)
        case "due_date":
            wanted = _due_date(state)
            return wanted.isoformat() if wanted else None
    return None


def must_project(state: ItemState) -> bool:
    """Whether Jira does not yet show what the item wants."""
    ended_undecided = state.closed_at is not None and state.decision is None
    if state.item is None or state.gone or ended_undecided:
        return False
    if state.comments or state.links or state.wanted_status:
        return True
    wanted = desired_view(state)
    if _fingerprint(wanted) == state.projected:
        return False
    # The next rung is told in a moment; that a promise was broken is shown together with it.
    calm = tuple(label for label in wanted.labels if label != BREACHED)
    only_breached = _fingerprint(wanted.model_copy(update={"labels": calm})) == state.projected
    return not (only_breached and state.ladder.next_at is not None)


def projected(state: ItemState, view: DesiredView, result: ProjectionResult) -> ItemState:
    """The state after a projection: what was confirmed is done, problems become events."""
    done = {*result.confirmed, *_given_up(result)}
    refused = any(problem.field == "status" for problem in result.problems)
    reached = _reached(state.wanted_status, result.observed.fields.status_category)
    kept = {field for field in result.kept if field == "due_date"}
    state = state.model_copy(
        update={
            "comments": tuple(c for c in state.comments if c.operation_id not in done),
            "links": tuple(link for link in state.links if link.operation_id not in done),
            "wanted_status": None if reached or refused else state.wanted_status,
            "kept_fields": tuple(sorted({*state.kept_fields, *kept})),
            "projected": _fingerprint(view),
        }
    )
    for problem in result.problems:
        state = record.happened(
            state,
            EventKind.PROBLEM,
            result.observed.updated_at,
            _problem_words(problem),
            failure=problem.failure,
            field=problem.field,
            detail=", ".join(f"{name}: {value}" for name, value in problem.detail.items()),
        )
    return state


def _problem_words(problem: ProjectionProblem) -> str:
    if problem.field == "issuelinks":
        return "A link could not be made in Jira: the other issue is not to be found there."
    return f"{problem.field} could not be set in Jira: {FAILURES_BY_TYPE[problem.failure].remedy}"


def _given_up(result: ProjectionResult) -> set[str]:
    """Operations that Jira refused for good; asking again at every step would not help."""
    refused = (problem.detail.get("operations") for problem in result.problems)
    return {one for ids in refused if isinstance(ids, str) for one in ids.split(", ")}


def _reached(wanted: StatusCategory | None, category: StatusCategory) -> bool:
    """A reopened issue is where it should be as soon as it is not done."""
    if wanted is StatusCategory.TO_DO:
        return category is not StatusCategory.DONE
    return category is wanted


def _fingerprint(view: DesiredView) -> str:
    """What of a view makes a projection needed; what is said once is looked at apart."""
    lasting = view.model_dump_json(
        exclude={
            "sequence",
            "last_seen",
            "cursor",
            "comments",
            "links",
            "status_category",
            "preferred_statuses",
            "resolution",
            "workflow_wins",
        }
    )
    return hashlib.sha256(lasting.encode()).hexdigest()[:16]


def _account(state: ItemState) -> str | None:
    owner = pinned(state).person(state.owner) if state.owner else None
    triage_account = state.triage.owner_account_id if state.triage else None
    return owner.jira_account_id if owner else triage_account


def _priority(state: ItemState) -> str | None:
    names = pinned(state).statuses.priorities
    return names.get(state.severity) if state.severity else None


def _due_date(state: ItemState) -> date | None:
    run = clock(state, ClockName.RESOLUTION)
    if run is None or not run.running:
        return None
    calendar = pinned(state).calendar
    at = due(state, run)
    return at.astimezone(ZoneInfo(calendar.zone)).date() if at else None


def _labels(state: ItemState) -> tuple[str, ...]:
    labels = ["item", f"category-{state.category}"]
    if needs_triage(state):
        labels.append("unsure")
    if open_questions(state):
        labels.append("conflict")
    if any(100 in run.warned for run in state.clocks):
        labels.append("breached")
    if state.highest_level > 0:
        labels.append(f"level-{state.highest_level}")
    if state.recontacted:
        labels.append("came-back")
    return tuple(sorted(LABEL_PREFIX + re.sub(r"[^\w-]+", "-", label) for label in labels))


def _property(state: ItemState) -> dict[str, Any]:
    """What other tools may read of the item on the issue itself; no moving figures."""
    snapshot = pinned(state)
    # Absent rather than null: the view of an item that runs already must stay what it was.
    anchor = state.decision_anchor
    anchored = {LEDGER_MEMBER: anchor.model_dump()} if anchor is not None else {}
    return {
        "workflow": state.workflow_id,
        "life": state.life,
        "severity": state.severity,
        "category": state.category,
        "owner": state.owner,
        "policy": snapshot.version[:16],
        "outcome": state.decision.outcome if state.decision else None,
        "resolution": state.decision.resolution if state.decision else None,
        "scale": snapshot.scale,
        **anchored,
    }
