"""Requests made by schemathesis from Atlassian's own document, for every served operation.

Set LOCAL_JIRA_CONTRACT to the path of Atlassian's OpenAPI document of the platform (version 3), and
LOCAL_JIRA_EXAMPLES to try more than a few requests for each operation, others each time. Half of
them follow the document, half break it on purpose.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from contract import PRUNED_AWAY, PlatformContract
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from local_jira_tools import Maker, adf
from schemathesis import Case, GenerationMode, Response

from local_jira.routes import PLATFORM
from local_jira.testing import RunningLocalJira

DOCUMENT = Path(os.environ.get("LOCAL_JIRA_CONTRACT", ""))
pytestmark = pytest.mark.skipif(
    not DOCUMENT.is_file(),
    reason="LOCAL_JIRA_CONTRACT does not name Atlassian's OpenAPI document",
)
EXAMPLES = int(os.environ.get("LOCAL_JIRA_EXAMPLES", "5"))
BY_CHANCE = "LOCAL_JIRA_EXAMPLES" in os.environ
HANGS_AFTER_SECONDS = 20
PREFIX = "/rest/api/3/"
REFUSALS = {400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 416, 422}
KNOWN = {
    "issueIdOrKey": "FT-1",
    "projectIdOrKey": "FT",
    "propertyKey": "ours",
    "commentId": "10000",
    "linkId": "10000",
    "issueLinkTypeId": "10000",
    "issueTypeId": "10001",
    "idOrName": "Open",
    "taskId": "10000",
    "id": "10000",
}
"""What exists on the site of each test, for half of the requests to find something."""


@pytest.fixture(scope="module")
def contract() -> PlatformContract:
    return PlatformContract(DOCUMENT)


@pytest.fixture(scope="module")
def document() -> Any:
    return schemathesis.openapi.from_path(str(DOCUMENT))


@pytest.fixture
def site(local_jira: RunningLocalJira, http: httpx.Client, make: Maker) -> RunningLocalJira:
    """Two issues, the first of them with one thing of every kind."""
    cause, effect = make(), make()
    issue = f"{PREFIX}issue/{cause}"
    http.post(f"{issue}/comment", json={"body": adf("Hello")})
    http.put(f"{issue}/properties/ours", json={"seq": 1})
    http.put(f"{PREFIX}comment/10000/properties/ours", json={"seq": 1})
    http.post(f"{issue}/remotelink", json={"object": {"url": "https://shop.example", "title": "x"}})
    ends = {"inwardIssue": {"key": cause}, "outwardIssue": {"key": effect}}
    http.post(f"{PREFIX}issueLink", json={"type": {"name": "Blocks"}, **ends})
    no_check = {"X-Atlassian-Token": "no-check"}
    http.post(f"{issue}/attachments", files={"file": ("a.txt", b"a")}, headers=no_check)
    bulk = {"entitiesIds": [10001], "properties": {"bulk": 1}}
    http.post(f"{PREFIX}issue/properties", json=bulk)
    return local_jira


def documented_operations() -> list[tuple[str, str]]:
    if not DOCUMENT.is_file():
        return []
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    return sorted(
        (method, template)
        for method, template in PLATFORM.served()
        if method.lower() in paths.get(PREFIX + template, {})
    )


def requests_for(operation: Any) -> st.SearchStrategy[Case]:
    follows = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    breaks = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    found: st.SearchStrategy[Case] = st.one_of(follows, breaks)
    return found


def is_recorded_failure(case: Case) -> bool:
    """The real service answers 500 to a search with `reconcileIssues: null`; so does ours."""
    body = case.body
    return isinstance(body, dict) and body.get("reconcileIssues", 0) is None


def faults_of(
    contract: PlatformContract, operation: tuple[str, str], answer: Response
) -> Iterator[str]:
    status, kind = answer.status_code, answer.headers.get("content-type", [""])[0]
    if status >= 400:
        if status not in REFUSALS:
            yield f"status {status}"
        if status == 401:
            return
        if "json" not in kind or not isinstance(answer.json(), dict):
            yield f"a refusal that is no JSON object: {answer.text[:200]}"
        return
    documented = contract.responses(*operation).get(str(status))
    if documented is None:
        yield f"status {status} is not documented"
    elif answer.content and "json" in kind:
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        yield from contract.faults(answer.json(), schema or {})


@pytest.mark.parametrize("operation", documented_operations(), ids=" ".join)
def test_any_request_is_answered_as_documented_or_refused_in_words(
    site: RunningLocalJira, contract: PlatformContract, document: Any, operation: tuple[str, str]
) -> None:
    method, template = operation
    session = requests.Session()
    session.trust_env = False

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not BY_CHANCE,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=requests_for(document[PREFIX + template][method]), existing=st.booleans())
    def check(case: Case, existing: bool) -> None:
        if existing:
            found = {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
            case.path_parameters.update(found)
        answer = case.call(
            base_url=site.url,
            session=session,
            auth=site.bot_auth,
            timeout=HANGS_AFTER_SECONDS,
            allow_redirects=False,
        )
        if is_recorded_failure(case):
            return
        found_faults = list(faults_of(contract, operation, answer))
        assert not found_faults, f"{case.as_curl_command()}\n" + "\n".join(found_faults)

    check()


def test_nearly_every_served_operation_is_tried() -> None:
    left_out = {template for _, template in PLATFORM.served() - set(documented_operations())}
    assert left_out <= PRUNED_AWAY
