"""Mode `datacenter`: what Jira Data Center does differently, driven by the `jira` package."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jira import JIRA, JIRAError
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira


@pytest.fixture
def people(datacenter: RunningLocalJira) -> Iterator[httpx.Client]:
    with datacenter.client() as client:
        yield client


@pytest.fixture
def package(datacenter: RunningLocalJira) -> JIRA:
    """The package with a personal access token, as on a real Data Center."""
    return JIRA(datacenter.url, token_auth=datacenter.bot_auth[1], max_retries=0, timeout=(5, 30))


def created(package: JIRA, **fields: Any) -> Any:
    return package.create_issue(
        project="FT", issuetype={"name": "Feedback"}, summary="Charged twice", **fields
    )


def test_it_says_that_it_is_a_server_and_asks_nothing_of_version_3(
    package: JIRA, people: httpx.Client
) -> None:
    info = package.server_info()
    assert (info["deploymentType"], info["versionNumbers"]) == ("Server", [9, 12, 0])
    assert not package._is_cloud
    assert people.get("/rest/api/3/serverInfo").status_code == 404
    assert people.get("/rest/api/latest/serverInfo").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["search/jql?jql=project=FT", "project/search", "issue/FT-1/changelog", "webhook", "label"],
)
def test_what_only_cloud_has_is_unknown(people: httpx.Client, path: str) -> None:
    Maker(people)()
    assert people.get(f"/rest/api/2/{path}").status_code == 404


def test_people_have_names_and_keys_and_no_account_id(package: JIRA) -> None:
    issue = created(package, assignee={"name": "ada-agent"})
    shown = issue.raw["fields"]["assignee"]
    assert (shown["name"], shown["key"]) == ("ada-agent", "acc-ada-agent")
    assert "accountId" not in shown
    package.assign_issue(issue, "omar-owner")
    assert package.issue(issue.key).fields.assignee.name == "omar-owner"
    package.assign_issue(issue, None)
    assert package.issue(issue.key).fields.assignee is None
    assert package.user("ada-agent").key == "acc-ada-agent"
    assert [user.name for user in package.search_users(user="ada")] == ["ada-agent"]
    assert package.myself()["name"] == "followthrough-bot"


def test_an_account_id_or_a_key_is_no_name(people: httpx.Client) -> None:
    key = Maker(people)()
    for person in ({"accountId": "acc-ada-agent"}, {"name": "acc-ada-agent"}):
        answer = people.put(f"/rest/api/2/issue/{key}", json={"fields": {"assignee": person}})
        assert answer.status_code == 400
        assert "assignee" in answer.json()["errors"]
    assert people.get("/rest/api/2/user", params={"key": "acc-ada-agent"}).status_code == 200


def test_a_search_has_places_and_a_total(package: JIRA) -> None:
    keys = [created(package).key for _ in range(5)]
    found = package.search_issues("project = FT ORDER BY key", startAt=1, maxResults=2)
    assert ([issue.key for issue in found], found.total) == (keys[1:3], 5)
    everything = package.search_issues("ORDER BY key", maxResults=False)
    assert [issue.key for issue in everything] == keys
    named = package.search_issues("assignee = ada-agent OR reporter = followthrough-bot")
    assert named.total == 5
    with pytest.raises(JIRAError) as caught:
        package.search_issues("nonsense = 1")
    assert caught.value.status_code == 400


def test_a_search_that_is_not_validated_passes_over_values_that_nothing_has(package: JIRA) -> None:
    there = created(package)
    jql = f"id in ({there.id}, 99999999)"
    with pytest.raises(JIRAError) as caught:
        package.search_issues(jql)
    assert caught.value.status_code == 400
    found = package.search_issues(jql, validate_query=False)
    assert [issue.key for issue in found] == [there.key]
    assert package.search_issues("priority > Nonsense", validate_query=False).total == 0


def test_a_search_by_post_refuses_members_that_it_does_not_know(people: httpx.Client) -> None:
    answer = people.post("/rest/api/2/search", json={"jql": "", "properties": ["x"]})
    assert answer.status_code == 400
    assert "properties" in answer.json()["errorMessages"][0]
    assert people.post("/rest/api/2/search", json={"maxResults": 0}).json()["total"] == 0


def test_a_search_does_not_give_properties(people: httpx.Client) -> None:
    key = Maker(people)()
    people.put(f"/rest/api/2/issue/{key}/properties/x", json={"a": 1})
    found = people.get("/rest/api/2/search", params={"jql": "project = FT", "properties": "x"})
    assert "properties" not in found.json()["issues"][0]
    read = people.get(f"/rest/api/2/issue/{key}", params={"properties": "x"})
    assert read.json()["properties"] == {"x": {"a": 1}}


def test_the_screens_for_creating_come_in_pages_of_values(package: JIRA) -> None:
    types = package.project_issue_types("FT")
    assert {entry.name for entry in types} >= {"Bug", "Feedback"}
    fields = package.project_issue_fields("FT", types[0].id)
    assert "summary" in {field.fieldId for field in fields}
    with pytest.raises(JIRAError) as caught:
        package._get_json("issue/createmeta")
    assert caught.value.status_code == 404, "version 9 took the old one away"


def test_comments_keep_who_may_see_them_in_a_property(package: JIRA) -> None:
    issue = created(package)
    comment = package.add_comment(issue, "For us only", is_internal=True)
    shown = package.comment(issue, comment.id, expand="properties").raw
    assert "jsdPublic" not in shown
    assert shown["properties"][0]["key"] == "sd.public.comment"


def test_the_history_is_oldest_first_and_names_people_by_key(package: JIRA) -> None:
    issue = created(package)
    issue.update(priority={"name": "High"})
    package.assign_issue(issue, "ada-agent")
    histories = package.issue(issue.key, expand="changelog").raw["changelog"]["histories"]
    assert [entry["items"][0]["field"] for entry in histories] == ["priority", "assignee"]
    assert histories[1]["items"][0]["to"] == "acc-ada-agent"
    assert not {"fieldId", "tmpToAccountId"} & set(histories[1]["items"][0])


def test_watchers_are_named_by_name(package: JIRA) -> None:
    issue = created(package)
    package.add_watcher(issue, "ada-agent")
    assert [one.name for one in package.watchers(issue).watchers] == ["ada-agent"]
    package.remove_watcher(issue, "ada-agent")
    assert package.watchers(issue).watchCount == 0


@pytest.mark.parametrize("path", ["serverInfo", "search?jql=project=FT", "myself"])
@pytest.mark.parametrize(
    "given", [{"auth": ("ada-agent", "wrong")}, {"headers": {"Authorization": "Bearer nobody"}}]
)
def test_a_wrong_credential_is_401_everywhere(
    datacenter: RunningLocalJira, path: str, given: dict[str, Any]
) -> None:
    answer = httpx.get(f"{datacenter.url}/rest/api/2/{path}", trust_env=False, **given)
    assert answer.status_code == 401
    assert answer.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"


def test_people_sign_in_by_name_and_password(datacenter: RunningLocalJira) -> None:
    with datacenter.client(datacenter.auth_of("ada")) as ada:
        assert ada.get("/rest/api/2/myself").json()["name"] == "ada-agent"
    with datacenter.client(datacenter.auth_of("cora")) as cora:
        assert cora.get("/rest/api/2/myself").json()["name"] == "cora-customer"


def test_limits_are_tokens_for_each_user_with_headers_of_their_own(
    datacenter: RunningLocalJira, people: httpx.Client
) -> None:
    datacenter.set_limits(
        datacenter_requests=2, datacenter_fill=1, datacenter_interval_seconds=3600
    )
    first, second, third = (people.get("/rest/api/2/myself") for _ in range(3))
    assert [one.status_code for one in (first, second, third)] == [200, 200, 429]
    assert first.headers["x-ratelimit-remaining"] == "1"
    assert first.headers["retry-after"] == "0"
    assert third.headers["x-ratelimit-fillrate"] == "1"
    assert third.headers["x-ratelimit-interval-seconds"] == "3600"
    assert int(third.headers["retry-after"]) > 3000
    assert "ratelimit-reason" not in third.headers
    with datacenter.client(datacenter.auth_of("ada")) as ada:
        assert ada.get("/rest/api/2/myself").status_code == 200


def test_a_person_edits_on_the_page_as_on_cloud(people: httpx.Client) -> None:
    key = Maker(people)()
    sent = people.post(f"/browse/{key}/edit", data={"assignee": "acc-ada-agent", "labels": "x y"})
    assert sent.status_code == 303
    fields = people.get(f"/rest/api/2/issue/{key}").json()["fields"]
    assert (fields["assignee"]["name"], fields["labels"]) == ("ada-agent", ["x", "y"])
    stranger = people.post(f"/browse/{key}/edit", data={"assignee": "acc-nobody"})
    assert stranger.status_code == 400
