"""People who work in the local Jira over HTTP, and the gateway that watches them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import SecretStr

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from local_jira.testing import RunningLocalJira
from models.jira_view import CommandName, Cursor, DesiredView, JiraCommand, SeenFields, Side


class PlainInterpreter:
    """Staff is everybody but the reporter; a leading /ack is the only command it knows."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        command = JiraCommand(name=CommandName.ACK) if text.startswith("/ack") else None
        return CommentMeaning(side=self._side(issue, author), command=command)

    def edit(
        self,
        issue: IssueContext,
        author: Author,
        field: str,
        at: datetime,
        after: str | None = None,
    ) -> EditMeaning:
        return EditMeaning(side=self._side(issue, author))

    def _side(self, issue: IssueContext, author: Author) -> Side:
        is_reporter = author.account_id == issue.reporter_account_id
        return Side.CUSTOMER if is_reporter else Side.STAFF


INTERPRETER = PlainInterpreter()


def clients_of(site: RunningLocalJira, token: str | None = None) -> JiraClients:
    """Clients of our own account, or with another token; on Data Center by an access token."""
    user, own_token = site.bot_auth
    secret = SecretStr(token or own_token)
    if site.mode == "datacenter":
        return JiraClients(site.url, JiraCredentials(token=secret), "datacenter")
    return JiraClients(site.url, JiraCredentials(user=user, token=secret))


def gateway_of(site: RunningLocalJira) -> JiraGateway:
    """The gateway of our own account."""
    return JiraGateway(clients_of(site), "FT")


class Desk:
    """A person at Jira: makes, edits, comments and moves issues over plain HTTP."""

    def __init__(self, site: RunningLocalJira, name: str = "ada") -> None:
        self.client = site.client(site.auth_of(name))

    def create(self, summary: str = "It broke", **fields: Any) -> tuple[str, str]:
        """A new issue's id and key."""
        body = {
            "project": {"key": "FT"},
            "issuetype": {"name": "Feedback"},
            "summary": summary,
            **fields,
        }
        answer = self.client.post("/rest/api/2/issue", json={"fields": body})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"], answer.json()["key"]

    def comment(self, issue: str, body: str, *, internal: bool = False) -> int:
        """A comment's id."""
        payload: dict[str, Any] = {"body": body}
        if internal:
            payload["properties"] = [{"key": "sd.public.comment", "value": {"internal": True}}]
        answer = self.client.post(f"/rest/api/2/issue/{issue}/comment", json=payload)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def edit(self, issue: str, **fields: Any) -> None:
        """Set fields."""
        answer = self.client.put(f"/rest/api/2/issue/{issue}", json={"fields": fields})
        assert answer.status_code == 204, answer.text

    def move(self, issue: str, transition: str) -> None:
        """Take a transition by id."""
        answer = self.client.post(
            f"/rest/api/2/issue/{issue}/transitions", json={"transition": {"id": transition}}
        )
        assert answer.status_code == 204, answer.text

    def leave_for(self, key: str, project: str) -> str:
        """Move the issue to another project; answers its new key."""
        body = {"project": project, "issueType": "Task"}
        answer = self.client.post(f"/__local__/issues/{key}/move", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["key"])

    def look(self, issue: str) -> dict[str, Any]:
        """The issue with everything."""
        answer = self.client.get(
            f"/rest/api/2/issue/{issue}",
            params={"properties": "*all", "expand": "changelog"},
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def comments(self, issue: str) -> list[dict[str, Any]]:
        """The comments with their properties."""
        answer = self.client.get(
            f"/rest/api/2/issue/{issue}/comment", params={"expand": "properties"}
        )
        found: list[dict[str, Any]] = answer.json()["comments"]
        return found


def view_of(issue: tuple[str, str], **wishes: Any) -> DesiredView:
    """What we want of an issue."""
    return DesiredView(**{"issue_id": issue[0], "issue_key": issue[1], "sequence": 1, **wishes})


def seen_of(site: RunningLocalJira, issue: tuple[str, str]) -> SeenFields:
    """The issue's fields as we see them now."""
    return gateway_of(site).read_issue(issue[0], Cursor(), INTERPRETER).observed.fields
