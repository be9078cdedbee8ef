"""The surface as `atlassian-python-api` drives it: another client, by other people.

Its `JiraCloud` and `JiraServiceManagement` are generated from Atlassian's documents; its older
`Jira` knows Data Center too. The service desk is in `test_atlassian_python_api_desk.py`.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from atlassian import Jira, JiraCloud, JiraServiceManagement
from local_jira_tools import adf, file_of

from local_jira.testing import RunningLocalJira

FIELDS: dict[str, Any] = {
    "project": {"key": "FT"},
    "issuetype": {"name": "Feedback"},
    "summary": "Charged twice",
}
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}


@pytest.fixture
def cloud(local_jira: RunningLocalJira) -> JiraCloud:
    """Version 3, generated."""
    name, token = local_jira.bot_auth
    return JiraCloud(local_jira.url, username=name, password=token)


@pytest.fixture
def older(local_jira: RunningLocalJira) -> Jira:
    """Version 2, written by hand."""
    name, token = local_jira.bot_auth
    return Jira(local_jira.url, username=name, password=token, cloud=True)


@pytest.fixture
def on_datacenter(datacenter: RunningLocalJira) -> Jira:
    """With a personal access token, behind a context path."""
    return Jira(datacenter.url, token=datacenter.bot_auth[1])


@pytest.fixture(params=["older", "on_datacenter"])
def either(request: pytest.FixtureRequest) -> Jira:
    """The hand-written client, once in each mode."""
    found: Jira = request.getfixturevalue(request.param)
    return found


def test_an_issue_lives_from_creation_to_deletion(either: Jira) -> None:
    key = either.issue_create({**FIELDS, "description": "I was *charged* twice."})["key"]
    either.issue_update(key, {"summary": "Charged three times"}, update={"labels": [{"add": "x"}]})
    either.label_issue(key, ["billing"])
    either.unlabel_issue(key, ["x"])
    fields = either.issue(key)["fields"]
    assert (fields["summary"], fields["labels"]) == ("Charged three times", ["billing"])
    assert fields["description"] == "I was *charged* twice."
    either.delete_issue(key)
    assert not either.issue_exists(key)
    assert either.issue_deleted(key)


def test_version_3_takes_and_gives_documents(cloud: JiraCloud) -> None:
    key = cloud.create_issue(data={"fields": {**FIELDS, "description": adf("Twice.")}})["key"]
    cloud.edit_issue(key, data={"update": {"labels": [{"add": "billing"}]}})
    fields = cloud.get_issue(key, fields="description,labels")["fields"]
    assert fields == {"description": adf("Twice."), "labels": ["billing"]}


def test_comments_are_public_or_internal_on_purpose(cloud: JiraCloud) -> None:
    key = cloud.create_issue(data={"fields": FIELDS})["key"]
    cloud.add_comment(key, data={"body": adf("We look at it")})
    hidden = cloud.add_comment(key, data={"body": adf("Our secret"), "properties": [INTERNAL]})
    cloud.update_comment(key, hidden["id"], data={"body": adf("Still our secret")})
    shown = cloud.get_comments(key, expand="properties")["comments"]
    assert [comment["jsdPublic"] for comment in shown] == [True, False]
    assert shown[1]["properties"] == [INTERNAL]
    assert shown[1]["body"] == adf("Still our secret")


def test_properties_of_comments_are_kept(either: Jira) -> None:
    key = either.issue_create(FIELDS)["key"]
    comment = either.issue_add_comment(key, "Hello")["id"]
    either.set_comment_property(comment, "ours", {"op": 1})
    assert either.get_comment_property(comment, "ours")["value"] == {"value": {"op": 1}}
    either.delete_comment_property(comment, "ours")
    assert either.get_comment_properties_keys(comment) == {"keys": []}


def test_a_status_is_reached_by_its_name_and_told_in_the_history(either: Jira) -> None:
    key = either.issue_create(FIELDS)["key"]
    offered = {step["to"] for step in either.get_issue_transitions(key)}
    assert {"In Progress", "Waiting for customer"} <= offered
    either.set_issue_status(key, "In Progress")
    assert either.get_issue_status(key) == "In Progress"
    [change] = either.get_issue_status_changelog(key)
    assert (change["from"], change["to"]) == ("Open", "In Progress")


def test_a_search_goes_from_page_to_page_by_token(cloud: JiraCloud) -> None:
    keys = [cloud.create_issue(data={"fields": FIELDS})["key"] for _ in range(5)]
    query = "project = FT ORDER BY key"
    first = cloud.enhanced_jql(query, fields="key", limit=2)
    second = cloud.enhanced_jql(query, fields="key", limit=2, nextPageToken=first["nextPageToken"])
    assert [issue["key"] for issue in first["issues"] + second["issues"]] == keys[:4]
    every = cloud.enhanced_jql_get_list_of_tickets(query, fields="key")
    assert [issue["key"] for issue in every] == keys
    assert cloud.count_issues(data={"jql": query}) == {"count": 5}


def test_data_center_is_searched_by_place(on_datacenter: Jira) -> None:
    keys = [on_datacenter.issue_create(FIELDS)["key"] for _ in range(3)]
    page = on_datacenter.jql("project = FT ORDER BY key", fields=["summary"], start=1, limit=1)
    assert ([issue["key"] for issue in page["issues"]], page["total"]) == (keys[1:2], 3)
    assert on_datacenter.get_project_issues_count("FT") == 3
    found, missing = on_datacenter.bulk_issue(keys, fields="key", limit=2)
    assert (len(found["issues"]), missing) == (3, [])


def test_data_center_knows_people_by_name(on_datacenter: Jira) -> None:
    key = on_datacenter.issue_create(FIELDS)["key"]
    on_datacenter.assign_issue(key, "ada-agent")
    on_datacenter.issue_add_watcher(key, "omar-owner")
    assert on_datacenter.issue_field_value(key, "assignee")["name"] == "ada-agent"
    [watcher] = on_datacenter.issue_get_watchers(key)["watchers"]
    assert watcher["name"] == "omar-owner"
    [found] = on_datacenter.user_find_by_user_string(username="ada")
    assert on_datacenter.user(username=found["name"])["key"] == found["key"]


def test_issue_properties_are_kept(either: Jira) -> None:
    key = either.issue_create(FIELDS)["key"]
    either.set_issue_property(key, "ours", {"seq": 7})
    assert either.get_issue_property(key, "ours") == {"key": "ours", "value": {"seq": 7}}
    either.delete_issue_property(key, "ours")
    assert either.get_issue_property_keys(key) == {"keys": []}


def test_links_lead_from_cause_to_effect(either: Jira) -> None:
    cause, effect = (either.issue_create(FIELDS)["key"] for _ in range(2))
    ends = {"inwardIssue": {"key": cause}, "outwardIssue": {"key": effect}}
    either.create_issue_link({"type": {"name": "Blocks"}, **ends})
    [link] = either.issue_field_value(cause, "issuelinks")
    assert link["outwardIssue"]["key"] == effect
    assert either.get_issue_link(link["id"])["inwardIssue"]["key"] == cause
    either.remove_issue_link(link["id"])
    assert either.issue_field_value(effect, "issuelinks") == []


def test_a_remote_link_is_replaced_by_its_global_id(either: Jira) -> None:
    key = either.issue_create(FIELDS)["key"]
    for title in ("First", "Second"):
        either.create_or_update_issue_remote_links(
            key, "https://shop.example/1", title, global_id="order=1"
        )
    [link] = either.get_issue_remote_links(key)
    assert link["object"]["title"] == "Second"
    either.delete_issue_remote_link_by_id(key, link["id"])
    assert either.get_issue_remote_links(key) == []


def test_files_come_back_as_they_went(either: Jira) -> None:
    key, content = either.issue_create(FIELDS)["key"], bytes(range(256))
    either.add_attachment_object(key, file_of(content, "all.bin"))
    [found] = either.get_attachments_ids_from_issue(key)
    assert found["filename"] == "all.bin"
    assert either.get_attachment_content(found["attachment_id"]) == content
    either.remove_attachment(found["attachment_id"])
    assert either.get_attachments_ids_from_issue(key) == []


def test_bulk_calls_tell_apart_what_worked_and_what_did_not(cloud: JiraCloud) -> None:
    made = cloud.create_issues(data={"issueUpdates": [{"fields": FIELDS}, {"fields": {}}]})
    assert [issue["key"] for issue in made["issues"]] == ["FT-1"]
    assert made["errors"][0]["failedElementNumber"] == 1
    fetched = cloud.bulk_fetch_issues(data={"issueIdsOrKeys": ["FT-1", "FT-99"]})
    assert [issue["key"] for issue in fetched["issues"]] == ["FT-1"]
    number = int(made["issues"][0]["id"])
    task = cloud.bulk_set_issues_properties_list(
        data={"entitiesIds": [number], "properties": {"ours": 1}}
    )
    assert cloud.get_task(task["id"])["status"] == "COMPLETE"
    assert cloud.get_issue_property("FT-1", "ours")["value"] == 1


def test_a_refusal_reaches_the_caller_in_jiras_words(either: Jira) -> None:
    with pytest.raises(requests.HTTPError, match="does not exist"):
        either.issue("FT-99")
    with pytest.raises(requests.HTTPError, match="Field 'nonsense' cannot be set"):
        either.issue_create({**FIELDS, "nonsense": 1})
    with pytest.raises(requests.HTTPError) as caught:
        either.jql("nonsense = 1")
    assert caught.value.response.status_code == 400


def calls_of(client: Any) -> Iterator[tuple[str, list[str]]]:
    """Every generated operation, and arguments for its path."""
    for name, method in inspect.getmembers(client, inspect.ismethod):
        if "Additional REST request options" in (method.__doc__ or ""):
            needed = [
                parameter
                for parameter in inspect.signature(method).parameters.values()
                if parameter.default is parameter.empty
                and parameter.kind is not parameter.VAR_KEYWORD
            ]
            yield name, ["7" for _ in needed]


@pytest.mark.parametrize(("kind", "fewest"), [(JiraCloud, 590), (JiraServiceManagement, 70)])
def test_every_operation_that_it_knows_is_served_or_says_that_it_is_not(
    local_jira: RunningLocalJira, kind: Any, fewest: int
) -> None:
    name, token = local_jira.admin_auth
    client = kind(local_jira.url, username=name, password=token, advanced_mode=True)
    unknown: list[str] = []
    known = 0
    for operation, arguments in calls_of(client):
        answer = getattr(client, operation)(*arguments)
        path = answer.request.path_url
        if "/rest/api/3/rest/" in path or "/rest/servicedesk/" in path:
            continue  # Another API of the same document: Connect, Forge, the settings page.
        known += 1
        if answer.status_code == 405 or "No endpoint" in answer.text:
            unknown.append(f"{operation}: {answer.request.method} {path}")
    assert not unknown, "\n".join(unknown)
    assert known >= fewest
