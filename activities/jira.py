"""Reading an issue and bringing it up to date; each in as few calls as Jira allows."""

from __future__ import annotations

import structlog
from temporalio import activity

from activities.marks import Watermarks
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Interpreter
from models.activity_io import ReadInput
from models.jira_view import DesiredView, ObservedIssue, ProjectionResult

log = structlog.get_logger(__name__)


class JiraActivities:
    """The two errands of an item's workflow in Jira. Safe to repeat, safe to share among threads."""

    def __init__(
        self, gateway: JiraGateway, interpreter: Interpreter, watermarks: Watermarks
    ) -> None:
        self._gateway = gateway
        self._interpreter = interpreter
        self._watermarks = watermarks

    @activity.defn
    def read_issue(self, request: ReadInput) -> ObservedIssue:
        """The issue's fields now, and what people did since the cursor.

        Raises `ApplicationError` of `models.failures`, `IssueGone` when it was deleted.
        """
        reading = self._gateway.read_issue(
            request.issue_id, request.cursor, self._interpreter, request.issue_key
        )
        remember(self._watermarks, request.issue_id, reading.mark)
        log.info("issue_read", issue_key=reading.observed.issue_key, calls=reading.calls)
        return reading.observed

    @activity.defn
    def project_to_jira(self, view: DesiredView) -> ProjectionResult:
        """Make the issue look as wanted, and bring along what people did meanwhile.

        Raises `ApplicationError` of `models.failures`; what only a part of the view met is in the
        result's problems.
        """
        projected = self._gateway.project(view, self._interpreter)
        remember(self._watermarks, view.issue_id, projected.mark)
        result = projected.result
        log.info(
            "issue_projected",
            issue_key=result.observed.issue_key,
            calls=result.calls,
            written=result.written,
            kept=result.kept,
            problems=[problem.failure for problem in result.problems],
        )
        return result


def remember(watermarks: Watermarks, issue_id: str, mark: str) -> None:
    """Keep the mark; without it the sweep wakes the item once more, which harms nobody."""
    try:
        watermarks.remember_mark(issue_id, mark)
    except Exception as error:  # any failure of any database behind the marks
        log.warning("mark_not_kept", issue_id=issue_id, error=type(error).__name__)
