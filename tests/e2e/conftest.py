from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from runtime.settings import load_settings
from runtime.stack import LocalStack
from runtime.stack_plan import StackPorts
from tests.e2e.house import House, open_house
from tests.workflows.opening import CUSTOMERS, quick_policies

SCALE = 150.0
"""A minute of the policies takes 0.4 s."""
ANY_PORT = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=0)
OURS = ("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")
WATCH = "75m"
"""Half a minute at that scale: long enough to kill a worker in."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """All parts as processes, with quick policies; one stack for all tests here."""
    directory = tmp_path_factory.mktemp("house")
    policies = quick_policies(directory)
    sla = policies / "sla.yaml"
    sla.write_text(sla.read_text().replace("lasts: 20m", f"lasts: {WATCH}"))
    (directory / "customers.csv").write_text(CUSTOMERS)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OURS)]:
            patch.delenv(name)
        patch.setenv("FOLLOWTHROUGH_DATA_DIR", str(directory / "data"))
        settings = load_settings().model_copy(
            update={
                "policies": policies,
                "clock_scale": SCALE,
                "customers": directory / "customers.csv",
            }
        )
    with LocalStack(settings, ports=ANY_PORT) as running:
        yield running


@pytest.fixture
async def house(stack: LocalStack) -> AsyncIterator[House]:
    async for opened in open_house(stack):
        yield opened


@pytest.fixture
def house_address(stack: LocalStack) -> str:
    """Where the stack's Temporal answers."""
    return stack.urls.temporal_address
