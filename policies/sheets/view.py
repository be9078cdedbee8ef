"""What a sheet wants its issue to look like."""

from __future__ import annotations

import hashlib

from models.jira_view import DesiredView, ProjectionResult
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY, sheet_label
from models.sheet import Question, Sheet, SheetIssue
from policies.sheets.questions import moment

OPERATION = "followthrough"
"""The source under which the issues of sheets are found again."""


def desired_view(
    sheet: Sheet, *, status: StatusCategory | None = None, due: bool = True
) -> DesiredView:
    """The issue as it should look; a `status` of None and `due` False leave these to people."""
    open_until = [question.due_at for question in sheet.questions if question.open]
    return DesiredView(
        issue_id=sheet.issue_id or "",
        issue_key=sheet.issue_key,
        sequence=sheet.sequence,
        status_category=status,
        due_date=min(open_until).date() if open_until and due else None,
        labels=(sheet_label(sheet.workflow_id),),
        properties={ITEM_PROPERTY: {"workflow": sheet.workflow_id, "life": sheet.life}},
        comments=sheet.comments,
        last_seen=sheet.seen,
        cursor=sheet.cursor,
        workflow_wins=("due_date",),
    )


def must_project(sheet: Sheet, view: DesiredView) -> bool:
    """Whether Jira does not show it yet."""
    return bool(sheet.comments) or fingerprint(view) != sheet.projected


def projected(sheet: Sheet, view: DesiredView, result: ProjectionResult) -> Sheet:
    """The sheet after a projection: what Jira has got is not wanted any more."""
    problems = (problem.detail.get("operations") for problem in result.problems)
    given_up = {one for ids in problems if isinstance(ids, str) for one in ids.split(", ")}
    done = {*result.confirmed, *given_up}
    return sheet.model_copy(
        update={
            "comments": tuple(one for one in sheet.comments if one.operation_id not in done),
            "projected": fingerprint(view),
        }
    )


def fingerprint(view: DesiredView) -> str:
    """What of a view makes a projection needed."""
    lasting = view.model_dump_json(include={"status_category", "due_date", "labels"})
    return hashlib.sha256(lasting.encode()).hexdigest()[:16]


def digest(issue: SheetIssue) -> str:
    """What of an issue's text makes writing it needed."""
    return hashlib.sha256(f"{issue.summary}\n{issue.text}".encode()).hexdigest()[:16]


def table(questions: tuple[Question, ...]) -> str:
    """The questions as a table in Jira's markup."""
    rows = ["||what||asked||due||reply||"]
    for one in questions:
        if one.withdrawn:
            continue
        reply = "open"
        if one.given is not None:
            reply = f"{one.given.choice} by {one.given.person}, {moment(one.given.at)}"
        rows.append(f"|{one.id}: {one.words}|{', '.join(one.asked)}|{moment(one.due_at)}|{reply}|")
    return "\n".join(rows)
