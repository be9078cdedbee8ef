"""The seed's schema, its errors, and what its workflows refuse."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_seed import small_seed

from local_jira.seed_file import SeedError, parse_seed
from local_jira.seed_schema import SCHEMA_FILE, seed_schema
from local_jira.testing import RunningLocalJira, running_local_jira

ANNA = ("anna@staff.example", "anna-token")
BEN = ("ben@staff.example", "ben-password")
REFUND = {"project": {"key": "HELP"}, "issuetype": {"name": "Refund"}, "summary": "Money back"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLocalJira]:
    file = tmp_path_factory.mktemp("seed") / "seed.json"
    file.write_text(json.dumps(small_seed()), encoding="utf-8")
    with running_local_jira(seed=file) as running:
        yield running


@pytest.fixture
def anna(small: RunningLocalJira) -> Iterator[httpx.Client]:
    small.reset()
    with small.client(ANNA) as client:
        yield client


@pytest.fixture
def ben(small: RunningLocalJira) -> Iterator[httpx.Client]:
    with small.client(BEN) as client:
        yield client


def steps(http: httpx.Client, key: str) -> list[str]:
    answer = http.get(f"/rest/api/2/issue/{key}/transitions").json()
    return [step["name"] for step in answer["transitions"]]


def take(http: httpx.Client, key: str, step: str, **body: Any) -> httpx.Response:
    document = {"transition": {"id": step}, **body}
    return http.post(f"/rest/api/2/issue/{key}/transitions", json=document)


def refund(http: httpx.Client) -> str:
    fields = {**REFUND, "customfield_10001": "INV-1"}
    return str(http.post("/rest/api/2/issue", json={"fields": fields}).json()["key"])


CLOSING: dict[str, Any] = {
    "fields": {"assignee": {"accountId": "acc-ben"}},
    "update": {"comment": [{"add": {"body": "Done."}}]},
}


def test_the_schema_file_is_the_one_that_the_code_makes() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == seed_schema(), (
        "run: python -m local_jira.seed_schema"
    )


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["users", 0, "email"], 5, "$.users[0].email"),
        (["users", 1, "pasword"], "x", "$.users[1].pasword"),
        (["users", 1, "account_id"], "acc-anna", "$.users[1]"),
        (["users", 0, "admin"], False, "$.users"),
        (["projects", 0, "lead"], "acc-nobody", "$.projects[0].lead"),
        (["projects", 0, "issue_types", 1], "Bug", "$.projects[0].issue_types[1]"),
        (["projects", 0, "workflows"], {"Refund": "x"}, "$.projects[0].workflows.Refund"),
        (["projects", 0, "key"], "lower", "$.projects[0].key"),
        (["workflow", "initial"], "Nowhere", "$.workflow.initial"),
        (["workflow", "transitions", 0, "screen", 0, "field"], "x",
         "$.workflow.transitions[0].screen[0].field"),
        (["workflow", "transitions", 0, "resolution"], "x", "$.workflow.transitions[0].resolution"),
        (["workflows", "with approval", "approvals", 0, "approvers", 1], "x",
         "$.workflows.with approval.approvals[0].approvers[1]"),
        (["workflows", "with approval", "transitions", 0, "validators", 0, "pattern"], "(",
         "$.workflows.with approval.transitions[0].validators[0].pattern"),
        (["projects", 0, "desk", "request_types", 0, "issue_type"], "x",
         "$.projects[0].desk.request_types[0].issue_type"),
        (["issues", 0, "project"], "NOPE", "$.issues[0].project"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_seed_is_told_with_its_json_path(
    path: list[str | int], value: Any, place: str
) -> None:
    seed: Any = small_seed()
    target = seed
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    with pytest.raises(SeedError) as caught:
        parse_seed(json.dumps(seed), "my.json")
    assert str(caught.value).startswith(f"my.json: at {place}")


def test_a_file_that_is_no_json_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"my\.json: at \$: Invalid JSON"):
        parse_seed("{", "my.json")


def test_each_issue_type_has_its_own_workflow(anna: httpx.Client) -> None:
    assert "Close" in steps(anna, "HELP-1")
    assert steps(anna, refund(anna)) == ["Ask for approval"]
    types = anna.get("/rest/api/2/project/HELP/statuses").json()
    names = {entry["name"]: [status["name"] for status in entry["statuses"]] for entry in types}
    assert names["Request"] == ["Open", "Closed"]
    assert len(names["Refund"]) == 4


def test_conditions_hide_a_step_from_others(anna: httpx.Client, ben: httpx.Client) -> None:
    assert take(anna, "HELP-1", "1", **CLOSING).status_code == 204
    assert steps(anna, "HELP-1") == ["Archive"], "only support reopens, only admins archive"
    assert steps(ben, "HELP-1") == ["Reopen"]
    refused = take(anna, "HELP-1", "2")
    assert refused.status_code == 400
    assert "not valid for the current state" in refused.json()["errorMessages"][0]


def test_required_fields_and_validators_answer_400_at_their_field(anna: httpx.Client) -> None:
    refused = take(anna, "HELP-1", "1")
    assert refused.status_code == 400
    assert refused.json()["errors"] == {
        "assignee": "Assignee is required.",
        "comment": "Say in a comment how it ended.",
    }
    wrong = take(anna, refund(anna), "11", fields={"customfield_10001": "7"})
    assert wrong.json()["errors"] == {"customfield_10001": "Give the invoice as INV- and a number."}
    assert anna.get("/rest/api/2/issue/HELP-1").json()["fields"]["status"]["name"] == "Open"


def test_a_broken_step_is_422_and_changes_nothing(anna: httpx.Client) -> None:
    refused = take(anna, "HELP-1", "3")
    assert refused.status_code == 422
    assert refused.json()["errorMessages"] == [
        "The workflow has a post function that no longer exists."
    ]
    assert anna.get("/rest/api/2/issue/HELP-1").json()["fields"]["status"]["name"] == "Open"


def test_screens_say_what_a_new_issue_takes_and_needs(anna: httpx.Client) -> None:
    def create(**fields: Any) -> Any:
        answer = anna.post("/rest/api/2/issue", json={"fields": {**REFUND, **fields}})
        return answer.json().get("errors")

    assert create() == {"customfield_10001": "Invoice is required."}
    off_screen = create(customfield_10001="INV-1", components=[{"name": "Shop"}])
    assert off_screen == {
        "components": "Field 'components' cannot be set. It is not on the appropriate screen, "
        "or unknown."
    }
    meta = anna.get("/rest/api/2/issue/createmeta/HELP/issuetypes/2").json()["fields"]
    shown = {field["fieldId"]: field["required"] for field in meta}
    assert shown["customfield_10001"] is True
    assert "components" not in shown


def test_an_issue_holds_no_more_than_its_limits(anna: httpx.Client) -> None:
    path = "/rest/api/2/issue/HELP-1/comment"
    codes = [anna.post(path, json={"body": "Hello"}).status_code for _ in range(4)]
    assert codes == [201, 201, 201, 413]
    first, second = refund(anna), refund(anna)
    link = {"type": {"name": "Relates"}, "outwardIssue": {"key": "HELP-1"}}
    sent = [
        anna.post("/rest/api/2/issueLink", json={**link, "inwardIssue": {"key": key}}).status_code
        for key in (first, first, second)
    ]
    assert sent == [201, 201, 413]
    full = {"update": {"comment": [{"add": {"body": "One more"}}]}}
    assert anna.put("/rest/api/2/issue/HELP-1", json=full).status_code == 413


def test_a_password_and_a_token_both_sign_in(small: RunningLocalJira) -> None:
    for auth in (ANNA, BEN):
        with small.client(auth) as client:
            assert client.get("/rest/api/2/myself").status_code == 200
