"""The service desk as `atlassian-python-api` drives it, by its two classes for it."""

from typing import Any

import pytest
import requests
from atlassian import Jira, JiraServiceManagement, ServiceDesk
from small_seed import PEOPLE

from local_jira.testing import RunningLocalJira

REFUND = {"summary": "Refund me", "customfield_10001": "INV-7"}
OPT_IN = {**JiraServiceManagement.default_headers, "X-ExperimentalApi": "opt-in"}


def signed_in(kind: Any, site: RunningLocalJira, name: str, **options: Any) -> Any:
    username, secret = PEOPLE[name]
    return kind(site.url, username=username, password=secret, **options)


@pytest.fixture
def anna(small_site: RunningLocalJira) -> ServiceDesk:
    found: ServiceDesk = signed_in(ServiceDesk, small_site, "anna")
    return found


@pytest.fixture
def carl(small_site: RunningLocalJira) -> ServiceDesk:
    """The customer."""
    found: ServiceDesk = signed_in(ServiceDesk, small_site, "carl")
    return found


def test_a_customer_finds_what_to_ask_for_and_asks(carl: ServiceDesk) -> None:
    [desk] = carl.get_service_desks()
    kinds = {kind["name"]: kind["id"] for kind in carl.get_request_types(desk["id"])["values"]}
    form = carl.get_request_type_fields(desk["id"], kinds["Ask for a refund"])
    required = {field["fieldId"] for field in form["requestTypeFields"] if field["required"]}
    assert required == set(REFUND)
    made = carl.create_customer_request(desk["id"], kinds["Ask for a refund"], REFUND)
    assert carl.get_customer_request_status(made["issueKey"]) == "Open"
    mine = [request["issueKey"] for request in carl.get_my_customer_requests()]
    assert mine == [made["issueKey"]]


def test_only_agents_read_internal_comments(anna: ServiceDesk, carl: ServiceDesk) -> None:
    key = carl.create_customer_request("1", "2", REFUND)["issueKey"]
    hidden = anna.create_request_comment(key, "Our secret", public=False)["id"]
    anna.create_request_comment(key, "We look at it")
    assert [one["body"] for one in carl.get_request_comments(key)] == ["We look at it"]
    assert [one["public"] for one in anna.get_request_comments(key)] == [False, True]
    with pytest.raises(requests.HTTPError) as caught:
        carl.get_request_comment_by_id(key, hidden)
    assert caught.value.response.status_code == 404


def test_an_agent_asks_for_somebody_and_invites_others(
    anna: ServiceDesk, carl: ServiceDesk
) -> None:
    made = anna.create_customer_request(
        "1", "1", {"summary": "Help"}, raise_on_behalf_of="acc-carl"
    )
    key = made["issueKey"]
    assert carl.get_customer_request(key)["reporter"]["accountId"] == "acc-carl"
    anna.add_request_participants(key, account_list=["acc-ben"])
    [invited] = carl.get_request_participants(key)
    assert invited["displayName"] == "Ben Agent"
    anna.remove_request_participants(key, account_list=["acc-ben"])
    assert carl.get_request_participants(key) == []
    with pytest.raises(requests.HTTPError, match="does not take part"):
        anna.remove_request_participants(key, account_list=["acc-ben"])


def test_agents_read_the_clock_of_a_request(anna: ServiceDesk, carl: ServiceDesk) -> None:
    key = carl.create_customer_request("1", "2", REFUND)["issueKey"]
    [clock] = anna.get_sla(key)
    assert clock["ongoingCycle"]["goalDuration"]["millis"] == 86_400_000
    assert anna.get_sla_by_id(key, clock["id"])["name"] == "Time to resolution"
    with pytest.raises(requests.HTTPError, match="Only agents"):
        carl.get_sla(key)


def test_approvers_decide_once(
    small_site: RunningLocalJira, anna: ServiceDesk, carl: ServiceDesk
) -> None:
    key = carl.create_customer_request("1", "2", REFUND)["issueKey"]
    signed_in(Jira, small_site, "anna", cloud=True).set_issue_status(key, "Waiting for approval")
    [pending] = anna.get_approvals(key)
    assert pending["canAnswerApproval"]
    anna.answer_approval(key, pending["id"], "approve")
    ben = signed_in(ServiceDesk, small_site, "ben")
    assert ben.answer_approval(key, pending["id"], "approve")["finalDecision"] == "approved"
    assert carl.get_approval_by_id(key, pending["id"])["finalDecision"] == "approved"
    assert carl.get_customer_request_status(key) == "Approved"
    with pytest.raises(requests.HTTPError) as caught:
        ben.answer_approval(key, pending["id"], "decline")
    assert caught.value.response.status_code == 409


