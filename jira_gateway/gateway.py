"""The one door to Jira: everything the activities may ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from temporalio.exceptions import ApplicationError

from jira_gateway import (
    delivery,
    existence,
    intake,
    permissions,
    projection,
    read,
    search,
    versions,
)
from jira_gateway.client import JiraClients
from jira_gateway.holds import Holds
from jira_gateway.interpreter import Interpreter
from jira_gateway.projection import Projected
from jira_gateway.read import FullReading, Reading
from jira_gateway.search import ChangedIssue
from models.failures import JIRA_ISSUE_PERMISSION, JIRA_PERMISSION
from models.intake import IntakeOutcome, IntakeRow
from models.jira_view import Cursor, DesiredComment, DesiredView
from models.rollout import VersionFacts


class JiraGateway:
    """Reads, projects, searches and creates. Blocking: call it from a thread.

    Every method raises `ApplicationError` with a type of `models.failures`.
    """

    def __init__(self, clients: JiraClients, project: str) -> None:
        self.clients = clients
        self.project_key = project
        self._holds = Holds(self._look)

    def own_account(self) -> str:
        """The id of the account that we act as."""
        return self.clients.myself().account_id

    def read_issue(
        self, issue_id: str, cursor: Cursor, interpreter: Interpreter, issue_key: str = ""
    ) -> Reading:
        """The issue's fields and what people did since the cursor."""
        with self._about(issue_key):
            return read.read_issue(self.clients, issue_id, cursor, interpreter)

    def read_full(self, issue_id: str, interpreter: Interpreter) -> FullReading:
        """The issue with the customer's words, for triage."""
        with self._about():
            return read.read_full(self.clients, issue_id, interpreter)

    def project(self, view: DesiredView, interpreter: Interpreter) -> Projected:
        """Make the issue look as wanted."""
        with self._about(view.issue_key):
            return projection.project(self.clients, view, interpreter)

    def clock(self) -> datetime:
        """What time it is in Jira."""
        with self._about():
            return search.jira_clock(self.clients)

    def changed_since(self, since: datetime) -> Iterator[tuple[ChangedIssue, ...]]:
        """Pages of issues of our project, and of moved items, that changed since then."""
        return search.changed_since(self.clients, self.project_key, since)

    def out_of_reach(self, issue_ids: Sequence[str]) -> existence.OutOfReach:
        """Those of these issues that Jira has no more, hides from us, or keeps in its archive."""
        with self._about():
            return existence.out_of_reach(self.clients, issue_ids)

    def look_up(self, rows: Sequence[IntakeRow]) -> dict[intake.Identity, tuple[str, str]]:
        """Id and key of every row's issue that exists, one search for fifty rows."""
        return intake.look_up(self.clients, self.project_key, rows)

    def create_or_update(self, row: IntakeRow, *, known_absent: bool = False) -> IntakeOutcome:
        """One row of an intake file becomes one issue, however often it is sent.

        `known_absent` spares the search for a row that `look_up` has just not found.
        """
        return intake.create_or_update(
            self.clients, self.project_key, row, known_absent=known_absent
        )

    def bring_up_to_date(self, issue_id: str, issue_key: str, row: IntakeRow) -> IntakeOutcome:
        """Summary and description of an issue that is known to be this row's."""
        with self._about(issue_key):
            return intake.bring_up_to_date(self.clients, (issue_id, issue_key), row)

    def versions(self) -> tuple[VersionFacts, ...]:
        """Every version of our project."""
        with self._about():
            return versions.versions(self.clients, self.project_key)

    def version(self, version_id: str) -> VersionFacts | None:
        """One version, or None when it is gone."""
        with self._about():
            return versions.version(self.clients, version_id)

    def delivery(self, issue_id: str, issue_key: str) -> delivery.DeliveryReading:
        """How an issue stands by which a theme is delivered, and what it is linked to."""
        with self._about(issue_key):
            return delivery.read_delivery(self.clients, issue_id)

    def link(self, issue_id: str, issue_key: str, kind: str, keys: Sequence[str]) -> int:
        """Link an issue to others that it is not linked to; answers to how many."""
        with self._about(issue_key):
            return delivery.link(self.clients, issue_id, kind, keys)

    def say_once(self, issue_id: str, issue_key: str, comment: DesiredComment) -> bool:
        """Write a comment unless it is there; False when it was."""
        with self._about(issue_key):
            return delivery.say_once(self.clients, issue_id, comment)

    def calls(self) -> dict[str, int]:
        """HTTP calls for each operation since the process started."""
        return self.clients.counter.totals()

    @contextmanager
    def _about(self, issue_key: str = "") -> Iterator[None]:
        """Calls about an issue, held back while Jira refuses its project or us altogether."""
        project = issue_key.rpartition("-")[0] or self.project_key
        with self._holds.admitted(project):
            try:
                yield
            except ApplicationError as error:
                if error.type == JIRA_PERMISSION.type:
                    self._judge(project, error)
                raise

    def _judge(self, project: str, error: ApplicationError) -> None:
        """Whether we lack a right in the whole project, or on this issue only (raises that)."""
        permissions.require_all(self.clients, project)
        raise ApplicationError(
            f"{error.message} But the project grants all that is needed.",
            *error.details,
            type=JIRA_ISSUE_PERMISSION.type,
            non_retryable=True,
        ) from None

    def _look(self, place: str | None) -> None:
        if place is None:
            self.clients.myself(fresh=True)
        else:
            permissions.require_all(self.clients, place)
