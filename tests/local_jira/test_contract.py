"""Every served operation against Atlassian's own description of it.

Set LOCAL_JIRA_CONTRACT to the path of Atlassian's OpenAPI document of the platform (version 3).
The document is stricter than the service: nulls and a few undeclared members are let through.
"""

import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from contract import PRUNED_AWAY, PlatformContract
from local_jira_tools import adf

from local_jira.routes import PLATFORM
from local_jira.testing import running_local_jira

DOCUMENT = os.environ.get("LOCAL_JIRA_CONTRACT", "")
pytestmark = pytest.mark.skipif(
    not Path(DOCUMENT).is_file(),
    reason="LOCAL_JIRA_CONTRACT does not name Atlassian's OpenAPI document",
)

FIELDS = {
    "project": {"key": "FT"},
    "issuetype": {"name": "Bug"},
    "summary": "Contract",
    "description": adf("Text"),
    "labels": ["contract"],
}
REMOTE = {"globalId": "g=1", "object": {"url": "https://example.com", "title": "There"}}
LINK = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "FT-1"}, "outwardIssue": {"key": "FT-2"}}
FILE = {"file": ("note.txt", b"What the customer sent.", "text/plain")}
ISSUE, COMMENT, REMOTE_LINK = (
    "issue/FT-1",
    "issue/FT-1/comment/10000",
    "issue/FT-1/remotelink/10000",
)

