"""Which votes count, and when a request is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.approval import (
    ApprovalOutcome,
    ApprovalPlan,
    Ballot,
    Choice,
    Excluded,
    RefusedBallot,
    Vote,
)
from models.people import Actor, Channel, Person
from policies import approval, approval_acts, ballots

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
EXPIRES = NOW + timedelta(hours=4)
FAY, FINN = Person(id="fay", name="Fay"), Person(id="finn", name="Finn")
LENA = Person(id="lena", name="Lena")


def plan(quorum: int = 2, *eligible: Person, **more: object) -> ApprovalPlan:
    return ApprovalPlan.model_validate(
        {
            "rule": "large refunds",
            "quorum": quorum,
            "eligible": eligible or (FAY, FINN, LENA),
            "excluded": (Excluded(person="omar", why="Omar asked for it."),),
            "expires_at": EXPIRES,
            "explanation": "more than 50",
            "allow_unproven": True,
            **more,
        }
    )


def ballot(person: str, choice: Choice = Choice.APPROVE) -> Ballot:
    return Ballot(
        request_id="r-1",
        choice=choice,
        reason="I looked at it.",
        actor=Actor(person=person, channel=Channel.DESK),
    )


def judge(
    made: Ballot,
    rules: ApprovalPlan,
    votes: tuple[Vote, ...] = (),
    outcome: ApprovalOutcome | None = None,
    now: datetime = NOW,
) -> Vote | RefusedBallot:
    request = approval.opened(rules, "", NOW)
    request = request.model_copy(update={"votes": votes, "outcome": outcome})
    return ballots.judge(request, made, "action-r-1", now)


def ended(
    rules: ApprovalPlan, votes: tuple[Vote, ...] = (), now: datetime = NOW
) -> ApprovalOutcome | None:
    """How a request ends when these people vote one after the other, and then time passes."""
    request = approval.opened(rules, "", NOW)
    for one in votes:
        request, _ = approval.cast(request, ballot(one.person, one.choice), "action-r-1", one.at)
    return approval.pass_time(request, now).outcome


def vote(person: str, choice: Choice = Choice.APPROVE, at: datetime = NOW) -> Vote:
    return Vote(person=person, human=person, choice=choice, reason="", channel=Channel.DESK, at=at)


def refusal(made: Vote | RefusedBallot) -> tuple[str, str]:
    assert isinstance(made, RefusedBallot), "this ballot must not count"
    return made.failure, made.why


def test_a_ballot_of_an_eligible_person_counts() -> None:
    made = judge(ballot("fay"), plan())
    assert isinstance(made, Vote)
    assert (made.human, made.at) == ("fay", NOW)


def test_who_asked_may_not_vote_and_is_told_why() -> None:
    assert refusal(judge(ballot("omar"), plan())) == ("NotEntitled", "Omar asked for it.")


def test_a_stranger_is_told_who_may_decide() -> None:
    failure, why = refusal(judge(ballot("mallory"), plan()))
    assert failure == "NotEntitled"
    assert "Fay, Finn, Lena" in why


def test_one_human_votes_once_also_with_two_accounts() -> None:
    second = Person(id="fay-phone", name="Fay's other account", behind="fay")
    rules = plan(2, FAY, FINN, second)
    assert refusal(judge(ballot("fay-phone"), rules, (vote("fay"),)))[0] == "AlreadyVoted"
    assert ended(plan(2, FAY, second), (), NOW) is ApprovalOutcome.IMPOSSIBLE


def test_a_vote_is_final() -> None:
    changed = judge(ballot("fay", Choice.REJECT), plan(), (vote("fay"),))
    assert refusal(changed)[0] == "AlreadyVoted"


def test_a_vote_after_the_decision_is_too_late_whoever_it_comes_from() -> None:
    made = judge(ballot("mallory"), plan(), outcome=ApprovalOutcome.APPROVED)
    assert refusal(made) == ("TooLate", "This was decided before: approved.")


def test_a_ballot_at_expiry_counts_and_one_after_it_does_not() -> None:
    assert isinstance(judge(ballot("fay"), plan(), now=EXPIRES), Vote)
    late = judge(ballot("fay"), plan(), now=EXPIRES + timedelta(microseconds=1))
    assert refusal(late)[0] == "TooLate"


def test_a_ballot_without_proof_does_not_count() -> None:
    assert refusal(judge(ballot("fay"), plan(allow_unproven=False)))[0] == "Unproven"


@pytest.mark.parametrize(
    ("votes", "when", "outcome"),
    [
        ((), NOW, None),
        ((vote("fay"),), NOW, None),
        ((vote("fay"), vote("finn")), NOW, ApprovalOutcome.APPROVED),
        ((vote("fay"), vote("finn", Choice.REJECT)), NOW, ApprovalOutcome.REJECTED),
        (
            (vote("fay"), vote("finn"), vote("lena", Choice.REJECT)),
            NOW,
            ApprovalOutcome.APPROVED,
        ),
        ((vote("fay"), vote("finn", at=EXPIRES)), EXPIRES, ApprovalOutcome.APPROVED),
        ((vote("fay"), vote("finn", at=EXPIRES)), EXPIRES + timedelta(1), ApprovalOutcome.APPROVED),
        ((vote("fay"),), EXPIRES - timedelta(seconds=1), None),
        ((vote("fay"),), EXPIRES, ApprovalOutcome.EXPIRED),
        ((), EXPIRES + timedelta(days=1), ApprovalOutcome.EXPIRED),
    ],
)
def test_a_request_ends_by_the_first_vote_that_decides_it_or_by_expiry(
    votes: tuple[Vote, ...], when: datetime, outcome: ApprovalOutcome | None
) -> None:
    assert ended(plan(), votes, when) is outcome


def test_too_few_eligible_people_end_the_request_at_its_opening() -> None:
    assert ended(plan(2, FAY), (), NOW) is ApprovalOutcome.IMPOSSIBLE
    nobody = plan().model_copy(update={"eligible": ()})
    assert ended(nobody, (), NOW) is ApprovalOutcome.IMPOSSIBLE


def test_a_refusal_that_only_counts_ends_the_request_once_the_quorum_is_out_of_reach() -> None:
    rules = plan(2, refusal_ends=False)
    one = (vote("fay", Choice.REJECT),)
    assert ended(rules, one, NOW) is None
    two = (*one, vote("finn", Choice.REJECT))
    assert ended(rules, two, NOW) is ApprovalOutcome.IMPOSSIBLE
    assert ended(rules, (*one, vote("finn"), vote("lena")), NOW) is ApprovalOutcome.APPROVED


def test_nobody_is_asked_when_no_person_is_needed() -> None:
    assert ended(plan(0), (), NOW) is ApprovalOutcome.NOT_NEEDED


def test_whoever_tries_without_end_does_not_make_the_request_too_large_to_record() -> None:
    request = approval.opened(plan(2), "", NOW)
    for _ in range(approval.MOST_REFUSED + 50):
        request, judged = approval.cast(request, ballot("omar"), "action-r-1", NOW)
        assert isinstance(judged, RefusedBallot)
        request = approval_acts.malformed(request, "vote", NOW)

    assert len(request.log) == approval.MOST_REFUSED + 1
    for person in ("fay", "finn"):
        request, _ = approval.cast(request, ballot(person), "action-r-1", NOW)
    assert request.outcome is ApprovalOutcome.APPROVED
