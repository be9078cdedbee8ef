"""Every saved view that docs/temporal-ui.md offers finds what it says, on a real server."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

from models.names import (
    FEEDBACK_ITEM_WORKFLOW,
    INTAKE_SWEEP_WORKFLOW,
    POLICY_ACTION_WORKFLOW,
    POLICY_EXCEPTION_WORKFLOW,
)
from runtime.temporal_server import find_temporal_binary
from tests.workflows.opening import ALL_KEYS
from workflows import case_file

pytestmark = pytest.mark.e2e

PAGE = Path(__file__).resolve().parents[2] / "docs" / "temporal-ui.md"
VIEWS = {
    title: " ".join(query.split())
    for title, query in re.findall(
        r"^### (.+?)\n(?:(?!^### ).)*?```sql\n(.+?)```", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
}
PATIENCE_SECONDS = 30.0
TODAY, TOMORROW = datetime(2026, 11, 25, 14, 5, tzinfo=UTC), datetime(2026, 11, 26, 9, tzinfo=UTC)

Values = Mapping[SearchAttributeKey[Any], Any]
RUNS: dict[str, tuple[str, Values]] = {
    "late today": (
        FEEDBACK_ITEM_WORKFLOW,
        {
            case_file.STAGE: "clocks",
            case_file.AWAITING: "owner",
            case_file.BREACHED: True,
            case_file.DUE_AT: TODAY,
            case_file.OWNER: "omar",
        },
    ),
    "late and watched": (
        FEEDBACK_ITEM_WORKFLOW,
        {
            case_file.STAGE: "watch",
            case_file.AWAITING: "nobody",
            case_file.BREACHED: True,
            case_file.RELEASE: "2.4.0",
        },
    ),
    "late, next due tomorrow": (
        FEEDBACK_ITEM_WORKFLOW,
        {
            case_file.STAGE: "approve",
            case_file.AWAITING: "approval",
            case_file.BREACHED: True,
            case_file.DUE_AT: TOMORROW,
            case_file.OWNER: "lena",
        },
    ),
    "in time": (
        FEEDBACK_ITEM_WORKFLOW,
        {case_file.STAGE: "clocks", case_file.BREACHED: False, case_file.DUE_AT: TODAY},
    ),
    "parked": (FEEDBACK_ITEM_WORKFLOW, {case_file.AWAITING: "operator"}),
    "escalated": (FEEDBACK_ITEM_WORKFLOW, {case_file.AWAITING: "acknowledgement"}),
    "unsure": (FEEDBACK_ITEM_WORKFLOW, {case_file.AWAITING: "triage"}),
    "refund": (POLICY_ACTION_WORKFLOW, {case_file.GROUPS: ["support-leads", "finance"]}),
    "deletion": (POLICY_ACTION_WORKFLOW, {case_file.GROUPS: ["security"]}),
    "exception": (POLICY_EXCEPTION_WORKFLOW, {}),
    "sweep": (INTAKE_SWEEP_WORKFLOW, {}),
    "terminated sweep": (INTAKE_SWEEP_WORKFLOW, {}),
}
FOUND: dict[str, set[str]] = {
    "Breached today": {"late today"},
    "Broken promises still open": {"late today", "late, next due tomorrow"},
    "Waiting for finance": {"refund"},
    "Waiting for any vote": {"late, next due tomorrow"},
    "Parked": {"parked"},
    "Nobody has taken it on": {"escalated"},
    "Triage is unsure": {"unsure"},
    "By owner": {"late today"},
    "By release": {"late and watched"},
    "Exceptions in force": {"exception"},
    "Sweeps that went wrong": {"terminated sweep"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Client]:
    """A real server with one run of every kind; no worker, so each stays as it was started."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_temporal_binary()), search_attributes=ALL_KEYS
    )
    async with environment:
        client = environment.client
        for name, (kind, values) in RUNS.items():
            pairs = [SearchAttributePair(key, value) for key, value in values.items()]
            await client.start_workflow(
                kind, id=name, task_queue="nobody", search_attributes=TypedSearchAttributes(pairs)
            )
        await client.get_workflow_handle("terminated sweep").terminate()
        await _all_are_visible(client)
        yield client


async def _all_are_visible(client: Client) -> None:
    """Visibility follows a little behind; the terminated one is seen last."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (await client.count_workflows("")).count < len(RUNS) or not (
        await client.count_workflows('ExecutionStatus = "Terminated"')
    ).count:
        assert time.monotonic() < deadline, "the server did not show all runs"
        await asyncio.sleep(0.1)


def test_every_view_of_the_page_is_tried_here() -> None:
    """If this fails: say in `FOUND` which of the runs a new view finds."""
    assert set(VIEWS) == set(FOUND)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("title", VIEWS)
async def test_a_view_finds_what_it_says_and_nothing_else(server: Client, title: str) -> None:
    found = {run.id async for run in server.list_workflows(VIEWS[title])}

    assert found == FOUND[title]
