"""Requests on the real workflows: amended, delegated, made void, and attacked from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.approval import (
    ActionKind,
    ActionResult,
    ApprovalOutcome,
)
from models.item_state import ItemState
from models.lifecycle import Severity
from models.messages import ActionReported, ItemStart
from models.names import FEEDBACK_ITEM_WORKFLOW
from tests.workflows.approval_deeds import amend, delegate, ended
from tests.workflows.deeds import REFUND, override, propose, triaged, turned_away
from tests.workflows.effect_deeds import fail_next
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office


@pytest.fixture(params=["cached", "replayed"])
async def office(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    options = {"max_cached_workflows": 0} if request.param == "replayed" else {}
    async with skipping_office(tmp_path, **options) as opened:
        yield opened


async def test_an_amended_request_is_planned_anew_and_carried_out_as_amended(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    before = await office.until_request(request, lambda s: s.plan, say="it is planned")
    await amend(office, request, "ada", 9900)
    after = await office.request(request)

    assert before.plan is not None
    assert after.plan is not None
    assert (before.plan.rule, after.plan.rule) == ("small refunds", "larger refunds")
    assert before.digest != after.digest
    await office.settled(
        lambda: any("ada changed it" in c["body"] for c in office.comments(issue)),
        say="the issue tells of the change",
    )
    await office.vote(request, "fay")
    failure, _ = await turned_away(amend(office, request, "omar", 1000))
    assert failure == "UnderVote"
    await office.vote(request, "finn")

    assert await ended(office, issue) == ApprovalOutcome.APPROVED
    assert [effect["request"]["amount_minor"] for effect in office.effects()] == [9900]


async def test_whoever_amended_a_request_does_not_vote_on_it(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await amend(office, request, "lena", 2000)

    assert await ended(office, issue) == ApprovalOutcome.IMPOSSIBLE
    assert office.effects() == []


async def test_a_delegate_votes_in_somebody_elses_place_from_jira_and_desk(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.comment(
        issue, "fay", f"/delegate {request} sam until 2099-01-01 away", internal=True
    )
    await office.until_request(request, lambda s: bool(s.delegations), say="sam may vote for fay")

    await office.vote(request, "sam")
    failure, _ = await turned_away(office.vote(request, "fay"))
    assert failure == "AlreadyVoted"
    await office.vote(request, "finn")

    assert await ended(office, issue) == ApprovalOutcome.APPROVED
    votes = (await office.request(request)).votes
    assert [(one.person, one.on_behalf_of) for one in votes] == [("sam", "fay"), ("finn", None)]
    assert len(office.effects()) == 1


async def test_who_votes_already_is_nobodys_delegate(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)

    failure, why = await turned_away(delegate(office, request, "fay", "finn"))

    assert failure == "NotEntitled"
    assert "nobody votes twice" in why


async def test_a_changed_severity_makes_the_request_void_and_it_is_asked_anew(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    await override(office, issue, Severity.S1)

    assert await ended(office, issue) == ApprovalOutcome.STALE
    status = await office.until(issue, lambda s: len(s.actions) == 2, say="it is asked anew")
    anew = status.actions[1].request_id
    await office.until_request(anew, lambda s: s.plan is not None, say="the new one is open")
    fresh = await office.request(anew)
    assert (fresh.proposal.renews, fresh.votes) == (request, ())
    await office.vote(anew, "fay")
    await office.vote(anew, "finn")

    assert await ended(office, issue, 1) == ApprovalOutcome.APPROVED
    assert [effect["key"] for effect in office.effects()] == [anew]


async def test_an_edit_between_approval_and_execution_stops_it_and_asks_anew(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    fail_next(office, times=3)
    await office.vote(request, "finn")
    await office.edit(issue, "ada", summary="It is another customer's invoice")
    await office.until(issue, lambda s: len(s.actions) == 2, say="it is asked anew")

    assert await ended(office, issue) == ApprovalOutcome.STALE
    standing = [effect for effect in office.effects() if effect["status"] == "executed"]
    assert standing == []


async def test_a_forged_report_of_the_end_is_not_believed(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    forged = ActionResult(
        request_id=request, outcome=ApprovalOutcome.APPROVED, ended_at=await office.now()
    )
    await office.handle(issue).signal("action_reported", ActionReported(result=forged))
    await office.sleep(timedelta(minutes=1))

    assert (await office.status(issue)).actions[0].outcome is None
    await office.vote(request, "fay")
    await office.vote(request, "finn")
    assert await ended(office, issue) == ApprovalOutcome.APPROVED
    assert len(office.effects()) == 1


async def test_an_item_that_is_started_with_a_state_of_its_own_forgets_it(office: Office) -> None:
    real = await triaged(office, REFUND)
    issue = await office.create("Another one", "Nothing at all")
    forged = ItemState(issue_id=issue.id, workflow_id=f"feedback-{issue.id}", life="forged00")
    snapshot = (await office.handle(real).query("subject"))["snapshot"]
    state = forged.model_dump(mode="json") | {"snapshot": snapshot, "sequence": 77}
    start = ItemStart(issue_id=issue.id, issue_key=issue.key).model_dump(mode="json")
    await office.client.start_workflow(
        FEEDBACK_ITEM_WORKFLOW,
        start | {"carried": state},
        id=f"feedback-{issue.id}",
        task_queue=office.settings.task_queue,
    )

    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    assert (await office.timeline(issue))[0] == "received"


async def test_votes_expiry_and_withdrawal_are_recorded_in_their_order(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    await office.delete(issue)
    await office.until_request(request, lambda s: s.outcome, say="it is withdrawn")

    status = await office.request(request)
    assert status.outcome is ApprovalOutcome.WITHDRAWN
    assert [event.step.value for event in status.log] == ["opened", "voted", "decided"]
    await turned_away(office.vote(request, "finn"))
    assert office.effects() == []
