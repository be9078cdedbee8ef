"""An item explains its clocks, running or closed, and the ledger alone says the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.explanation import ClockFacts, Explanation
from models.lifecycle import Severity, Stage
from models.messages import Timeline
from models.names import QUERY_CLOCKS
from policies.clock_record import explain_recalled
from policies.explanation import explain
from tests.workflows.deeds import REFUND, override, resolve, triaged
from tests.workflows.office import Issue, Office
from tests.workflows.opening import skipping_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


async def explained(office: Office, issue: Issue) -> Explanation:
    facts = await office.handle(issue).query(QUERY_CLOCKS, result_type=ClockFacts)
    return explain(facts, await office.now())


async def test_a_closed_item_is_explained_alike_by_its_run_and_by_the_ledger(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await office.sleep(timedelta(hours=1))
    await office.comment(issue, "ada", "We are looking into it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await office.sleep(timedelta(days=1))
    await resolve(office, issue)
    await office.sleep(timedelta(days=8))
    await office.handle(issue).result()

    by_run = await explained(office, issue)
    rows = office.ledger.events_of(issue.id)
    remembered = Timeline(
        issue_key=issue.key, earlier_events=0, events=tuple(row.event for row in rows)
    )
    by_ledger = explain_recalled(remembered, await office.now())

    assert [clock.lines for clock in by_ledger.clocks] == [clock.lines for clock in by_run.clocks]
    note = office.comments(issue)[-1]["body"]
    assert by_run.clocks[0].lines[-1] in note, "the decision quotes the same line"


async def test_a_corrected_category_is_counted_in_the_hours_of_that_category(
    office: Office,
) -> None:
    customers = office.settings.customers
    assert customers is not None
    customers.write_text("id,segment,zone\nacc-cora-customer,smb,Europe/Berlin\n")
    issue = await triaged(office, REFUND)
    before = await explained(office, issue)

    await override(office, issue, Severity.S4)
    await office.sleep(timedelta(minutes=1))

    after = await explained(office, issue)
    assert before.clocks[0].started_at == after.clocks[0].started_at
    assert "office-hours" in before.clocks[0].calendar
    assert "support-24x7" in after.clocks[0].calendar
    assert any("category" in line for line in after.clocks[0].lines)
