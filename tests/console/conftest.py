from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The stage (a real server, a worker with tiny workflows) is shared with the desk's tests.
sys.path.insert(0, str(Path(__file__).parent.parent / "desk"))

from stage import temporal_server, worker_thread

from local_jira.testing import RunningLocalJira, running_local_jira
from runtime.signing import load_or_create_signing_key


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture(scope="session")
def served_address(temporal_address: str) -> Iterator[str]:
    with worker_thread(temporal_address):
        yield temporal_address


@pytest.fixture
def installation(served_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that point at the test's server and a data directory with a signing key."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", served_address)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    load_or_create_signing_key(tmp_path / "signing-key.pem")
    return tmp_path


@pytest.fixture(scope="module")
def jira() -> Iterator[RunningLocalJira]:
    with running_local_jira() as running:
        yield running


@pytest.fixture
def settings(jira: RunningLocalJira, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that point at the local Jira, and the data directory."""
    user, token = jira.bot_auth
    monkeypatch.setenv("JIRA_URL", jira.url)
    monkeypatch.setenv("JIRA_USER", user)
    monkeypatch.setenv("JIRA_TOKEN", token)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    return tmp_path
