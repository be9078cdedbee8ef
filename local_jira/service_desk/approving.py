"""Approvals of a request: reading them, and deciding as one of the approvers."""

import sqlite3

from local_jira.calls import Answer, Call
from local_jira.changes.approvals import (
    APPROVED,
    DECLINED,
    PENDING,
    ApprovalRecord,
    approvals_of,
    find_approval,
    save_approval,
)
from local_jira.changes.edit import transition_issue
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, ForbiddenError, NotFoundError, RefusalError
from local_jira.service_desk.requests import visible_request
from local_jira.service_desk.shapes import Json, date_json, desk_url, page, person_json, route
from local_jira.store.issues import IssueRecord
from local_jira.views.context import View, view_for

DECISIONS = {"approve": APPROVED, "decline": DECLINED}


def _shown(view: View, issue: IssueRecord, approval: ApprovalRecord) -> Json:
    reader = view.reader.account_id if view.reader else ""
    shown: Json = {
        "id": str(approval.id),
        "name": approval.name,
        "finalDecision": approval.decision,
        "canAnswerApproval": approval.decision == PENDING and approval.votes.get(reader) == PENDING,
        "approvers": [
            {"approver": person_json(view, view.account(person)), "approverDecision": decision}
            for person, decision in approval.votes.items()
        ],
        "createdDate": date_json(view, approval.created),
        "_links": {"self": desk_url(view, f"request/{issue.id}/approval/{approval.id}")},
    }
    if approval.completed is not None:
        shown["completedDate"] = date_json(view, approval.completed)
    return shown


def get_approvals(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/approval."""
    issue, view = visible_request(call), view_for(call)
    found = approvals_of(view.connection, issue.id)
    return page(call, view, found, lambda approval: _shown(view, issue, approval))


def _approval(connection: sqlite3.Connection, issue: IssueRecord, wanted: str) -> ApprovalRecord:
    found = find_approval(connection, issue.id, wanted)
    if found is None:
        raise NotFoundError(f"The approval with id {wanted} does not exist.")
    return found


def get_approval(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/approval/{approvalId}."""
    issue, view = visible_request(call), view_for(call)
    return Answer(
        200, _shown(view, issue, _approval(view.connection, issue, call.parameters["approvalId"]))
    )


def post_decision(call: Call) -> Answer:
    """POST request/{issueIdOrKey}/approval/{approvalId}: 403 for others, 409 when it is decided."""
    decision = str(call.json_object().get("decision"))
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        approval = decide(work, issue, call.parameters["approvalId"], decision)
        shown = _shown(view_for(call, work.connection), issue, approval)
    return Answer(200, shown)


def decide(work: Work, issue: IssueRecord, approval_id: str, decision: str) -> ApprovalRecord:
    """Answer an approval as the one who acts, and take the step that follows from it.

    Raises BadRequestError, NotFoundError, ForbiddenError for who is no approver, and
    RefusalError 409 for what was answered before.
    """
    if decision not in DECISIONS:
        raise BadRequestError("The decision must be 'approve' or 'decline'.")
    approval = _approval(work.connection, issue, approval_id)
    voter = work.actor.account_id
    if voter not in approval.votes:
        raise ForbiddenError("You are not an approver of this request.")
    if approval.decision != PENDING:
        raise RefusalError(409, f"The approval was {approval.decision} before.")
    if approval.votes[voter] != PENDING:
        raise RefusalError(409, "You have answered this approval before.")
    approval.votes[voter] = DECISIONS[decision]
    _settle(work, issue, approval)
    return approval


def _settle(work: Work, issue: IssueRecord, approval: ApprovalRecord) -> None:
    """Complete the approval when its votes suffice, and take the step that follows."""
    votes = list(approval.votes.values())
    enough = votes.count(APPROVED) >= approval.needed
    if DECLINED in votes or enough:
        approval.decision = DECLINED if DECLINED in votes else APPROVED
        approval.completed = work.now
    save_approval(work.connection, approval)
    if approval.decision == PENDING:
        return
    wanted = approval.approve if approval.decision == APPROVED else approval.decline
    workflow = work.site.catalog.workflow_of(issue.project_id, issue.fields["issuetype"])
    step = next(step for step in workflow.transitions if step.id == wanted)
    transition_issue(work, issue, step, {}, "2")


_PATH = "request/{issueIdOrKey}/approval"
ROUTES = [
    route("GET", _PATH, get_approvals),
    route("GET", _PATH + "/{approvalId}", get_approval),
    route("POST", _PATH + "/{approvalId}", post_decision),
]