# Method, path, body; in this order, on a fresh site.
CALLS: list[tuple[str, str, Any]] = [
    ("POST", "issue", {"fields": FIELDS}),
    ("POST", "issue", {"fields": FIELDS}),
    ("POST", "issue/bulk", {"issueUpdates": [{"fields": FIELDS}, {"fields": {}}]}),
    ("PUT", ISSUE, {"fields": {"assignee": {"accountId": "acc-ada-agent"}}}),
    ("POST", f"{ISSUE}/comment?expand=properties,renderedBody", {"body": adf("Hello")}),
    ("GET", f"{ISSUE}/comment?expand=properties", None),
    ("GET", COMMENT, None),
    ("PUT", COMMENT, {"body": adf("Hello again")}),
    ("POST", "comment/list", {"ids": [10000]}),
    ("PUT", "comment/10000/properties/key", {"a": 1}),
    ("GET", "comment/10000/properties", None),
    ("GET", "comment/10000/properties/key", None),
    ("DELETE", "comment/10000/properties/key", None),
    ("PUT", f"{ISSUE}/properties/key", {"a": 1}),
    ("GET", f"{ISSUE}/properties", None),
    ("GET", f"{ISSUE}/properties/key", None),
    ("GET", f"{ISSUE}/transitions?expand=transitions.fields", None),
    ("POST", "issueLink", LINK),
    ("GET", "issueLink/10000", None),
    ("POST", f"{ISSUE}/remotelink", REMOTE),
    ("GET", f"{ISSUE}/remotelink", None),
    ("GET", REMOTE_LINK, None),
    ("PUT", REMOTE_LINK, REMOTE),
    ("DELETE", f"{ISSUE}/remotelink?globalId=g=1", None),
    ("POST", f"{ISSUE}/remotelink", REMOTE),
    ("DELETE", "issue/FT-1/remotelink/10001", None),
    ("POST", f"{ISSUE}/transitions", {"transition": {"id": "41"}}),
    (
        "GET",
        f"{ISSUE}?expand=transitions,changelog,renderedFields,names,schema&properties=*all",
        None,
    ),
    ("GET", f"{ISSUE}/changelog", None),
    ("POST", f"{ISSUE}/changelog/list", {"changelogIds": [10003]}),
    ("GET", f"{ISSUE}/editmeta", None),
    ("PUT", f"{ISSUE}/assignee", {"accountId": None}),
    ("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["FT-1", "FT-99"]}),
    ("POST", f"{ISSUE}/watchers", "acc-ada-agent"),
    ("GET", f"{ISSUE}/watchers", None),
    ("DELETE", f"{ISSUE}/watchers?accountId=acc-ada-agent", None),
    ("GET", "search/jql?jql=project=FT&fields=*all&maxResults=1&expand=names,schema", None),
    ("POST", "search/jql", {"jql": "project=FT", "fields": ["*all"]}),
    ("POST", "search/approximate-count", {"jql": "project=FT"}),
    ("POST", "jql/parse", {"queries": ["project=FT", "x"]}),
    ("POST", "jql/match", {"jqls": ["project=FT"], "issueIds": [10001]}),
    ("POST", "user", {"emailAddress": "new@customers.example", "products": []}),
    ("POST", "issue", {"fields": {**FIELDS, "issuetype": {"name": "Sub-task"}, "parent": {"key": "FT-1"}}}),
    ("GET", "issue/FT-1?fields=subtasks", None),
    ("GET", "issue/FT-4", None),
    ("DELETE", "issue/FT-4", None),
    ("POST", f"{ISSUE}/attachments", FILE),
    ("GET", "attachment/10000", None),
    ("GET", "attachment/content/10000", None),
    ("GET", "attachment/content/10000?redirect=false", None),
    ("DELETE", "attachment/10000", None),
    ("POST", "changelog/bulkfetch", {"issueIdsOrKeys": ["FT-1", "FT-2"], "maxResults": 1}),
    ("POST", "issue/properties", {"entitiesIds": [10001, 10002], "properties": {"bulk": 1}}),
    (
        "POST",
        "issue/properties/multi",
        {"issues": [{"issueID": 10001, "properties": {"bulk": 2}}, {"issueID": 1}]},
    ),
    ("PUT", "issue/properties/bulk", {"value": 3, "filter": {"currentValue": 2}}),
    ("DELETE", "issue/properties/bulk", {"entityIds": [10002]}),
    ("GET", "task/10001", None),
    ("DELETE", "issueLink/10000", None),
    ("DELETE", COMMENT, None),
    ("DELETE", f"{ISSUE}/properties/key", None),
    ("DELETE", ISSUE, None),
] + [
    ("GET", path, None)
    for path in (
        "serverInfo", "myself", "configuration", "mypermissions?permissions=EDIT_ISSUES",
        "project", "project/search", "project/FT", "project/FT/statuses", "project/FT/components",
        "project/FT/versions", "issuetype", "issuetype/10001", "status", "status/Open",
        "attachment/meta", "statuses/search?statusCategory=DONE", "statuscategory", "priority", "priority/search", "priority/1", "resolution",
        "resolution/10000", "field", "field/search", "label", "issue/createmeta",
        "issue/createmeta/FT/issuetypes", "issue/createmeta/FT/issuetypes/10001", "issueLinkType",
        "issueLinkType/10000", "user?accountId=acc-ada-agent", "user/search?query=a",
        "user/assignable/search?project=FT", "user/bulk?accountId=acc-ada-agent", "users/search",
        "group/member?groupname=staff",
    )
]  # fmt: skip
# The removed search and the webhooks of installed apps only answer refusals.
REFUSING = {"search", "webhook", "webhook/failed", "webhook/refresh"}


def send(http: httpx.Client, method: str, path: str, body: Any) -> httpx.Response:
    if body is FILE:
        headers = {"X-Atlassian-Token": "no-check"}
        return http.request(method, path, files=FILE, headers=headers)
    return http.request(method, path, json=body)


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, str, httpx.Response]]:
    with running_local_jira() as running, running.client() as http:
        return [
            (method, path, send(http, method, f"/rest/api/3/{path}", body))
            for method, path, body in CALLS
        ]


def template_of(method: str, path: str) -> str:
    match = PLATFORM.find(method, path.split("?", maxsplit=1)[0])
    assert match is not None
    return match.route.template


def test_every_answer_has_the_documented_status_and_shape(
    answers: list[tuple[str, str, httpx.Response]],
) -> None:
    contract = PlatformContract(Path(DOCUMENT))
    found: list[str] = []
    for method, path, answer in answers:
        responses = contract.responses(method, template_of(method, path))
        documented = responses.get(str(answer.status_code))
        if documented is None or answer.status_code >= 400:
            found.append(f"{method} {path}: status {answer.status_code}: {answer.text[:200]}")
            continue
        content = documented.get("content", {}).get("application/json", {})
        if answer.content and content.get("schema"):
            faults = contract.faults(answer.json(), content["schema"])
            found += [f"{method} {path}{fault}" for fault in faults]
    assert not found, "\n".join(found)


def test_every_served_operation_is_driven() -> None:
    def bare(template: str) -> str:
        return re.sub(r"\{\w+\}", "{}", template)

    driven = {(method, bare(template_of(method, path))) for method, path, _ in CALLS}
    untried = REFUSING | PRUNED_AWAY
    served = {(m, bare(t)) for m, t in PLATFORM.served() if t not in untried}
    assert served == driven, f"add these to CALLS: {sorted(served - driven)}"
