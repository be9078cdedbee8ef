"""Approvals that a workflow starts when an issue enters a status."""

import json
import sqlite3
from dataclasses import dataclass

from local_jira.changes.work import Work
from local_jira.database import is_row_id, next_number
from local_jira.store.issues import IssueRecord

FIRST_APPROVAL_ID = 1
PENDING, APPROVED, DECLINED = "pending", "approved", "declined"


@dataclass
class ApprovalRecord:
    """One approval; `votes` holds each approver's decision. Steps are ids of the workflow."""

    id: int
    issue_id: int
    name: str
    needed: int
    approve: str
    decline: str
    created: int
    completed: int | None
    decision: str
    votes: dict[str, str]


def _record(row: sqlite3.Row) -> ApprovalRecord:
    return ApprovalRecord(**{**dict(row), "votes": json.loads(row["votes"])})


def approvals_of(connection: sqlite3.Connection, issue_id: int) -> list[ApprovalRecord]:
    """The issue's approvals, newest first."""
    rows = connection.execute(
        "SELECT * FROM approval WHERE issue_id = ? ORDER BY id DESC", (issue_id,)
    )
    return [_record(row) for row in rows]


def find_approval(
    connection: sqlite3.Connection, issue_id: int, wanted: str
) -> ApprovalRecord | None:
    """The approval of that id, if it belongs to the issue."""
    if not is_row_id(wanted):
        return None
    row = connection.execute(
        "SELECT * FROM approval WHERE id = ? AND issue_id = ?", (int(wanted), issue_id)
    ).fetchone()
    return _record(row) if row else None


def save_approval(connection: sqlite3.Connection, approval: ApprovalRecord) -> None:
    """Create or change an approval."""
    connection.execute(
        "INSERT OR REPLACE INTO approval (id, issue_id, name, needed, approve, decline, created, "
        "completed, decision, votes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*list(vars(approval).values())[:-1], json.dumps(approval.votes)),
    )


def renew_approvals(work: Work, issue: IssueRecord) -> None:
    """After a change of status: drop what is pending, and start what the new status asks for.

    The issue is changed but not kept; the caller keeps it.
    """
    work.connection.execute(
        "DELETE FROM approval WHERE issue_id = ? AND decision = ?", (issue.id, PENDING)
    )
    issue.fields.pop("approvers", None)
    wanted = work.site.catalog.approval_at(
        issue.project_id, issue.fields["issuetype"], issue.fields["status"]
    )
    if wanted is None:
        return
    issue.fields["approvers"] = list(wanted.approvers)
    approval = ApprovalRecord(
        id=next_number(work.connection, "approval", FIRST_APPROVAL_ID),
        issue_id=issue.id,
        name=wanted.name,
        needed=min(wanted.needed, len(wanted.approvers)),
        approve=wanted.approve,
        decline=wanted.decline,
        created=work.now,
        completed=None,
        decision=PENDING,
        votes=dict.fromkeys(wanted.approvers, PENDING),
    )
    save_approval(work.connection, approval)
