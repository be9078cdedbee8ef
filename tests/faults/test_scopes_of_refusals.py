"""A refusal stops what it concerns: one issue, a project, or everything; and nothing is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from models.events import EventKind
from models.failures import JIRA_AUTHENTICATION, JIRA_HELD, JIRA_ISSUE_PERMISSION
from models.messages import ItemStatus, Resume
from models.names import SIGNAL_RESUME
from tests.workflows.office import Issue, Office
from tests.workflows.opening import real_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with real_office(tmp_path) as opened:
        yield opened


async def triaged(office: Office) -> Issue:
    issue = await office.report("The export fails")
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    return issue


def parked_by(failure: str) -> Callable[[ItemStatus], bool]:
    return lambda status: status.parked == failure


async def heard(office: Office, issue: Issue, times: int) -> None:
    """Wait until so much of the customer's stands in the timeline."""
    for _ in range(400):
        kinds = await office.timeline(issue)
        if (found := kinds.count(EventKind.CUSTOMER_WROTE.value)) == times:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{issue.key}: the customer was heard {found} times instead of {times}")


async def held_back(office: Office, issue: Issue) -> None:
    """Wait until the item's errand is held back."""
    for _ in range(400):
        waiting = (await office.handle(issue).describe()).raw_description.pending_activities
        failures = [one.last_failure.application_failure_info.type for one in waiting]
        if failures == [JIRA_HELD.type]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{issue.key} is not held back: {failures}")


async def test_a_refused_credential_parks_one_and_the_others_wait_and_go_on_by_themselves(
    office: Office,
) -> None:
    first, second = await triaged(office), await triaged(office)
    for path in ("*/issue/*", "*/myself"):
        office.jira.add_fault(
            method="GET", path_pattern=path, action="status", status=401, times=1000
        )
    await office.comment(first, "cora", "Still broken")
    await office.until(first, parked_by(JIRA_AUTHENTICATION.type), say="the first one is parked")
    await office.comment(second, "cora", "Here too", tell=False)
    since = office.jira.journal_position()
    await office.tell(second)
    await held_back(office, second)
    assert (await office.status(second)).parked is None
    assert [line["path"] for line in office.jira.journal(since) if second.id in line["path"]] == []
    office.jira.clear_faults()
    await heard(office, second, 1)
    await office.handle(first).signal(SIGNAL_RESUME, Resume())
    await heard(office, first, 1)


async def test_a_right_that_one_issue_refuses_parks_it_and_leaves_the_others_alone(
    office: Office,
) -> None:
    locked, free = await triaged(office), await triaged(office)
    office.jira.add_fault(
        method="GET", path_pattern=f"*/issue/{locked.id}", action="status", status=403, times=1000
    )
    await office.comment(locked, "cora", "Still broken")
    await office.until(locked, parked_by(JIRA_ISSUE_PERMISSION.type), say="it is parked")
    await office.comment(free, "cora", "Here too")
    await heard(office, free, 1)
    office.jira.clear_faults()
    await office.handle(locked).signal(SIGNAL_RESUME, Resume())
    await heard(office, locked, 1)
