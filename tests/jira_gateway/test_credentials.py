"""Every kind of credential, on Cloud, on Data Center and behind a gateway's path."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest
from pydantic import SecretStr

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from local_jira.testing import RunningLocalJira, running_local_jira
from models.jira_view import Cursor, DesiredComment, DesiredView
from models.lifecycle import StatusCategory
from tests.jira_gateway.jira_people import INTERPRETER

GATEWAY = "/ex/jira/11111111-2222-4333-8444-555555555555"
Kind = Literal["cloud", "datacenter"]


def gateway_with(site: RunningLocalJira, kind: Kind, way: str) -> JiraGateway:
    user, token = site.bot_auth
    if way == "bearer":
        user = ""
    elif kind == "datacenter":
        user = "followthrough-bot"
    credentials = JiraCredentials(user=user, token=SecretStr(token))
    return JiraGateway(JiraClients(site.url, credentials, kind), "FT")


def new_issue(gateway: JiraGateway) -> tuple[str, str]:
    fields = {
        "project": {"key": "FT"},
        "issuetype": {"name": "Feedback"},
        "summary": "It broke",
    }
    answer = gateway.clients.post("issue", {"fields": fields})
    return answer["id"], answer["key"]


@pytest.mark.parametrize(
    ("kind", "way", "path"),
    [
        ("cloud", "basic", ""),
        ("cloud", "basic", GATEWAY),
        ("cloud", "bearer", GATEWAY),
        ("datacenter", "bearer", ""),
        ("datacenter", "bearer", "/jira"),
        ("datacenter", "basic", "/jira"),
    ],
)
def test_reading_searching_and_writing_work_with_this_credential(
    kind: Kind, way: str, path: str
) -> None:
    with running_local_jira(mode=kind, context_path=path) as site:
        gateway = gateway_with(site, kind, way)
        issue_id, key = new_issue(gateway)
        seen = gateway.read_issue(issue_id, Cursor(), INTERPRETER).observed
        view = DesiredView(
            issue_id=issue_id,
            issue_key=key,
            sequence=1,
            status_category=StatusCategory.IN_PROGRESS,
            priority="High",
            labels=("ft-category-billing",),
            comments=(DesiredComment(operation_id="life/1", body="A note."),),
            last_seen=seen.fields,
        )

        written = gateway.project(view, INTERPRETER).result
        again = gateway.project(view, INTERPRETER).result
        pages = [*gateway.changed_since(datetime(2026, 1, 1, tzinfo=UTC))]
        found = [issue.issue_key for page in pages for issue in page]
        raw = gateway.clients.get(f"issue/{issue_id}")

    assert gateway.own_account()
    assert written.observed.fields.status_category is StatusCategory.IN_PROGRESS
    assert written.observed.fields.priority == "High"
    assert (written.problems, written.confirmed) == ((), ("life/1",))
    assert again.written == (), "a second look finds everything done"
    assert found == [key]
    assert raw["self"].startswith(f"{site.url}/rest/api/2/issue/")


def test_a_credential_never_shows_itself() -> None:
    credentials = JiraCredentials(user="bot@example.com", token=SecretStr("do-not-show"))

    assert "do-not-show" not in f"{credentials!r} {credentials.model_dump_json()}"