def test_organisations_come_and_go(anna: ServiceDesk) -> None:
    made = int(anna.create_organization("New Ltd")["id"])
    anna.add_organization(1, made)
    anna.add_users_to_organization(made, account_list=["acc-carl"])
    assert anna.get_users_in_organization(made)["values"][0]["accountId"] == "acc-carl"
    assert len(anna.get_organisations("1")["values"]) == 2
    anna.remove_users_from_organization(made, account_list=["acc-carl"])
    anna.remove_organization(1, made)
    assert len(anna.get_organisations("1")["values"]) == 1
    anna.delete_organization(made)
    with pytest.raises(requests.HTTPError, match="does not exist"):
        anna.get_organization(made)


def test_queues_count_and_list_their_issues(anna: ServiceDesk, carl: ServiceDesk) -> None:
    key = carl.create_customer_request("1", "1", {"summary": "Help"})["issueKey"]
    [queue] = anna.get_queues("1", include_count=True)["values"]
    listed = [issue["key"] for issue in anna.get_issues_in_queue("1", queue["id"])["values"]]
    assert (queue["issueCount"], listed[-1]) == (2, key)


def test_what_is_left_out_says_so_to_the_client(anna: ServiceDesk) -> None:
    with pytest.raises(requests.HTTPError, match="documented for Jira, but this local stand-in"):
        anna.get_customers("1")


def test_the_reporter_rates_the_answer(small_site: RunningLocalJira, carl: ServiceDesk) -> None:
    key = carl.create_customer_request("1", "1", {"summary": "Help"})["issueKey"]
    newer = signed_in(JiraServiceManagement, small_site, "carl")
    rating = {"type": "csat", "rating": 5, "comment": {"body": "Fast"}}
    assert newer.post_feedback(key, data=rating, headers=OPT_IN) == rating
    assert newer.get_feedback(key, headers=OPT_IN) == rating
    newer.delete_feedback(key, headers=OPT_IN)
    with pytest.raises(requests.HTTPError) as caught:
        newer.get_feedback(key, headers=OPT_IN)
    assert caught.value.response.status_code == 404


def test_a_request_carries_what_is_asked_for(
    small_site: RunningLocalJira, anna: ServiceDesk, carl: ServiceDesk
) -> None:
    key = carl.create_customer_request("1", "1", {"summary": "Help"})["issueKey"]
    anna.create_request_comment(key, "Our secret", public=False)
    anna.create_request_comment(key, "Hello")
    parts = "participant,status,sla,requestType,serviceDesk,comment,comment.renderedBody,action"
    agent, customer = (
        signed_in(JiraServiceManagement, small_site, name).get_customer_request_by_id_or_key(
            key, expand=parts
        )
        for name in ("anna", "carl")
    )
    assert agent["participants"]["values"] == []
    assert agent["status"]["values"][0]["status"] == "Open"
    assert agent["requestType"]["name"] == "Get help"
    assert agent["serviceDesk"]["projectKey"] == "HELP"
    assert [one["public"] for one in agent["comments"]["values"]] == [False, True]
    assert customer["comments"]["values"][0]["renderedBody"] == {"html": "<p>Hello</p>"}
    assert (len(agent["sla"]["values"]), customer["sla"]["values"]) == (1, [])
    assert customer["actions"]["addComment"] == {"allowed": True}
    assert set(agent["_expands"]) == set(parts.split(",")) - {"comment.renderedBody"}


def test_the_latest_activity_comes_first(
    small_site: RunningLocalJira, anna: ServiceDesk, carl: ServiceDesk
) -> None:
    keys = [
        carl.create_customer_request("1", "1", {"summary": f"Help {n}"})["issueKey"]
        for n in range(2)
    ]
    anna.create_request_comment(keys[0], "Hello")
    newer = signed_in(JiraServiceManagement, small_site, "carl")
    listed = newer.get_customer_requests(request_status="OPEN_REQUESTS", search_term="help")
    assert [request["issueKey"] for request in listed["values"]] == keys


def test_data_center_names_people_by_name(datacenter: RunningLocalJira) -> None:
    agent = ServiceDesk(datacenter.url, token=datacenter.bot_auth[1])
    customer, secret = datacenter.auth_of("cora")
    cora = ServiceDesk(datacenter.url, username=customer, password=secret)
    values = {"summary": "Help", "description": "Please"}
    made = agent.create_customer_request("1", "10", values, raise_on_behalf_of=customer)
    assert made["reporter"]["name"] == customer
    assert "accountId" not in made["reporter"]
    joined = agent.add_request_participants(made["issueKey"], users_list=["ada-agent"])
    [invited] = joined["values"]
    assert (invited["name"], invited["key"]) == ("ada-agent", "acc-ada-agent")
    assert [one["issueKey"] for one in cora.get_my_customer_requests()] == [made["issueKey"]]
    assert made["_links"]["self"].startswith(f"{datacenter.url}/rest/servicedeskapi/request/")
