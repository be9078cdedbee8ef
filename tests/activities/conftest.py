from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store import Ledger, open_ledger
from local_jira.testing import RunningLocalJira, running_local_jira
from runtime.signing import SigningKey, load_or_create_signing_key
from runtime.temporal_server import plan_temporal_server, temporal_server_is_ready
from tests.approved_effects import Approver
from tests.workflows.opening import running_effects


@pytest.fixture(scope="session")
def jira_site() -> Iterator[RunningLocalJira]:
    with running_local_jira() as running:
        yield running


@pytest.fixture
def site(jira_site: RunningLocalJira) -> Iterator[RunningLocalJira]:
    """A site without faults; its issues are those of all tests, so each makes its own."""
    jira_site.clear_faults()
    yield jira_site
    jira_site.clear_faults()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return load_or_create_signing_key(tmp_path_factory.mktemp("keys") / "signing-key.pem")


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    plan = plan_temporal_server(tmp_path_factory.mktemp("temporal"), port=0, ui_port=0)
    process = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            if temporal_server_is_ready(plan.address):
                break
            assert process.poll() is None, "the Temporal server ended at once; is the wheel whole?"
            time.sleep(0.25)
        else:
            raise AssertionError("the Temporal server did not become ready within 30 s")
        yield plan.address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def approver(tmp_path: Path) -> Approver:
    """Signs what a whole installation signs."""
    return Approver(tmp_path / "keys")


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    """The effects stand-in, over HTTP."""
    with running_effects(tmp_path / "effects") as url:
        yield url
