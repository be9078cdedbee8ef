"""Every served operation of the service desk against our notes of Atlassian's document."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from contract import DeskContract
from small_seed import PEOPLE

from local_jira.routes import SERVICE_DESK
from local_jira.testing import RunningLocalJira

API = "/rest/servicedeskapi"
OPT_IN = {"X-ExperimentalApi": "opt-in"}
REQUEST = {
    "serviceDeskId": "1",
    "requestTypeId": "2",
    "requestFieldValues": {"summary": "Refund me", "customfield_10001": "INV-7"},
}
HELP = {**REQUEST, "requestTypeId": "1", "requestFieldValues": {"summary": "Help me"}}
PARTS = "participant,status,sla,requestType,serviceDesk,comment,comment.renderedBody,action"
BEN, CARL = {"accountIds": ["acc-ben"]}, {"accountIds": ["acc-carl"]}
CLOSING = {
    "transition": {"id": "1"},
    "fields": {"assignee": {"accountId": "acc-ben"}},
    "update": {"comment": [{"add": {"body": "Done."}}]},
}
# Who, method, path, body; in this order, on a fresh site with one issue. A path from the root is
# of the platform: it brings the request to where the next operation makes sense.
CALLS: list[tuple[str, str, str, Any]] = [
    ("carl", "GET", "info", None),
    ("carl", "GET", "servicedesk", None),
    ("carl", "GET", "servicedesk/1", None),
    ("anna", "GET", "servicedesk/1/queue?includeCount=true", None),
    ("anna", "GET", "servicedesk/1/queue/1?includeCount=true", None),
    ("anna", "GET", "servicedesk/1/queue/1/issue?limit=1", None),
    ("carl", "GET", "servicedesk/1/requesttype?searchQuery=refund", None),
    ("carl", "GET", "servicedesk/1/requesttype/2", None),
    ("carl", "GET", "servicedesk/1/requesttype/2/field", None),
    ("anna", "POST", "organization", {"name": "New Ltd"}),
    ("anna", "GET", "organization", None),
    ("anna", "GET", "organization/100", None),
    ("anna", "POST", "organization/100/user", CARL),
    ("anna", "GET", "organization/100/user", None),
    ("anna", "DELETE", "organization/100/user", CARL),
    ("anna", "POST", "servicedesk/1/organization", {"organizationId": 100}),
    ("anna", "GET", "servicedesk/1/organization?limit=1", None),
    ("anna", "DELETE", "servicedesk/1/organization", {"organizationId": 100}),
    ("anna", "DELETE", "organization/100", None),
    ("carl", "POST", "request", REQUEST),
    ("anna", "POST", "request", {**HELP, "raiseOnBehalfOf": "acc-carl"}),
    ("carl", "GET", f"request?expand={PARTS}&limit=1", None),
    ("anna", "POST", "request/HELP-2/participant", BEN),
    ("carl", "GET", "request/HELP-2/participant", None),
    ("anna", "POST", "request/HELP-2/comment", {"body": "*Ours*", "public": False}),
    ("anna", "POST", "request/HELP-2/comment", {"body": "Hello", "public": True}),
    ("anna", "GET", "request/HELP-2/comment?expand=renderedBody", None),
    ("carl", "GET", "request/HELP-2/comment/10001", None),
    ("anna", "GET", "request/HELP-2/sla", None),
    ("anna", "GET", "request/HELP-2/sla/1", None),
    ("anna", "GET", f"request/HELP-2?expand={PARTS}", None),
    ("anna", "DELETE", "request/HELP-2/participant", BEN),
    ("anna", "POST", "/rest/api/2/issue/HELP-2/transitions", {"transition": {"id": "11"}}),
    ("anna", "GET", "request/HELP-2/sla", None),
    ("anna", "GET", "request/HELP-2/approval", None),
    ("anna", "POST", "request/HELP-2/approval/1", {"decision": "approve"}),
    ("ben", "POST", "request/HELP-2/approval/1", {"decision": "approve"}),
    ("carl", "GET", "request/HELP-2/approval/1", None),
    ("anna", "POST", "/rest/api/2/issue/HELP-3/transitions", CLOSING),
    ("anna", "GET", "request/HELP-3/sla", None),
    ("carl", "GET", "request/HELP-3/status", None),
    ("carl", "GET", "request/HELP-3/transition", None),
    ("carl", "POST", "request/HELP-3/transition", {"id": "2", "additionalComment": {"body": "No"}}),
    ("carl", "POST", "request/HELP-3/feedback", {"type": "csat", "rating": 4}),
    ("carl", "GET", "request/HELP-3/feedback", None),
    ("carl", "DELETE", "request/HELP-3/feedback", None),
]
# Who, method, path, body, the documented status.
REFUSED: list[tuple[str, str, str, Any, int]] = [
    ("carl", "GET", "servicedesk/9", None, 404),
    ("carl", "GET", "servicedesk/1/queue", None, 403),
    ("carl", "GET", "servicedesk/1/requesttype/99", None, 404),
    ("carl", "POST", "request", {"serviceDeskId": "1"}, 400),
    ("carl", "GET", "request/HELP-99", None, 404),
    ("carl", "GET", "request/HELP-1", None, 404),
    ("anna", "POST", "request/HELP-1/comment", {"body": "Hello"}, 400),
    ("anna", "DELETE", "request/HELP-1/participant", BEN, 400),
    ("anna", "POST", "request/HELP-1/participant", {"accountIds": ["acc-nobody"]}, 400),
    ("anna", "POST", "request/HELP-1/transition", {"id": "99"}, 400),
    ("anna", "GET", "request/HELP-1/sla/99", None, 404),
    ("anna", "GET", "request/HELP-1/approval/99", None, 404),
    ("carl", "POST", "organization", {"name": "New Ltd"}, 403),
    ("anna", "DELETE", "organization/99", None, 404),
    ("anna", "POST", "organization/1/user", {"accountIds": ["acc-nobody"]}, 400),
    ("anna", "POST", "organization", b"{", 400),
    ("carl", "GET", "no-such-thing", None, 404),
    ("carl", "GET", "requesttype", None, 501),
]


def send(http: httpx.Client, method: str, path: str, body: Any) -> httpx.Response:
    address = path if path.startswith("/") else f"{API}/{path}"
    if isinstance(body, bytes):
        return http.request(method, address, content=body, headers=OPT_IN)
    return http.request(method, address, json=body, headers=OPT_IN)


@pytest.fixture
def people(small_site: RunningLocalJira) -> Iterator[dict[str, httpx.Client]]:
    clients = {name: small_site.client(auth) for name, auth in PEOPLE.items()}
    yield clients
    for client in clients.values():
        client.close()


def operation_of(method: str, path: str) -> tuple[str, str]:
    match = SERVICE_DESK.find(method, path.partition("?")[0])
    assert match is not None
    return method, match.route.template


def test_every_answer_has_the_documented_status_and_shape(people: dict[str, httpx.Client]) -> None:
    contract, found = DeskContract(), []
    for who, method, path, body in CALLS:
        answer = send(people[who], method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        if path.startswith("/"):
            continue
        answers = contract.operations[operation_of(method, path)]
        if answer.status_code not in answers:
            found.append(f"{method} {path}: status {answer.status_code}")
            continue
        shape = answers[answer.status_code]
        if shape is None and answer.content:
            found.append(f"{method} {path}: a body where none is documented")
        elif shape is not None:
            found += [f"{method} {path}{fault}" for fault in contract.faults(answer.json(), shape)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("who", "method", "path", "body", "status"), REFUSED)
def test_every_refusal_has_the_documented_status_and_member(
    people: dict[str, httpx.Client], who: str, method: str, path: str, body: Any, status: int
) -> None:
    answer = send(people[who], method, path, body)
    assert answer.status_code == status, answer.text
    if "problem" not in answer.headers["content-type"]:
        assert not list(DeskContract().faults(answer.json(), {"$ref": "Error"}))
    assert answer.json()["errorMessage"]


def test_every_served_operation_is_driven() -> None:
    driven = {
        operation_of(method, path) for _, method, path, _ in CALLS if not path.startswith("/")
    }
    missing = SERVICE_DESK.served() - driven
    assert not missing, f"add these to CALLS: {sorted(missing)}"


def test_every_served_operation_and_no_other_is_in_the_notes() -> None:
    assert SERVICE_DESK.served() == set(DeskContract().operations)


def test_the_notes_name_only_shapes_that_they_describe() -> None:
    text = DeskContract().schemas
    named = set(re.findall(r"'\$ref': '(\w+)'", str(text)))
    assert named <= set(text), "describe these in service_desk_contract.json"
