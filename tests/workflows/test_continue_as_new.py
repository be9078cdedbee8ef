"""An item whose history grows long continues as new, and nothing of it is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from models.approval import ActionKind, ApprovalOutcome
from models.lifecycle import Severity, Stage
from models.messages import Acknowledge, Answer, ItemStatus, Override, Resume, Timeline
from models.names import SIGNAL_RESUME, feedback_workflow_id
from models.people import Act
from tests.workflows.deeds import OUTAGE, REFUND, propose, resolve, triaged
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import real_office

pytestmark = pytest.mark.e2e

SOON = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with real_office(tmp_path, server_options=SOON) as opened:
        yield opened


async def test_an_escalated_item_with_an_open_request_goes_on_in_a_new_run(office: Office) -> None:
    issue = await triaged(office, OUTAGE)
    await office.until(issue, lambda s: s.ladder_level == 2, say="the lead is told")
    taken = await office.signed(Acknowledge(actor=by("lena")), Act.ACKNOWLEDGE, issue)
    await office.handle(issue).execute_update("acknowledge", taken)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    await shown_at_stage(office, issue, Stage.APPROVE)
    before, shown_before = await office.status(issue), await shown(office, issue)

    written = await customer_writes_until_a_new_run(office, issue)

    status = await office.status(issue)
    await shown_at_stage(office, issue, Stage.APPROVE)
    assert lasting(status) == lasting(before)
    assert {**await shown(office, issue), "FtDueAt": None} == {**shown_before, "FtDueAt": None}
    timeline = await office.handle(issue).query("timeline", result_type=Timeline)
    sequences = [event.sequence for event in timeline.events]
    assert sequences == sorted(set(sequences))
    assert [event.kind for event in timeline.events].count("customer_wrote") == written
    assert [event.kind for event in timeline.events][:2] == ["received", "triaged"]

    await office.vote(request, "finn")
    await office.until(issue, lambda s: s.actions[0].outcome, say="the request reports back")
    assert len(office.effects()) == 1
    assert [vote.person for vote in (await office.request(request)).votes] == ["fay", "finn"]
    assert (await office.request(request)).outcome is ApprovalOutcome.APPROVED


async def test_a_comment_that_jira_did_not_take_yet_is_carried_over_and_written_once(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await office.settled(lambda: office.comments(issue), say="triage is told")
    office.jira.add_fault(
        method="PUT", path_pattern=f"*/issue/{issue.id}", action="status", status=403, times=1000
    )
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.until(issue, lambda s: s.parked, say="the item waits for a person")

    await customer_writes_until_a_new_run(office, issue)
    asked = f"/approve {request}"
    assert not [c for c in office.comments(issue) if asked in c["body"]]
    office.jira.clear_faults()
    await office.tell(issue)

    await office.until(issue, lambda s: not s.parked, say="the item goes on")
    await office.settled(
        lambda: [c for c in office.comments(issue) if asked in c["body"]], say="it is written"
    )
    assert len([c for c in office.comments(issue) if asked in c["body"]]) == 1


async def test_a_request_that_an_earlier_run_started_is_heard_when_it_ends(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await customer_writes_until_a_new_run(office, issue)
    assert (await office.status(issue)).actions[0].outcome is None

    await office.vote(request, "lena")

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the end is heard of")
    assert status.actions[0].outcome == "approved"
    assert len(office.effects()) == 1


async def test_news_that_could_not_be_read_is_read_when_the_item_is_resumed_in_its_new_run(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await office.settled(lambda: office.comments(issue), say="triage is told")
    first_run = await run_of(office, issue)
    office.jira.add_fault(
        method="GET", path_pattern=f"*/issue/{issue.id}", action="status", status=403, times=1000
    )
    await office.comment(issue, "cora", "Nobody of you can read this now.", tell=False)
    tried = 0
    while await run_of(office, issue) == first_run:
        assert tried < 30, "the item never continued as new"
        tried += 1
        await office.tell(issue)
        await taken_in(office, issue, "parked", tried)
    office.jira.clear_faults()

    await office.handle(issue).signal(SIGNAL_RESUME, Resume())

    await taken_in(office, issue, "customer_wrote", 1)


async def test_the_timer_of_a_watched_item_rings_in_its_new_run(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.until(issue, lambda s: s.stage is Stage.WATCH, say="it is watched")
    first_run = await run_of(office, issue)
    answers = 0
    while await run_of(office, issue) == first_run:
        assert answers < 30, "the item never continued as new"
        answers += 1
        await office.comment(issue, "ada", f"One more word, number {answers}.")
        await taken_in(office, issue, "answered", answers)

    result = await office.handle(issue).result()

    assert result["outcome"] == "answered"
    recorded = [row.event.kind for row in office.ledger.events_of(issue.id)]
    assert recorded.count("decided") == recorded.count("closed") == 1


async def test_updates_sent_while_the_item_switches_runs_are_all_answered(office: Office) -> None:
    issue = await triaged(office, REFUND)
    first_run = await run_of(office, issue)

    async def correct(number: int) -> Answer:
        severity = (Severity.S3, Severity.S4)[number % 2]
        message = Override(actor=by("ada"), severity=severity, reason=f"Correction {number}.")
        signed = await office.signed(message, Act.OVERRIDE, issue)
        answer: Answer = await office.handle(issue).execute_update(
            "override", signed, id=f"correction-{number}", result_type=Answer
        )
        return answer

    answers = []
    for wave in range(12):
        numbers = range(wave * 4, wave * 4 + 4)
        answers += await asyncio.gather(*(correct(number) for number in numbers))

    assert len(answers) == 48
    assert await run_of(office, issue) != first_run
    timeline = await office.handle(issue).query("timeline", result_type=Timeline)
    reasons = [e.facts["reason"] for e in timeline.events if e.kind == "overridden"]
    assert sorted(reasons) == sorted(f"Correction {number}." for number in range(48))


async def customer_writes_until_a_new_run(office: Office, issue: Issue) -> int:
    """How often the customer had written when the item was in its third run."""
    written = 0
    runs: set[str | None] = set()
    while len(runs) < 3:
        await office.comment(issue, "cora", f"And another thing, number {written}.")
        written += 1
        await taken_in(office, issue, "customer_wrote", written)
        runs.add(await run_of(office, issue))
        assert written < 60, "the item never continued as new"
    query = f"WorkflowId = '{feedback_workflow_id(issue.id)}' AND ExecutionStatus != 'Running'"
    ended = [run.status async for run in office.client.list_workflows(query)]
    assert set(ended) <= {WorkflowExecutionStatus.CONTINUED_AS_NEW}
    return written


async def taken_in(office: Office, issue: Issue, kind: str, times: int) -> None:
    """Wait until so many events of this kind stand in the timeline."""
    async with asyncio.timeout(30):
        while (await office.timeline(issue)).count(kind) < times:  # noqa: ASYNC110 - Temporal cannot be awaited for this
            await asyncio.sleep(0.05)


async def run_of(office: Office, issue: Issue) -> str | None:
    """The newest run of the item."""
    return (await office.handle(issue).describe()).run_id


async def shown_at_stage(office: Office, issue: Issue, stage: Stage) -> None:
    """Wait until the search attributes, which a run sets a step after its state, say so."""
    async with asyncio.timeout(30):
        while (await shown(office, issue)).get("FtStage") != stage:  # noqa: ASYNC110 - Temporal cannot be awaited for this
            await asyncio.sleep(0.05)


async def shown(office: Office, issue: Issue) -> dict[str, object]:
    """The search attributes by name."""
    described = await office.handle(issue).describe()
    return {pair.key.name: pair.value for pair in described.typed_search_attributes}


def lasting(status: ItemStatus) -> dict[str, object]:
    """What no customer's comment and no passing time changes."""
    return status.model_dump(
        include={
            "stage", "severity", "category", "owner", "ladder_level", "ladder_rung",
            "acknowledged_by", "actions", "outcome", "parked", "policy_version",
        }
    )  # fmt: skip
