from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from browsing import Stage
from stage import client_of, temporal_server, worker

from desk.app import create_app
from desk.passwords import set_password
from runtime.settings import load_settings
from tests.browser import served


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporal_server(tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
async def stage(
    temporal_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    for person in ("ada", "fay", "lena", "omar"):
        set_password(tmp_path, person, f"pw of {person}")
    client = await client_of(temporal_address)
    async with worker(client), served(create_app(load_settings())) as address:
        stage = Stage(address, client)
        yield stage
        for http in stage.open:
            await http.aclose()
