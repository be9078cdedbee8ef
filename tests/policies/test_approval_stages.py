"""Stages, groups, shares, delegates, deputies and what happens when nobody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.approval import ApprovalOutcome, Choice, RequestStep
from models.approval_rule import Counting, DeputyRule, OnExpiry, OnRefusal, StageRule
from models.people import Actor, Channel
from policies import approval, approval_plan
from tests.policies.approval_cases import (
    NOW,
    PEOPLE,
    facts,
    lent,
    opened,
    person,
    proposal,
    refusal,
    rule,
    snapshot,
    voted,
)

APPROVED, IMPOSSIBLE = ApprovalOutcome.APPROVED, ApprovalOutcome.IMPOSSIBLE
LEAD_FIRST = (
    StageRule(name="lead", groups=("leads",)),
    StageRule(name="money", groups=("finance", "security"), counted=Counting.EACH_GROUP),
)


def test_the_second_stage_is_asked_only_after_the_first_agreed() -> None:
    request = opened(snapshot(rule(stages=LEAD_FIRST)))
    early = voted(request, "fay")
    assert refusal(early)[0] == "NotEntitled"

    second = voted(request, "lena")
    assert (second.stage, second.outcome, second.clock) == (1, None, None)
    assert voted(second, "fay").outcome is None
    assert voted(second, "fay", "sam").outcome is APPROVED


def test_each_stage_has_a_clock_of_its_own_from_when_it_is_asked() -> None:
    pinned = snapshot(rule(stages=LEAD_FIRST))
    later = NOW + timedelta(hours=3)
    request = voted(opened(pinned), "lena", now=later)
    request = approval.timed(request, approval_plan.clock_of_rule("refunds", pinned, later))
    assert request.clock is not None
    assert request.clock.expires_at == later + timedelta(hours=4)
    assert approval.pass_time(request, NOW + timedelta(hours=5)).outcome is None
    assert (
        approval.pass_time(request, later + timedelta(hours=4)).outcome is ApprovalOutcome.EXPIRED
    )


def test_a_person_who_agreed_in_one_stage_is_not_a_second_one_in_the_next() -> None:
    twice = (
        StageRule(name="first", groups=("finance",)),
        StageRule(name="second", groups=("finance",), quorum=2),
    )
    assert opened(snapshot(rule(stages=twice))).outcome is IMPOSSIBLE
    third = person("flo", "finance")
    request = opened(snapshot(rule(stages=twice), people=(third,)))
    request = voted(request, "fay", "fay")
    assert refusal(request)[0] == "AlreadyVoted"
    assert voted(request, "finn", "flo").outcome is APPROVED


def test_a_share_keeps_its_denominator_when_people_leave_later() -> None:
    team = tuple(person(f"f{number}", "finance") for number in range(3))
    request = opened(snapshot(rule(quorum=1, percent=60), people=team))
    assert request.present.quorums[0].needed == 3, "60 % of five, rounded up"
    assert voted(request, "fay", "finn").outcome is None
    assert voted(request, "fay", "finn", "f0").outcome is APPROVED


def test_all_means_everybody_who_may_vote() -> None:
    request = opened(snapshot(rule(quorum=1, percent=100)))
    assert voted(request, "fay").outcome is None
    assert voted(request, "fay", "finn").outcome is APPROVED


def test_a_refusal_waits_for_the_others_where_the_rule_says_so() -> None:
    waits = rule(quorum=1, on_refusal=OnRefusal.COUNTS)
    request = voted(opened(snapshot(waits)), "fay", choice=Choice.REJECT)
    assert request.outcome is None
    assert voted(request, "finn").outcome is APPROVED
    assert voted(request, "finn", choice=Choice.REJECT).outcome is IMPOSSIBLE


def test_a_delegate_votes_in_the_principals_place_and_is_recorded_so() -> None:
    request = voted(opened(snapshot(delegations=(lent("fay", "sam"),))), "sam", "finn")
    assert request.outcome is APPROVED
    assert [(one.person, one.on_behalf_of) for one in request.votes] == [
        ("sam", "fay"),
        ("finn", None),
    ]


def test_a_delegate_never_gives_one_person_two_votes() -> None:
    request = voted(opened(snapshot(delegations=(lent("fay", "finn"),))), "finn", "finn")
    assert refusal(request)[0] == "AlreadyVoted"
    assert [one.on_behalf_of for one in request.votes] == [None], "one's own vote comes first"
    two = snapshot(delegations=(lent("fay", "sam"), lent("finn", "sam")))
    request = voted(opened(two), "sam", "sam")
    assert refusal(request)[0] == "AlreadyVoted"
    assert request.outcome is None


def test_a_vote_that_a_delegate_gave_is_not_given_again() -> None:
    request = voted(opened(snapshot(delegations=(lent("fay", "sam"),))), "sam", "fay")
    assert refusal(request) == ("AlreadyVoted", "sam has voted on this in Fay's place.")


@pytest.mark.parametrize("days", [-1, 8])
def test_a_delegation_holds_from_its_first_day_to_its_last(days: int) -> None:
    pinned = snapshot(rule(expires_after=30 * 86_400), delegations=(lent("fay", "sam"),))
    request = voted(opened(pinned), "sam", now=NOW + timedelta(days=days))
    assert refusal(request)[0] == "NotEntitled"


def test_deputies_may_vote_only_once_they_were_asked() -> None:
    deputies = DeputyRule(after=3600, groups=("executives",))
    request = opened(snapshot(rule(deputy=deputies)))
    assert refusal(voted(request, "eve"))[0] == "NotEntitled"
    request = approval.pass_time(request, NOW + timedelta(hours=1))
    assert request.log[-1].step is RequestStep.DEPUTIES_ASKED
    assert voted(request, "eve", "fay").outcome is APPROVED


def test_who_will_be_asked_later_keeps_a_quorum_within_reach() -> None:
    gone = PEOPLE[3].model_copy(update={"active": False})
    assert opened(snapshot(people=(gone,))).outcome is IMPOSSIBLE
    deputies = DeputyRule(after=3600, groups=("executives",))
    assert opened(snapshot(rule(deputy=deputies), people=(gone,))).outcome is None


def test_silence_refuses_unless_the_rule_says_otherwise_in_words() -> None:
    late = NOW + timedelta(hours=4)
    assert approval.pass_time(opened(), late).outcome is ApprovalOutcome.EXPIRED
    agreed = rule(on_expiry=OnExpiry.APPROVE, because="The customer must not wait for us.")
    request = approval.pass_time(opened(snapshot(agreed)), late)
    assert request.outcome is ApprovalOutcome.APPROVED_BY_EXPIRY
    assert request.log[-1].facts["because"] == "The customer must not wait for us."


def test_a_stage_that_nobody_decides_is_decided_by_whom_it_escalates_to() -> None:
    stand_in = StageRule(name="executives", groups=("executives",))
    request = opened(snapshot(rule(on_expiry=OnExpiry.ESCALATE, escalate_to=stand_in)))
    request = approval.pass_time(request, NOW + timedelta(hours=4))
    assert (request.outcome, request.standing_in) == (None, True)
    assert refusal(voted(request, "fay"))[0] == "NotEntitled"
    assert voted(request, "eve").outcome is APPROVED


def test_a_stage_that_nobody_can_fulfil_escalates_at_once() -> None:
    stand_in = StageRule(name="executives", groups=("executives",))
    escalating = rule(quorum=3, on_expiry=OnExpiry.ESCALATE, escalate_to=stand_in)
    assert opened(snapshot(escalating)).standing_in


def test_who_changed_the_request_does_not_vote_on_it() -> None:
    edited = proposal(edited_by=(Actor(person="finn", channel=Channel.DESK),))
    request = opened(asked=edited)
    assert request.outcome is IMPOSSIBLE
    why = {one.person: one.why for one in request.plan.excluded}
    assert why["finn"] == "Finn changed the request; somebody else decides."


def test_the_requesters_group_does_not_vote_where_the_rule_says_so() -> None:
    mates = rule(groups=("support",), quorum=1)
    assert [one.id for one in opened(snapshot(mates)).present.eligible] == ["ada", "lena"]
    strict = rule(groups=("support",), quorum=1, exclude_requesters_group=True)
    assert opened(snapshot(strict)).outcome is IMPOSSIBLE
    assert opened(snapshot(strict), proposal(by="robot")).outcome is IMPOSSIBLE


@pytest.mark.parametrize(
    ("condition", "item", "by", "asked"),
    [
        ("item.country == 'DE'", {}, "omar", True),
        ("item.country == 'DE'", {"country": "FR"}, "omar", False),
        ("item.confidence < 0.6", {"confidence": 0.4}, "omar", True),
        ("item.confidence < 0.6", {"confidence": 0.9}, "omar", False),
        ("action.by_automation", {}, "robot", True),
        ("action.by_automation && action.confidence < 0.8", {}, "omar", False),
    ],
)
def test_rules_look_at_jurisdiction_and_at_how_sure_automation_was(
    condition: str, item: dict[str, object], by: str, asked: bool
) -> None:
    channel = Channel.AUTOMATION if by == "robot" else Channel.DESK
    made = proposal(by, proposed_by=Actor(person=by, channel=channel))
    easy = rule(name="otherwise", quorum=0)
    request = opened(snapshot(rule(when=condition), easy), made, facts(**item))
    assert (request.plan.rule == "refunds") is asked
