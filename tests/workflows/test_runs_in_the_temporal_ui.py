"""What the Temporal UI shows of a run is there, in plain words, on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from models.approval import ActionKind
from models.names import action_workflow_id
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.office import Issue, Office
from tests.workflows.opening import real_office
from workflows.case_file import GROUPS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NAMED = (
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
)
"""The kinds of event that the UI can show with words of ours."""


@dataclass(frozen=True)
class Refund:
    """An item whose refund two people approved."""

    office: Office
    issue: Issue
    item: WorkflowHandle[Any, Any]
    request: WorkflowHandle[Any, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refund(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Refund]:
    directory: Path = tmp_path_factory.mktemp("office")
    async with real_office(directory) as office:
        issue = await triaged(office, REFUND)
        request_id = await propose(office, issue, ActionKind.REFUND, 9900)
        await office.vote(request_id, "fay")
        await office.vote(request_id, "finn")
        await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")
        handle = office.client.get_workflow_handle(action_workflow_id(request_id))
        yield Refund(office, issue, office.handle(issue), handle)


def unnamed(events: Iterable[HistoryEvent]) -> list[str]:
    return [
        f"event {event.event_id}, {EventType.Name(event.event_type)}"
        for event in events
        if event.event_type in NAMED and not event.user_metadata.HasField("summary")
    ]


async def metadata(handle: WorkflowHandle[Any, Any]) -> WorkflowMetadata:
    answer: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return answer


async def test_every_activity_timer_and_child_of_an_item_is_named(refund: Refund) -> None:
    assert unnamed((await refund.item.fetch_history()).events) == []


async def test_every_activity_and_timer_of_a_request_is_named(refund: Refund) -> None:
    assert unnamed((await refund.request.fetch_history()).events) == []


async def test_a_requests_summary_says_what_is_asked_for_which_issue(refund: Refund) -> None:
    summary = await (await refund.request.describe()).static_summary()

    assert summary == f"Refund of 99.00 EUR · {refund.issue.key}"


async def test_a_request_is_found_by_the_groups_that_may_be_asked(refund: Refund) -> None:
    found = (await refund.request.describe()).typed_search_attributes[GROUPS]

    assert {"support-leads", "finance"} <= set(found)


async def test_the_current_details_of_an_item_lead_to_its_issue_and_to_the_desk(
    refund: Refund,
) -> None:
    details = (await metadata(refund.item)).current_details

    settings = refund.office.settings
    assert f"({settings.jira.site_url}/browse/{refund.issue.key})" in details
    assert f"({settings.desk_url}/items/{refund.issue.key})" in details


async def test_everything_that_can_be_sent_to_a_run_or_asked_of_it_is_described(
    refund: Refund,
) -> None:
    undescribed = [
        handler.name
        for handle in (refund.item, refund.request)
        for definition in [(await metadata(handle)).definition]
        for handler in (
            *definition.signal_definitions,
            *definition.update_definitions,
            *definition.query_definitions,
        )
        if not handler.description and not handler.name.startswith("__")
    ]

    assert undescribed == []
