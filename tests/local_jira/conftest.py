"""One local Jira for all tests of this room; every test starts from the seed."""

import json
import os
from collections.abc import Iterator

import httpx
import pytest
from jira import JIRA
from local_jira_tools import Maker
from small_seed import small_seed
from webhook_tools import Receiver, running_receiver

from local_jira.testing import RunningLocalJira, running_local_jira

# All of it can be run behind a path; `test_context_path.py` does so.
CONTEXT_PATH = os.environ.get("LOCAL_JIRA_CONTEXT_PATH", "")


@pytest.fixture(scope="session")
def shared_local_jira() -> Iterator[RunningLocalJira]:
    with running_local_jira(context_path=CONTEXT_PATH) as running:
        yield running


@pytest.fixture
def local_jira(shared_local_jira: RunningLocalJira) -> RunningLocalJira:
    shared_local_jira.reset()
    return shared_local_jira


@pytest.fixture(scope="session")
def shared_datacenter() -> Iterator[RunningLocalJira]:
    with running_local_jira(mode="datacenter", context_path="/jira") as running:
        yield running


@pytest.fixture
def datacenter(shared_datacenter: RunningLocalJira) -> RunningLocalJira:
    """A Data Center behind a path."""
    shared_datacenter.reset()
    return shared_datacenter


@pytest.fixture(scope="session")
def shared_small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLocalJira]:
    seed = small_seed()
    # A customer may reopen what was closed.
    seed["workflow"]["transitions"][1] |= {"groups": [], "on_portal": True}
    file = tmp_path_factory.mktemp("small") / "seed.json"
    file.write_text(json.dumps(seed), encoding="utf-8")
    with running_local_jira(seed=file, context_path=CONTEXT_PATH) as running:
        yield running


@pytest.fixture
def small_site(shared_small_site: RunningLocalJira) -> RunningLocalJira:
    """The example of SEED.md, with approvals; its people are `small_seed.PEOPLE`."""
    shared_small_site.reset()
    return shared_small_site


@pytest.fixture
def http(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    with local_jira.client() as client:
        yield client


@pytest.fixture
def jira2(local_jira: RunningLocalJira) -> JIRA:
    return JIRA(local_jira.url, basic_auth=local_jira.bot_auth, max_retries=0, timeout=(5, 30))


@pytest.fixture
def jira3(local_jira: RunningLocalJira) -> JIRA:
    return JIRA(
        local_jira.url,
        basic_auth=local_jira.bot_auth,
        max_retries=0,
        timeout=(5, 30),
        options={"rest_api_version": "3"},
    )


@pytest.fixture
def make(http: httpx.Client) -> Maker:
    return Maker(http)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running
