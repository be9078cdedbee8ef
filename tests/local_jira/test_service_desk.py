"""The service desk: what customers raise and see, SLAs, approvals, ratings, queues."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jira import JIRA
from local_jira_tools import Maker
from small_seed import PEOPLE

from local_jira.seed_desk import SeedSla
from local_jira.service_desk.sla import Facts, cycles
from local_jira.testing import RunningLocalJira

API = "/rest/servicedeskapi"
OPT_IN = {"X-ExperimentalApi": "opt-in"}
PAGE = {"_expands", "size", "start", "limit", "isLastPage", "_links", "values"}
MINUTE = 60_000


@pytest.fixture
def cora(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    with local_jira.client(local_jira.auth_of("cora")) as client:
        yield client


def ask(http: httpx.Client, summary: str = "Too slow", **more: Any) -> Any:
    body = {
        "serviceDeskId": "1",
        "requestTypeId": "10",
        "requestFieldValues": {"summary": summary, "description": "Since *today*."},
        **more,
    }
    answer = http.post(f"{API}/request", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def values(http: httpx.Client, path: str, **query: Any) -> list[Any]:
    answer = http.get(f"{API}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == PAGE
    return list(answer.json()["values"])


def test_a_customer_raises_a_request_and_sees_it(http: httpx.Client, cora: httpx.Client) -> None:
    made = ask(cora)
    key = made["issueKey"]
    shown = cora.get(f"{API}/request/{key}").json()
    assert shown["reporter"]["accountId"] == "acc-cora-customer"
    assert (shown["requestTypeId"], shown["serviceDeskId"]) == ("10", "1")
    assert shown["currentStatus"]["statusCategory"] == "NEW"
    assert set(shown["createdDate"]) == {"iso8601", "jira", "friendly", "epochMillis"}
    assert [entry["issueKey"] for entry in values(cora, "request")] == [key]
    issue = http.get(f"/rest/api/2/issue/{key}").json()["fields"]
    assert issue["issuetype"]["name"] == "Feedback"
    assert [entry["status"] for entry in values(cora, f"request/{key}/status")] == ["Open"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"serviceDeskId": "9"}, 404),
        ({"requestTypeId": "99"}, 400),
        ({"requestFieldValues": {"description": "x"}}, 400),
        ({"requestFieldValues": {"summary": "x", "reporter": {"accountId": "acc-admin"}}}, 400),
        ({"requestFieldValues": {"summary": "x", "labels": ["y"]}}, 400),
        ({"requestFieldValues": "x"}, 400),
        ({"requestTypeId": "12", "requestFieldValues": {"summary": "x"}}, 400),
        ({"raiseOnBehalfOf": "acc-admin"}, 400),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_the_desks_form(
    cora: httpx.Client, change: dict[str, Any], status: int
) -> None:
    body = {"serviceDeskId": "1", "requestTypeId": "10", "requestFieldValues": {"summary": "x"}}
    answer = cora.post(f"{API}/request", json={**body, **change})
    assert answer.status_code == status
    assert answer.json()["errorMessage"]


def test_an_agent_raises_for_a_customer_and_invites_others(
    http: httpx.Client, cora: httpx.Client
) -> None:
    key = ask(http, raiseOnBehalfOf="cora.customer@customers.example")["issueKey"]
    assert cora.get(f"{API}/request/{key}").status_code == 200
    other = ask(http)["issueKey"]
    assert cora.get(f"{API}/request/{other}").status_code == 404
    path = f"{API}/request/{other}/participant"
    assert http.post(path, json={"accountIds": ["acc-cora-customer"]}).json()["size"] == 1
    assert cora.get(f"{API}/request/{other}").status_code == 200
    http.request("DELETE", path, json={"accountIds": ["acc-cora-customer"]})
    assert cora.get(f"{API}/request/{other}").status_code == 404


def test_customers_read_and_write_public_comments_only(
    http: httpx.Client, cora: httpx.Client
) -> None:
    key = ask(cora)["issueKey"]
    path = f"{API}/request/{key}/comment"
    inner = http.post(path, json={"body": "Our secret", "public": False}).json()
    http.post(path, json={"body": "We look at it", "public": True})
    cora.post(path, json={"body": "Thank you", "public": True})
    assert cora.post(path, json={"body": "x", "public": False}).status_code == 403
    assert cora.post(path, json={"body": "x"}).status_code == 400

    seen = [entry["body"] for entry in values(cora, f"request/{key}/comment")]
    assert seen == ["We look at it", "Thank you"]
    assert cora.get(f"{path}/{inner['id']}").status_code == 404
    staff = [entry["public"] for entry in values(http, f"request/{key}/comment")]
    assert staff == [False, True, True]
    hidden = values(http, f"request/{key}/comment", public="false")
    assert [entry["body"] for entry in hidden] == ["Our secret"]
    platform = http.get(f"/rest/api/2/issue/{key}/comment").json()["comments"]
    assert [entry["jsdPublic"] for entry in platform] == [False, True, True]


SLA = SeedSla(id="1", name="x", goal_seconds=600, stops_at="done", paused_in=("Waiting",))


def test_time_in_a_pausing_status_does_not_count() -> None:
    facts = Facts(((0, "Open", False), (4 * MINUTE, "Waiting", False)), None)
    [cycle] = cycles(SLA, facts, 60 * MINUTE)
    assert (cycle.elapsed, cycle.paused, cycle.breach) == (4 * MINUTE, True, None)
    back = Facts((*facts.statuses, (60 * MINUTE, "Open", False)), None)
    [cycle] = cycles(SLA, back, 61 * MINUTE)
    assert (cycle.elapsed, cycle.breached, cycle.breach) == (5 * MINUTE, False, 66 * MINUTE)
    [cycle] = cycles(SLA, back, 70 * MINUTE)
    assert (cycle.remaining, cycle.breached, cycle.breach) == (-4 * MINUTE, True, 66 * MINUTE)


def test_reopening_starts_a_new_cycle() -> None:
    statuses = ((0, "Open", False), (3 * MINUTE, "Done", True), (9 * MINUTE, "Open", False))
    first, second = cycles(SLA, Facts(statuses, None), 10 * MINUTE)
    assert (first.start, first.stop, first.elapsed) == (0, 3 * MINUTE, 3 * MINUTE)
    assert (second.start, second.stop, second.elapsed) == (9 * MINUTE, None, MINUTE)


def test_agents_read_slas_that_follow_the_history(http: httpx.Client, cora: httpx.Client) -> None:
    key = ask(cora)["issueKey"]
    path = f"{API}/request/{key}/comment"
    http.post(path, json={"body": "internal", "public": False})
    cora.post(path, json={"body": "anybody?", "public": True})
    response, resolution = values(http, f"request/{key}/sla")
    assert response["name"] == "Time to first response"
    assert response["ongoingCycle"]["breached"] is False
    assert response["ongoingCycle"]["goalDuration"] == {"millis": 14_400_000, "friendly": "4h"}
    http.post(path, json={"body": "Yes!", "public": True})
    answered = http.get(f"{API}/request/{key}/sla/1").json()
    assert "ongoingCycle" not in answered
    assert len(answered["completedCycles"]) == 1
    assert resolution["ongoingCycle"]["paused"] is False
    http.post(f"/rest/api/2/issue/{key}/transitions", json={"transition": {"id": "21"}})
    assert http.get(f"{API}/request/{key}/sla/2").json()["ongoingCycle"]["paused"] is True
    assert cora.get(f"{API}/request/{key}/sla").status_code == 403


def test_only_the_reporter_rates_and_only_with_the_header(
    http: httpx.Client, cora: httpx.Client
) -> None:
    path = f"{API}/request/{ask(cora)['issueKey']}/feedback"
    body = {"type": "csat", "rating": 4, "comment": {"body": "Fast"}}
    assert cora.post(path, json=body).status_code == 412
    assert http.post(path, json=body, headers=OPT_IN).status_code == 403
    for bad in ({"rating": 6}, {"rating": True}, {"rating": 3, "type": "nps"}, {}):
        assert cora.post(path, json=bad, headers=OPT_IN).status_code == 400
    assert cora.get(path, headers=OPT_IN).status_code == 404
    assert cora.post(path, json=body, headers=OPT_IN).json() == body
    assert http.get(path, headers=OPT_IN).json() == body
    assert cora.delete(path, headers=OPT_IN).status_code == 204
    assert cora.get(path, headers=OPT_IN).status_code == 404


def test_queues_hold_the_issues_of_their_query_in_pages(http: httpx.Client, make: Maker) -> None:
    keys = [make(f"Number {n}") for n in range(3)]
    make("Elsewhere", project={"key": "PROD"}, issuetype={"name": "Task"})
    [queue, _] = values(http, "servicedesk/1/queue", includeCount="true")
    assert queue["issueCount"] == 3
    seen: list[str] = []
    address = f"{API}/servicedesk/1/queue/1/issue?limit=2"
    while address:
        page = http.get(address).json()
        assert page["size"] == len(page["values"])
        seen += [issue["key"] for issue in page["values"]]
        address = page["_links"].get("next", "")
        assert page["isLastPage"] is (not address)
    assert seen == keys


def test_customers_see_no_queues(cora: httpx.Client) -> None:
    assert cora.get(f"{API}/servicedesk/1/queue").status_code == 403


def test_organizations_grow_and_customers_see_their_own(
    http: httpx.Client, cora: httpx.Client
) -> None:
    made = http.post(f"{API}/organization", json={"name": "New Ltd"}).json()
    path = f"{API}/organization/{made['id']}/user"
    assert [entry["name"] for entry in values(cora, "organization")] == ["Coriander Bakeries"]
    assert cora.get(f"{API}/organization/{made['id']}").status_code == 404
    assert http.post(path, json={"accountIds": ["acc-cora-customer"]}).status_code == 204
    assert len(values(cora, "organization")) == 2
    assert http.post(path, json={"accountIds": ["acc-nobody"]}).status_code == 400
    http.request("DELETE", path, json={"accountIds": ["acc-cora-customer"]})
    assert values(http, f"organization/{made['id']}/user") == []
    assert len(values(http, "servicedesk/1/organization")) == 1


def test_the_jira_package_reads_desks_and_request_types(jira2: JIRA) -> None:
    assert jira2.supports_service_desk()
    [desk] = jira2.service_desks()
    names = [entry.name for entry in jira2.request_types(desk)]
    assert names == ["Give feedback", "Ask a question", "Report a problem"]


def test_a_form_says_what_it_asks_for(http: httpx.Client) -> None:
    form = http.get(f"{API}/servicedesk/1/requesttype/12/field").json()["requestTypeFields"]
    required = {field["fieldId"]: field["required"] for field in form}
    assert required == {"summary": True, "description": True, "components": False}
    assert [v["label"] for v in form[2]["validValues"]] == ["Billing", "Sign-in", "Reports"]


@pytest.fixture
def people(small_site: RunningLocalJira) -> Iterator[dict[str, httpx.Client]]:
    clients = {name: small_site.client(auth) for name, auth in PEOPLE.items()}
    yield clients
    for client in clients.values():
        client.close()


def wait_for_approval(people: dict[str, httpx.Client]) -> str:
    body = {
        "serviceDeskId": "1",
        "requestTypeId": "2",
        "requestFieldValues": {"summary": "Refund me", "customfield_10001": "INV-7"},
    }
    key = str(people["carl"].post(f"{API}/request", json=body).json()["issueKey"])
    path = f"/rest/api/2/issue/{key}/transitions"
    sent = people["anna"].post(path, json={"transition": {"id": "11"}})
    assert sent.status_code == 204, sent.text
    return key


def test_an_approval_needs_its_approvers_and_moves_the_issue(
    people: dict[str, httpx.Client],
) -> None:
    key = wait_for_approval(people)
    [pending] = values(people["anna"], f"request/{key}/approval")
    assert (pending["finalDecision"], pending["canAnswerApproval"]) == ("pending", True)
    path = f"{API}/request/{key}/approval/{pending['id']}"
    assert people["carl"].post(path, json={"decision": "approve"}).status_code == 403
    assert people["anna"].post(path, json={"decision": "maybe"}).status_code == 400
    first = people["anna"].post(path, json={"decision": "approve"}).json()
    assert (first["finalDecision"], first["canAnswerApproval"]) == ("pending", False)
    assert people["anna"].post(path, json={"decision": "approve"}).status_code == 409
    second = people["ben"].post(path, json={"decision": "approve"}).json()
    assert second["finalDecision"] == "approved"
    assert people["ben"].post(path, json={"decision": "decline"}).status_code == 409
    shown = people["carl"].get(f"{API}/request/{key}").json()
    assert shown["currentStatus"]["status"] == "Approved"


def test_one_approver_who_declines_ends_it(people: dict[str, httpx.Client]) -> None:
    key = wait_for_approval(people)
    [pending] = values(people["ben"], f"request/{key}/approval")
    path = f"{API}/request/{key}/approval/{pending['id']}"
    declined = people["ben"].post(path, json={"decision": "decline"}).json()
    assert declined["finalDecision"] == "declined"
    fields = people["anna"].get(f"/rest/api/2/issue/{key}").json()["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Closed", "Declined")


def test_customers_take_only_the_steps_that_are_on_the_portal(
    people: dict[str, httpx.Client],
) -> None:
    body = {
        "serviceDeskId": "1",
        "requestTypeId": "1",
        "requestFieldValues": {"summary": "Help me"},
    }
    key = str(people["carl"].post(f"{API}/request", json=body).json()["issueKey"])
    path = f"{API}/request/{key}/transition"
    assert values(people["carl"], f"request/{key}/transition") == []
    assert people["carl"].post(path, json={"id": "1"}).status_code == 400
    closing = {
        "transition": {"id": "1"},
        "fields": {"assignee": {"accountId": "acc-ben"}},
        "update": {"comment": [{"add": {"body": "Done."}}]},
    }
    people["anna"].post(f"/rest/api/2/issue/{key}/transitions", json=closing)
    assert values(people["carl"], f"request/{key}/transition") == [{"id": "2", "name": "Reopen"}]
    again = {"id": "2", "additionalComment": {"body": "Not yet"}}
    assert people["carl"].post(path, json=again).status_code == 204
    shown = people["carl"].get(f"{API}/request/{key}").json()
    assert shown["currentStatus"]["status"] == "Open"
    assert values(people["carl"], f"request/{key}/comment")[-1]["body"] == "Not yet"
