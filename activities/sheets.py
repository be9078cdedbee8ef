"""The issue of a sheet: made exactly once, and brought up to date."""

from __future__ import annotations

from temporalio import activity

from activities.marks import Watermarks
from jira_gateway.gateway import JiraGateway
from models.intake import IntakeRow
from models.names import sheet_mark, sheet_workflow_of
from models.sheet import OpenedIssue, SheetIssue

SOURCE = "followthrough"


class SheetActivities:
    """Safe to repeat: an issue that exists is found by its operation id."""

    def __init__(self, gateway: JiraGateway, marks: Watermarks) -> None:
        self._gateway = gateway
        self._marks = marks

    @activity.defn
    def write_sheet(self, issue: SheetIssue) -> OpenedIssue:
        """Create the issue, or bring its summary and text up to date.

        An issue whose id is known is never looked for again, since a search lags behind. Raises
        `ApplicationError` of `models.failures`, `IssueGone` when somebody deleted it.
        """
        row = IntakeRow(
            source=SOURCE,
            submission_id=issue.operation_id,
            summary=issue.summary,
            description=issue.text,
            issue_type=issue.issue_type,
            labels=issue.labels,
        )
        if issue.issue_id is not None:
            outcome = self._gateway.bring_up_to_date(issue.issue_id, issue.issue_key, row)
        else:
            outcome = self._gateway.create_or_update(row)
            workflow_id = sheet_workflow_of(issue.labels)
            if workflow_id is not None:
                # A comment's webhook names no labels, so whose issue it is has to be known here.
                self._marks.remember_mark(sheet_mark(outcome.issue_id), workflow_id)
        return OpenedIssue(issue_id=outcome.issue_id, issue_key=outcome.issue_key)
