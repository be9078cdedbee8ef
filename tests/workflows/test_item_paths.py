"""One scenario for each path of an item's life, on the time-skipping server and the local Jira."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.approval import ActionKind, ApprovalOutcome, Choice, EffectState
from models.decision import Confidence
from models.lifecycle import Awaiting, Outcome, Severity, Stage, StatusCategory
from models.messages import Acknowledge, ItemResult, Override, Resolve
from models.people import Act
from tests.stored import stored
from tests.workflows.deeds import (
    OUTAGE,
    REFUND,
    ballot_to_paste,
    propose,
    resolve,
    triaged,
    turned_away,
)
from tests.workflows.office import Office, by
from tests.workflows.opening import real_office, skipping_office


@pytest.fixture(params=["skipping", "replayed", "real"])
async def office(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """On the time-skipping server, the same replaying at every step, and on a real server."""
    if request.param == "real":
        opening = real_office(tmp_path)
    elif request.param == "replayed":
        opening = skipping_office(tmp_path, max_cached_workflows=0)
    else:
        opening = skipping_office(tmp_path)
    async with opening as opened:
        yield opened


async def test_a_plain_item_is_answered_decided_watched_and_closed(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await office.comment(issue, "ada", "We are looking into it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )

    await office.sleep(timedelta(days=8))
    result = await office.handle(issue).result()

    assert ItemResult.model_validate(result).outcome is Outcome.ANSWERED
    assert "Decided: answered" in office.comments(issue)[-1]["body"]
    recorded = [row.event.kind for row in office.ledger.events_of(issue.id)]
    assert recorded[0] == "received"
    assert recorded[-1] == "closed"


async def test_comments_of_ours_are_never_public(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.settled(lambda: len(office.comments(issue)) >= 2, say="both notes are there")

    assert [comment["jsdPublic"] for comment in office.comments(issue)] == [False, False]


async def test_a_refund_of_two_voters_is_carried_out_once_and_verified(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    assert office.effects() == []
    await office.vote(request, "finn")

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")

    assert status.actions[0].outcome == ApprovalOutcome.APPROVED
    done = await office.request(request)
    assert done.effect is not None
    assert done.effect.state is EffectState.VERIFIED
    assert len(office.effects()) == 1


async def test_a_refused_refund_has_no_effect(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay", Choice.REJECT, "No double charge in the books.")

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is refused")

    assert status.actions[0].outcome == ApprovalOutcome.REJECTED
    assert office.effects() == []


async def test_a_request_that_nobody_decides_expires_refused(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.DATA_EXPORT, None)

    await office.sleep(timedelta(days=11))

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it expires")
    assert status.actions[0].outcome == ApprovalOutcome.EXPIRED
    assert (await office.request(request)).outcome is ApprovalOutcome.EXPIRED
    assert office.effects() == []


async def test_those_who_have_not_voted_are_reminded(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await propose(office, issue, ActionKind.DATA_EXPORT, None)

    await office.sleep(timedelta(days=3))

    await office.settled(
        lambda: any("Still waiting: data export" in c["body"] for c in office.comments(issue)),
        say="the reminder is on the issue",
    )


async def test_a_small_credit_needs_nobody(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await propose(office, issue, ActionKind.CREDIT, 500)

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is done")

    assert status.actions[0].outcome == ApprovalOutcome.NOT_NEEDED
    assert len(office.effects()) == 1


async def test_votes_that_do_not_count_are_refused_and_kept(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")

    voting = [office.vote(request, person) for person in ("fay", "omar", "nobody-of-ours")]
    refusals = [await turned_away(one) for one in voting]

    assert [failure for failure, _ in refusals] == ["AlreadyVoted", "NotEntitled", "NotEntitled"]
    assert [r.person for r in (await office.request(request)).refused] == [
        "fay", "omar", "nobody-of-ours",
    ]  # fmt: skip


async def test_a_vote_after_the_decision_comes_too_late(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await office.vote(request, "lena")
    await office.until(issue, lambda s: s.actions[0].outcome, say="it is decided")

    _, told = await turned_away(office.vote(request, "lena"))
    assert re.search("completed|not found|decided before", told), told

    await office.comment(issue, "lena", f"/approve {request} Once more.", internal=True)
    await office.settled(
        lambda: "/approve was refused" in office.comments(issue)[-1]["body"],
        say="the refusal is on the issue",
    )
    assert len(office.effects()) == 1


async def test_a_vote_by_a_jira_comment_counts(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)

    await office.comment(issue, "lena", f"/approve {request} The books agree.", internal=True)

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the vote counts")
    assert status.actions[0].outcome == ApprovalOutcome.APPROVED
    assert (await office.request(request)).votes[0].channel == "jira"


async def test_a_vote_whose_webhook_was_lost_counts_when_a_projection_finds_it(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await office.settled(lambda: len(office.comments(issue)) == 2, say="the request is announced")
    await office.comment(issue, "lena", f"/approve {request} Agreed.", internal=True, tell=False)

    message = Override(actor=by("ada"), owner="lena", reason="She knows this customer.")
    signed = await office.signed(message, Act.OVERRIDE, issue)
    await office.handle(issue).execute_update("override", signed)

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the vote counts")
    assert status.actions[0].outcome == ApprovalOutcome.APPROVED


async def test_a_vote_by_signal_with_a_proof_counts_as_from_the_temporal_ui(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    ballot = await ballot_to_paste(office, request, "lena")

    await office.handle(issue).signal("decide", "complete nonsense")
    await office.handle(issue).signal("decide", ballot)

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the vote counts")
    assert status.actions[0].outcome == ApprovalOutcome.APPROVED
    assert "act_refused" in await office.timeline(issue)


async def test_an_outage_climbs_to_the_second_rung_until_acknowledged(office: Office) -> None:
    issue = await triaged(office, OUTAGE, severity=Severity.S1)
    await office.sleep(timedelta(minutes=12))
    await office.until(issue, lambda s: s.ladder_level == 1, say="the owner is told")
    await office.sleep(timedelta(minutes=16))
    status = await office.until(issue, lambda s: s.ladder_level == 2, say="the lead is told")
    assert status.breached
    assert status.awaiting is Awaiting.ACKNOWLEDGEMENT

    taken = await office.signed(Acknowledge(actor=by("lena")), Act.ACKNOWLEDGE, issue)
    await office.handle(issue).execute_update("acknowledge", taken)
    await office.comment(issue, "ada", "We are on it.")

    status = await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="it is answered")
    assert "ft-breached" in office.fields(issue)["labels"]


async def test_a_rung_is_climbed_only_with_a_persons_leave(office: Office) -> None:
    issue = await triaged(office, OUTAGE, severity=Severity.S1)
    for minutes in (12, 16, 31):
        await office.sleep(timedelta(minutes=minutes))
    status = await office.until(issue, lambda s: s.actions, say="leave is asked")
    assert status.ladder_level == 2

    await office.vote(status.actions[0].request_id, "lena", reason="Eve has to know.")

    await office.until(issue, lambda s: s.ladder_level == 3, say="the executive is told")


async def test_a_rung_without_leave_is_passed_over(office: Office) -> None:
    issue = await triaged(office, OUTAGE, severity=Severity.S1)
    for minutes in (12, 16, 31):
        await office.sleep(timedelta(minutes=minutes))
    status = await office.until(issue, lambda s: s.actions, say="leave is asked")

    await office.vote(status.actions[0].request_id, "lena", Choice.REJECT, "Not needed.")

    await office.settled(
        lambda: any("was refused" in c["body"] for c in office.comments(issue)),
        say="the refusal is on the issue",
    )
    timeline = await office.timeline(issue)
    assert "climb_refused" in timeline
    assert not any("executive*" in c["body"] for c in office.comments(issue))


async def test_waiting_for_the_customer_stops_the_clocks_until_they_write(office: Office) -> None:
    issue = await triaged(office, OUTAGE, severity=Severity.S1)
    await office.comment(issue, "ada", "Which browser do you use?")
    await office.move(issue, "ada", "Ask the customer")
    status = await office.until(
        issue, lambda s: s.awaiting is Awaiting.CUSTOMER, say="the pause is seen"
    )
    assert status.due_at is None

    await office.sleep(timedelta(days=2))
    await office.comment(issue, "cora", "It is Firefox, as I said, and it still fails.")

    status = await office.until(issue, lambda s: s.due_at is not None, say="the clocks count again")
    assert not status.breached


async def test_an_angry_return_reopens_and_the_first_resolution_counts_as_failed(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )

    await office.comment(issue, "cora", "This is not solved at all! Still charged twice!")

    await office.settled(
        lambda: office.category(issue) is StatusCategory.TO_DO, say="the issue is open again"
    )
    await office.until(issue, lambda s: s.outcome is None, say="it is open again")
    assert {"recontacted", "reopened"} <= set(await office.timeline(issue))
    await resolve(office, issue, outcome=Outcome.FIXED)
    await office.until(issue, lambda s: s.outcome is Outcome.FIXED, say="it is decided anew")


async def test_a_thank_you_confirms_the_resolution(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.comment(issue, "cora", "Thank you so much!")

    await office.until(
        issue, lambda s: s.resolution is Confidence.CONFIRMED, say="the thanks are taken in"
    )


async def test_another_issue_of_the_same_customer_relabels_the_resolution(office: Office) -> None:
    first = await triaged(office, REFUND)
    await resolve(office, first)
    await office.until(first, lambda s: s.stage is Stage.WATCH, say="it is watched")
    await office.settled(
        lambda: office.ledger.indexed_item(first.id).decided_at is not None,  # type: ignore[union-attr]
        say="the decision is recorded",
    )

    await triaged(office, REFUND)

    status = await office.until(
        first, lambda s: s.resolution is Confidence.FAILED, say="the recontact is seen"
    )
    assert status.outcome is Outcome.ANSWERED


async def test_an_unsure_item_waits_for_a_person(office: Office) -> None:
    issue = await office.report("qwzx", "zzz xxx qqq")
    await office.until(issue, lambda s: s.stage is Stage.TRIAGE, say="triage is unsure")

    await office.comment(issue, "ada", "/override category=bug severity=S4 It is noise.")

    status = await office.until(issue, lambda s: not s.triage_unsure, say="it is corrected")
    assert (status.category, status.severity) == ("bug", Severity.S4)
    assert office.fields(issue)["priority"]["name"] in ("Low", "Medium")


async def test_a_persons_priority_in_jira_becomes_the_severity(office: Office) -> None:
    issue = await triaged(office, REFUND)

    await office.edit(issue, "ada", priority={"name": "Highest"})

    await office.until(issue, lambda s: s.severity is Severity.S1, say="the edit is taken in")
    assert office.fields(issue)["priority"]["name"] == "Highest"


async def test_a_move_to_done_by_the_owner_is_a_decision(office: Office) -> None:
    issue = await triaged(office, REFUND)

    await office.move(issue, "omar", "Resolve", resolution="Won't Do")

    status = await office.until(issue, lambda s: s.outcome, say="the move is taken in")
    assert status.outcome is Outcome.DECLINED


async def test_a_move_to_done_by_somebody_not_entitled_is_no_decision(office: Office) -> None:
    issue = await triaged(office, REFUND)

    await office.move(issue, "fay", "Resolve")

    await office.settled(
        lambda: any("not a decision yet" in c["body"] for c in office.comments(issue)),
        say="the refusal is on the issue",
    )
    assert (await office.status(issue)).outcome is None


async def test_a_deleted_issue_ends_its_item(office: Office) -> None:
    issue = await triaged(office, REFUND)

    await office.delete(issue)

    await office.handle(issue).result()
    assert office.ledger.events_of(issue.id)[-1].event.kind == "closed"


async def test_what_waits_for_votes_is_withdrawn_when_the_issue_is_deleted(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")

    await office.delete(issue)

    await office.handle(issue).result()
    assert (await office.request(request)).outcome is ApprovalOutcome.WITHDRAWN
    assert office.effects() == []
    recorded = [row.event.kind for row in office.ledger.events_of(issue.id)]
    told = [kind for kind in recorded if kind in ("issue_gone", "voted", "action_ended", "closed")]
    assert told == ["issue_gone", "voted", "action_ended", "closed"]


async def test_without_a_proof_nobody_decides(office: Office) -> None:
    issue = await triaged(office, REFUND)
    actor = (await office.actor("omar", Act.RESOLVE, "feedback-other")).without_proof()
    message = Resolve(actor=actor, outcome=Outcome.ANSWERED, reason="Trust me.")

    failure, _ = await turned_away(office.handle(issue).execute_update("resolve", message))

    assert failure == "Unproven"
    assert "act_refused" in await office.timeline(issue)


async def test_the_customers_words_stand_in_no_history(office: Office) -> None:
    canary = "marzipan-locomotive"
    issue = await triaged(office, f"{REFUND} {canary}")
    await office.comment(issue, "cora", f"Do you hear me? {canary}")
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )

    history = await office.handle(issue).fetch_history()

    assert issue.key in stored(history)
    assert canary not in stored(history)
