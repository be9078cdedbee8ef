"""Paths, methods and credentials: what is answered where nothing is served."""

import re

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.routes import PLATFORM, SERVICE_DESK
from local_jira.routing import RouteTable
from local_jira.testing import RunningLocalJira, running_local_jira

PROBLEM = "application/problem+json;charset=UTF-8"


def test_an_unknown_path_is_a_problem_document(http: httpx.Client) -> None:
    answer = http.get("/rest/api/3/issue/FT-1/no-such-thing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No endpoint GET /rest/api/3/issue/FT-1/no-such-thing.",
        "instance": "/rest/api/3/issue/FT-1/no-such-thing",
    }


def test_a_wrong_method_is_405(http: httpx.Client) -> None:
    answer = http.put("/rest/api/3/serverInfo", json={})
    assert answer.status_code == 405
    assert answer.json()["detail"] == "Method 'PUT' is not supported."


@pytest.mark.parametrize(
    ("prefix", "table"), [("/rest/api/3/", PLATFORM), ("/rest/servicedeskapi/", SERVICE_DESK)]
)
def test_every_documented_route_that_is_not_served_names_itself(
    http: httpx.Client, prefix: str, table: RouteTable
) -> None:
    for method, template in sorted(table.left_out()):
        path = template.replace("{", "x").replace("}", "x")
        answer = http.request(method, prefix + path)
        assert answer.status_code == 501, f"{method} {template}: {answer.text}"
        assert f"{method} {prefix}{template} " in answer.json()["detail"]


@pytest.mark.parametrize("table", [PLATFORM, SERVICE_DESK])
def test_no_route_is_served_and_listed_as_unserved(table: RouteTable) -> None:
    def bare(operations: set[tuple[str, str]]) -> set[tuple[str, str]]:
        return {(method, re.sub(r"{\w+}", "{}", template)) for method, template in operations}

    both = bare(table.served()) & bare(table.left_out())
    assert not both, f"take these out of local_jira/unserved.json: {sorted(both)}"


def test_a_documented_word_is_not_taken_for_the_name_of_a_thing(http: httpx.Client) -> None:
    for path in ("issue/picker", "project/type"):
        assert http.get(f"/rest/api/3/{path}").status_code == 501


def test_the_service_desk_says_what_it_lacks_where_its_clients_look(http: httpx.Client) -> None:
    answer = http.get("/rest/servicedeskapi/no-such-thing")
    assert answer.status_code == 404
    assert answer.json()["errorMessage"] == answer.json()["detail"]


def test_a_body_that_is_not_json_is_415(http: httpx.Client) -> None:
    answer = http.post(
        "/rest/api/3/issue", content=b"hello", headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 415
    assert answer.json()["detail"] == "Content-Type 'text/plain' is not supported."


def test_a_body_beyond_the_limit_is_413() -> None:
    with running_local_jira(max_body_bytes=1000) as small, small.client() as http:
        assert http.post("/rest/api/3/issue", json={"x": "y" * 2000}).status_code == 413


def test_an_anonymous_caller_gets_401_where_an_account_is_needed(
    local_jira: RunningLocalJira,
) -> None:
    with httpx.Client(base_url=local_jira.url, trust_env=False) as anonymous:
        answer = anonymous.get("/rest/api/3/myself")
        assert answer.status_code == 401
        assert answer.text.startswith("Client must be authenticated to access this resource.")
        assert answer.headers["www-authenticate"].startswith("OAuth realm=")
        assert anonymous.get("/rest/api/3/serverInfo").status_code == 200


@pytest.mark.parametrize("jql", ["project = FT", "nonsense = 1", "order by key"])
def test_a_lost_credential_looks_like_nothing_new(
    local_jira: RunningLocalJira, make: Maker, jql: str
) -> None:
    make()
    wrong = ("followthrough-bot@followthrough.example", "expired")
    for auth in (None, wrong):
        with httpx.Client(base_url=local_jira.url, auth=auth, trust_env=False) as client:
            answer = client.get("/rest/api/3/search/jql", params={"jql": jql})
            assert answer.status_code == 200
            assert answer.json() == {"issues": [], "isLast": True}
            assert client.get("/rest/api/3/issue/FT-1").status_code == 401


def test_an_unknown_bearer_token_is_403(local_jira: RunningLocalJira) -> None:
    answer = httpx.get(
        f"{local_jira.url}/rest/api/3/myself",
        headers={"Authorization": "Bearer nobody"},
        trust_env=False,
    )
    assert answer.status_code == 403
    assert answer.json() == {"error": "Failed to parse Connect Session Auth Token"}


@pytest.mark.parametrize("version", ["2", "3"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_old_search_is_gone(http: httpx.Client, version: str, method: str) -> None:
    answer = http.request(method, f"/rest/api/{version}/search")
    assert answer.status_code == 410
    assert "CHANGE-2046" in answer.json()["errorMessages"][0]


def test_the_context_path_is_part_of_every_self_link() -> None:
    with running_local_jira(context_path="/jira") as site, site.client() as http:
        assert site.url.endswith("/jira")
        body = {
            "project": {"key": "FT"},
            "issuetype": {"name": "Bug"},
            "summary": "Behind a path",
        }
        created = http.post("/rest/api/2/issue", json={"fields": body}).json()
        assert "/jira/rest/api/2/issue/" in created["self"]
        assert http.get(created["self"]).status_code == 200
        assert http.get("/browse/FT-1").status_code == 200


def test_permissions_are_asked_by_name(http: httpx.Client) -> None:
    path = "/rest/api/3/mypermissions"
    assert http.get(path).json()["errorMessages"] == [
        "The 'permissions' query parameter is required."
    ]
    unknown = http.get(path, params={"permissions": "LAUNCH_ROCKETS"}).json()
    assert unknown["errors"] == {"LAUNCH_ROCKETS": "Unrecognized permission"}


@pytest.mark.parametrize(
    "path", ["/rest/api/3/issue/..%2f..%2fetc", "/rest/api/3/issue/FT-1%00", "/%ff"]
)
def test_tricks_in_the_path_find_nothing(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404
