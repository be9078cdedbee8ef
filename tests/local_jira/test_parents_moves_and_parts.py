"""Sub-tasks, issues that move to another project, components and versions made on the way."""

from typing import Any

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira

SUBTASK = {"project": {"key": "FT"}, "issuetype": {"name": "Sub-task"}, "summary": "A part"}


def subtask(http: httpx.Client, **fields: Any) -> httpx.Response:
    return http.post("/rest/api/2/issue", json={"fields": {**SUBTASK, **fields}})


def fields_of(http: httpx.Client, key: str) -> Any:
    return http.get(f"/rest/api/2/issue/{key}").json()["fields"]


def move(http: httpx.Client, key: str, **body: Any) -> httpx.Response:
    return http.post(f"/__local__/issues/{key}/move", json=body)


def test_a_subtask_and_its_parent_name_each_other(http: httpx.Client, make: Maker) -> None:
    parent = make("Whole")
    child = subtask(http, parent={"key": parent}).json()["key"]
    assert fields_of(http, child)["parent"]["key"] == parent
    [shown] = fields_of(http, parent)["subtasks"]
    assert (shown["key"], shown["fields"]["summary"]) == (child, "A part")
    assert "parent" not in fields_of(http, parent)
    for jql in (f"parent = {parent}", f"parent in ({parent})", "parent is not empty"):
        found = http.get("/rest/api/2/search/jql", params={"jql": jql, "fields": "key"}).json()
        assert [issue["key"] for issue in found["issues"]] == [child]
    alone = http.get("/rest/api/2/search/jql", params={"jql": f"parent != {parent}"}).json()
    assert alone["issues"] == []


def test_who_can_be_a_parent_is_checked(http: httpx.Client, make: Maker) -> None:
    assert list(subtask(http).json()["errors"]) == ["issuetype"]
    assert subtask(http, parent={"key": "FT-99"}).status_code == 400
    parent = make()
    child = subtask(http, parent={"key": parent}).json()["key"]
    assert subtask(http, parent={"key": child}).status_code == 400
    answer = http.put(f"/rest/api/2/issue/{make()}", json={"fields": {"parent": {"key": parent}}})
    assert list(answer.json()["errors"]) == ["parentId"]
    lost = http.put(f"/rest/api/2/issue/{child}", json={"fields": {"parent": None}})
    assert lost.status_code == 400


def test_a_parent_is_deleted_only_with_its_subtasks(http: httpx.Client, make: Maker) -> None:
    parent = make()
    child = subtask(http, parent={"key": parent}).json()["key"]
    refused = http.delete(f"/rest/api/2/issue/{parent}")
    assert refused.status_code == 400
    assert "has subtasks" in refused.json()["errorMessages"][0]
    gone = http.delete(f"/rest/api/2/issue/{parent}", params={"deleteSubtasks": "true"})
    assert gone.status_code == 204
    assert http.get(f"/rest/api/2/issue/{child}").status_code == 404


def test_a_moved_issue_answers_by_its_old_key_with_the_new_one(
    http: httpx.Client, make: Maker
) -> None:
    first, key = make(), make(issuetype={"name": "Bug"}, components=[{"name": "Billing"}])
    child = subtask(http, parent={"key": key}).json()["key"]
    before = http.get(f"/rest/api/2/issue/{key}").json()
    moved = move(http, key, project="PROD")
    assert moved.json() == {"id": before["id"], "oldKey": key, "key": "PROD-1"}

    shown = http.get(f"/rest/api/2/issue/{key}", params={"expand": "changelog"}).json()
    assert (shown["id"], shown["key"]) == (before["id"], "PROD-1")
    assert shown["fields"]["project"]["key"] == "PROD"
    assert shown["fields"]["components"] == []
    changes = {item["field"]: item for item in shown["changelog"]["histories"][0]["items"]}
    assert (changes["Key"]["fromString"], changes["Key"]["toString"]) == (key, "PROD-1")
    assert http.get(f"/rest/api/2/issue/{child}").json()["key"] == "PROD-2"
    assert http.post(f"/rest/api/2/issue/{key}/comment", json={"body": "x"}).status_code == 201
    found = http.get("/rest/api/2/search/jql", params={"jql": "project = PROD", "fields": "key"})
    assert {issue["key"] for issue in found.json()["issues"]} == {"PROD-1", "PROD-2"}
    assert make() != key, "the old key is never used again"
    assert fields_of(http, first)["project"]["key"] == "FT"


def test_a_move_that_cannot_be_is_refused_and_changes_nothing(
    http: httpx.Client, make: Maker
) -> None:
    key = make()
    assert move(http, key, project="NOPE").status_code == 404
    assert move(http, key, project="FT").status_code == 400
    assert move(http, key, project="PROD").json()["errors"].keys() == {"issuetype"}
    assert move(http, key, project="PROD", account="acc-nobody").status_code == 400
    child = subtask(http, parent={"key": key}).json()["key"]
    assert move(http, child, project="PROD").status_code == 400
    assert fields_of(http, key)["project"]["key"] == "FT"
    assert move(http, key, project="PROD", issueType="Task").json()["key"] == "PROD-1"


def test_components_and_versions_are_made_changed_and_used(
    http: httpx.Client, make: Maker, local_jira: RunningLocalJira
) -> None:
    component = http.post("/rest/api/3/component", json={"project": "FT", "name": "Import"})
    assert component.status_code == 201
    version = http.post(
        "/rest/api/3/version",
        json={"projectId": 10000, "name": "5.0", "releaseDate": "2027-01-15"},
    ).json()
    assert (version["released"], version["projectId"]) == (False, 10000)
    key = make(components=[{"name": "Import"}], fixVersions=[{"id": version["id"]}])
    changed = http.put(f"/rest/api/3/version/{version['id']}", json={"released": True}).json()
    assert changed == {**version, "released": True}
    assert fields_of(http, key)["fixVersions"][0]["released"] is True
    renamed = {"name": "Imports"}
    http.put(f"/rest/api/3/component/{component.json()['id']}", json=renamed)
    assert fields_of(http, key)["components"][0]["name"] == "Imports"
    jql = {"jql": 'component = "Imports" AND fixVersion = "5.0"'}
    assert len(http.get("/rest/api/3/search/jql", params=jql).json()["issues"]) == 1
    listed = http.get("/rest/api/3/project/FT/versions").json()
    assert "5.0" in [entry["name"] for entry in listed]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("component", {"project": "NOPE", "name": "x"}, 404),
        ("component", {"project": "FT"}, 400),
        ("component", {"project": "FT", "name": "billing"}, 400),
        ("version", {"project": "FT", "name": "4.1"}, 400),
        ("version", {"project": "FT", "name": "x" * 256}, 400),
        ("version", {"project": "FT", "name": "x", "releaseDate": "soon"}, 400),
        ("version", {"project": "FT", "name": "x", "released": "yes"}, 400),
    ],
)
def test_a_bad_component_or_version_is_refused(
    http: httpx.Client, kind: str, body: dict[str, Any], status: int
) -> None:
    assert http.post(f"/rest/api/3/{kind}", json=body).status_code == status


def test_only_admins_make_components(local_jira: RunningLocalJira) -> None:
    with local_jira.client(local_jira.auth_of("ada")) as ada:
        body = {"project": "FT", "name": "Import"}
        assert ada.post("/rest/api/3/component", json=body).status_code == 403
