"""The sandbox takes our workflows as they are, and what they name exists on the other side."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import worker
from ledger.store import open_ledger
from models import names
from runtime.plugin import followthrough_plugin
from runtime.settings import JiraSettings, Settings, load_temporal_settings
from runtime.temporal_server import find_temporal_binary
from tests.workflows.careless_item import CarelessItem

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "workflows").glob("*.py"))
KINDS = {name: getattr(names, name) for name in dir(names) if name.endswith("_WORKFLOW")}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_temporal_binary()),
        plugins=[followthrough_plugin()],
    ) as environment:
        yield environment.client


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[list[Any]]:
    """The activities that a worker offers. Building them reaches nothing outside."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    settings = Settings(temporal=load_temporal_settings({}), jira=JiraSettings(), data_dir=tmp_path)
    nobody: Any = None  # only the sweep talks to Temporal, and it does not run here
    yield worker.build_activities(settings, nobody, ledger)
    ledger.close()


async def test_the_strict_sandbox_takes_every_workflow_and_activity_of_ours(
    client: Client, registered: list[Any]
) -> None:
    with ThreadPoolExecutor(worker.THREADS) as threads:
        Worker(
            client,
            task_queue="sandbox",
            workflows=worker.WORKFLOWS,
            activities=registered,
            activity_executor=threads,
            max_concurrent_activities=worker.THREADS,
        )


async def test_an_import_of_ours_that_nobody_passed_through_is_refused(client: Client) -> None:
    with pytest.raises(RuntimeError, match="CarelessItem") as refused:
        Worker(client, task_queue="sandbox", workflows=[CarelessItem])

    assert "policies" in str(refused.value.__cause__), "it must say which import"


def test_every_activity_that_a_workflow_names_is_registered_once(registered: list[Any]) -> None:
    offered = [function.__qualname__ for function in registered]
    named = {name for source in SOURCES for name in activities_named_in(source)}

    assert named, "no activity was found in workflows/; is this test still looking right?"
    assert sorted(named - set(offered)) == [], "register it in worker.build_activities"
    assert len(offered) == len(set(offered))


def test_the_names_by_which_others_reach_a_workflow_are_the_workflows_own() -> None:
    kinds = {definition(kind).name for kind in worker.WORKFLOWS}

    assert kinds == set(KINDS.values())


@pytest.mark.parametrize(
    ("prefix", "handlers"), [("SIGNAL_", "signals"), ("UPDATE_", "updates"), ("QUERY_", "queries")]
)
def test_every_message_name_has_a_handler_and_every_handler_a_name(
    prefix: str, handlers: str
) -> None:
    known = {getattr(names, name) for name in dir(names) if name.startswith(prefix)}
    handled = {
        name for kind in worker.WORKFLOWS for name in getattr(definition(kind), handlers) if name
    }

    assert handled == known, "keep models/names.py and the handlers in workflows/ alike"


def test_every_handler_says_in_the_temporal_ui_what_it_is_for() -> None:
    silent = [
        f"{kind.__name__}.{name}"
        for kind in worker.WORKFLOWS
        for handlers in ("signals", "updates", "queries")
        for name, handler in getattr(definition(kind), handlers).items()
        if not handler.description
    ]

    assert silent == []


def definition(kind: type) -> Any:
    """What the SDK knows of a workflow class."""
    return workflow._Definition.must_from_class(kind)


def activities_named_in(source: Path) -> Iterator[str]:
    """`Class.method` for each activity that the file executes."""
    for node in ast.walk(ast.parse(source.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr.startswith(("execute_activity", "start_activity"))
        ):
            yield ast.unparse(node.args[0])
