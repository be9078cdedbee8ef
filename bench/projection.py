"""How many Jira calls a projection makes when the issue already looks as wanted."""

from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from local_jira.testing import running_local_jira
from models.intake import IntakeRow
from models.jira_view import DesiredView, Side
from models.names import ITEM_PROPERTY


class _Nobody:
    """Reads nothing into anything; nobody writes in this benchmark."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        return CommentMeaning(side=Side.STAFF)

    def edit(self, issue: IssueContext, author: Author, field: str, at: datetime) -> EditMeaning:
        return EditMeaning(side=Side.STAFF)


def calls_of_an_idle_projection() -> int:
    """Project the same view twice against the local Jira and count the second time."""
    with running_local_jira() as site:
        user, token = site.bot_auth
        clients = JiraClients(site.url, JiraCredentials(user=user, token=SecretStr(token)))
        gateway = JiraGateway(clients, "FT")
        row = IntakeRow(source="bench", submission_id="1", summary="A bench", description="")
        issue = gateway.create_or_update(row)
        view = DesiredView(
            issue_id=issue.issue_id,
            issue_key=issue.issue_key,
            sequence=1,
            priority="High",
            labels=("ft-bench",),
            properties={ITEM_PROPERTY: {"workflow": "bench"}},
        )
        gateway.project(view, _Nobody())
        return gateway.project(view, _Nobody()).result.calls
