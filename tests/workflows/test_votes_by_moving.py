"""Votes given by moving the issue, in a real Jira over HTTP, on a real Temporal server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.approval import ActionKind, ApprovalOutcome, Choice
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.moving_votes import (
    BOT,
    STRANGER,
    move_as,
    move_on_the_page,
    quick,
    refused,
    seed_with_votes,
    shipped,
    told,
)
from tests.workflows.office import Issue, Office
from tests.workflows.opening import real_office

pytestmark = pytest.mark.e2e

JIRAS_GRAIN_SECONDS = 1.1
"""A move in the second in which its request is opened counts, since Jira's times may be cut off."""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    changes, site = {"policies": shipped(tmp_path)}, {"seed": seed_with_votes(tmp_path)}
    async with real_office(tmp_path, kind=Office, changes=changes, site=site) as opened:
        yield opened


@pytest.fixture
async def quick_office(tmp_path: Path) -> AsyncIterator[Office]:
    """Its refunds expire within seconds."""
    changes, site = {"policies": quick(tmp_path)}, {"seed": seed_with_votes(tmp_path)}
    async with real_office(tmp_path, changes=changes, site=site) as opened:
        yield opened


async def asked(office: Office, minor: int) -> tuple[Issue, str]:
    """An issue with a refund that omar asked for: of one vote of a lead, or of two of finance."""
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, minor)
    await office.until_request(request, lambda one: one.plan, say="it is known who may vote")
    return issue, request


async def ended(office: Office, issue: Issue) -> str | None:
    status = await office.until(issue, lambda s: s.actions[0].outcome, say="the request ends")
    return status.actions[0].outcome


async def test_two_people_approve_by_moving_the_issue_and_the_refund_is_paid_once(
    office: Office,
) -> None:
    issue, request = await asked(office, 9900)

    await move_on_the_page(office, issue, "acc-fay-finance", "61")
    await office.until_request(request, lambda one: one.votes, say="fay's move counts")
    await office.move(issue, "omar", "Back to work")
    await office.move(issue, "finn", "Approve")

    assert await ended(office, issue) == ApprovalOutcome.APPROVED
    votes = (await office.request(request)).votes
    assert [(one.person, one.choice, one.channel) for one in votes] == [
        ("fay", Choice.APPROVE, "jira"),
        ("finn", Choice.APPROVE, "jira"),
    ]
    assert [effect["key"] for effect in office.effects()] == [request]
    assert office.fields(issue)["status"]["name"] == "Approved"


async def test_a_move_into_a_refusing_status_refuses(office: Office) -> None:
    issue, request = await asked(office, 3000)

    await office.move(issue, "lena", "Decline")

    assert await ended(office, issue) == ApprovalOutcome.REJECTED
    assert (await office.request(request)).votes[0].reason == "Moved to Declined in Jira."
    assert office.effects() == []


async def test_whoever_proposed_it_does_not_approve_by_moving_the_issue(office: Office) -> None:
    issue, request = await asked(office, 3000)

    await office.move(issue, "omar", "Approve")

    assert await refused(office, request) == ("omar", "NotEntitled")
    await told(office, issue, "omar's vote to approve did not count")
    assert (await office.request(request)).outcome is None


async def test_somebody_without_a_vote_does_not_approve_by_moving_the_issue(
    office: Office,
) -> None:
    issue, request = await asked(office, 3000)

    await office.move(issue, "sam", "Approve")

    assert await refused(office, request) == ("sam", "NotEntitled")
    await told(office, issue, "Able to decide: Lena Lead.")
    assert office.effects() == []


async def test_the_bot_of_somebody_who_may_vote_does_not_approve(office: Office) -> None:
    issue, request = await asked(office, 9900)

    await move_as(office, issue, BOT, "Approve")

    assert await refused(office, request) == ("billing-bot", "NotEntitled")
    await told(office, issue, "billing-bot's vote to approve did not count")
    assert (await office.request(request)).votes == ()


async def test_an_account_that_nobody_listed_does_not_approve(office: Office) -> None:
    issue, request = await asked(office, 3000)

    await move_as(office, issue, STRANGER, "Approve")

    await told(office, issue, "belongs to nobody in people.yaml")
    assert "ballot_refused" in await office.timeline(issue)
    assert (await office.request(request)).votes == ()


async def test_one_person_who_moves_twice_votes_once(office: Office) -> None:
    issue, request = await asked(office, 9900)

    await office.move(issue, "fay", "Approve")
    await office.move(issue, "fay", "Back to work")
    await office.move(issue, "fay", "Approve")

    assert await refused(office, request) == ("fay", "AlreadyVoted")
    assert len((await office.request(request)).votes) == 1
    assert office.effects() == []


async def test_a_move_is_no_vote_while_two_requests_wait(office: Office) -> None:
    issue, first = await asked(office, 3000)
    second = await propose(office, issue, ActionKind.REFUND, 2000)

    await office.move(issue, "lena", "Approve")

    await told(office, issue, f"2 requests wait. Say which one is meant: `/approve {first}`")
    await office.comment(issue, "lena", f"/approve {second} The books agree.", internal=True)
    await office.until_request(second, lambda one: one.votes, say="the named vote counts")
    assert (await office.request(first)).votes == ()


async def test_a_move_while_nothing_waits_is_no_vote(office: Office) -> None:
    issue = await triaged(office, REFUND)

    await office.move(issue, "lena", "Approve")

    await told(office, issue, "The move to Approved was no vote: Nothing of that kind waits")


async def test_a_move_after_the_request_expired_is_no_vote(quick_office: Office) -> None:
    office = quick_office
    issue, request = await asked(office, 9900)
    assert await ended(office, issue) == ApprovalOutcome.EXPIRED

    await office.move(issue, "fay", "Approve")

    await told(office, issue, "The move to Approved was no vote: Nothing of that kind waits")
    assert (await office.request(request)).outcome is ApprovalOutcome.EXPIRED
    assert office.effects() == []


async def test_a_move_made_before_the_request_was_opened_is_no_vote_on_it(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await office.move(issue, "lena", "Approve", tell=False)
    await asyncio.sleep(JIRAS_GRAIN_SECONDS)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await office.until_request(request, lambda one: one.plan, say="it is known who may vote")

    await office.tell(issue)

    await office.settled(
        lambda: any(
            "was no vote" in one["body"] or "did not count" in one["body"]
            for one in office.comments(issue)
        ),
        say="the issue says that the move did not count",
    )
    assert (await office.request(request)).votes == ()
    assert office.effects() == []
