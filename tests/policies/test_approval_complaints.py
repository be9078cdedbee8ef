"""One test for each complaint about approvals that other systems' users have raised."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.approval import ActionKind, ApprovalOutcome, Choice, Money, RequestStep
from models.approval_rule import Counting, OnExpiry, StageRule
from models.lifecycle import Severity
from models.messages import ProposeAction
from models.people import Actor, Channel
from policies import approval
from policies.lifecycle import acts, edits_in
from policies.lifecycle.receiving import receive
from policies.request_digest import digest_of
from tests import samples
from tests.policies.approval_cases import (
    NOW,
    PEOPLE,
    SUBJECT,
    ballot,
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

APPROVED = ApprovalOutcome.APPROVED


def test_assigning_ones_own_team_does_not_make_one_an_approver_openmetadata_14337() -> None:
    own_team = rule(groups=("support",), quorum=1, exclude_requesters_group=True)
    request = voted(opened(snapshot(own_team, rule(name="never"))), "omar", "ada", "lena")
    assert request.outcome is ApprovalOutcome.IMPOSSIBLE
    assert request.votes == ()


def test_a_bots_token_does_not_approve_for_the_human_who_asked_repo_224() -> None:
    bot = PEOPLE[-1].model_copy(update={"roles": ("voter",), "groups": ("finance",)})
    human = next(one for one in PEOPLE if one.id == "omar").model_copy(
        update={"groups": ("finance",)}
    )
    for asker, voter in (("omar", "robot"), ("robot", "omar"), ("robot", "robot")):
        request = voted(opened(snapshot(people=(bot, human)), proposal(by=asker)), voter)
        assert request.votes == ()
        assert refusal(request)[0] == "NotEntitled"


@pytest.mark.parametrize("channel", [one for one in Channel if one is not Channel.AUTOMATION])
def test_who_may_approve_is_enforced_whatever_the_client_avni_1025(channel: Channel) -> None:
    made = ballot("omar").model_copy(update={"actor": Actor(person="omar", channel=channel)})
    request, _ = approval.cast(opened(), made, SUBJECT, NOW)
    assert request.votes == ()
    assert refusal(request)[0] == "NotEntitled"


def test_both_must_approve_and_not_the_first_to_claim_it_awaithumans_76() -> None:
    request = voted(opened(), "fay")
    assert request.outcome is None
    assert voted(request, "finn").outcome is APPROVED


def test_votes_stand_for_ever_and_in_their_order_ascender_579() -> None:
    request = voted(opened(), "fay")
    changed = voted(request, "fay", choice=Choice.REJECT)
    assert changed.votes == request.votes
    assert refusal(changed) == ("AlreadyVoted", "Fay has voted on this. Votes are final.")
    assert [event.sequence for event in changed.log] == list(range(1, len(changed.log) + 1))


def test_many_ways_into_the_approved_status_carry_nothing_out_jsm_multi_exit() -> None:
    """A move is a ballot of whoever moved it, and a status that means nothing is none."""
    received = samples.received()
    statuses = received.snapshot.statuses.model_copy(update={"approve_when": ("Approved",)})
    pinned = received.snapshot.model_copy(update={"statuses": statuses})
    state = receive(samples.empty_state(), received.model_copy(update={"snapshot": pinned}), NOW)
    message = ProposeAction(
        actor=samples.actor("omar"),
        kind=ActionKind.REFUND,
        summary="Charged twice.",
        amount=Money(minor=9900, currency="EUR"),
    )
    state = acts.propose(state, message, NOW).state
    for number, (to, by) in enumerate((("Approved", "omar"), ("Released", "fay")), 1):
        edit = samples.status_edit(number, NOW, "Open", to, by=by)
        seen = samples.observed(edit)
        state = edits_in.take(state, edit, seen, {}, NOW)
    cast = [one.ballot for one in state.outgoing if one.ballot]
    assert [(one.actor.person, one.moved_to) for one in cast] == [("omar", "Approved")]
    assert state.actions[0].waiting


def test_the_same_count_applies_to_each_group_where_wanted_jsm_groups() -> None:
    each = rule(groups=("finance", "security"), quorum=1, counted=Counting.EACH_GROUP)
    assert voted(opened(snapshot(each)), "fay", "finn").outcome is None
    assert voted(opened(snapshot(each)), "fay", "sam").outcome is APPROVED


def test_holding_the_authority_does_not_approve_ones_own_request_servicenow_procurement() -> None:
    request = opened(asked=proposal(by="fay"))
    assert request.outcome is ApprovalOutcome.IMPOSSIBLE
    assert request.plan.excluded[0].person == "fay"


def test_inactive_people_neither_count_nor_vote_servicenow() -> None:
    gone = PEOPLE[3].model_copy(update={"active": False})
    third = person("flo", "finance")
    request = voted(opened(snapshot(people=(gone, third))), "fay")
    assert refusal(request) == ("NotEntitled", "Fay is no longer active.")
    assert [one.id for one in request.present.eligible] == ["finn", "flo"]


def test_what_was_approved_does_not_expire_before_it_is_carried_out_posthog_expiry() -> None:
    request = voted(opened(), "fay", "finn", now=NOW + timedelta(hours=3))
    assert approval.pass_time(request, NOW + timedelta(days=30)).outcome is APPROVED


def test_what_is_carried_out_is_exactly_what_was_reviewed_or_nothing_posthog_version_check() -> (
    None
):
    request = voted(opened(), "fay")
    worse = digest_of(proposal(), facts(severity=Severity.S1), snapshot().version)
    void = approval.subject_changed(request, worse, NOW)
    assert void.outcome is ApprovalOutcome.STALE
    assert voted(void, "finn").outcome is ApprovalOutcome.STALE
    assert not void.outcome.granted


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": Severity.S1},
        {"category": "outage"},
        {"customer": "somebody-else"},
        {"segment": "enterprise"},
        {"country": "FR"},
        {"revision": 1},
    ],
)
def test_a_request_is_void_when_what_it_rests_on_has_changed(changed: dict[str, object]) -> None:
    request, version = opened(), snapshot().version
    same = digest_of(proposal(), facts(stage="approve", confidence=0.1), version)
    assert approval.subject_changed(request, same, NOW) == request
    other = digest_of(proposal(), facts(**changed), version)
    assert approval.subject_changed(request, other, NOW).outcome is ApprovalOutcome.STALE


def test_people_leaving_do_not_change_a_percent_quorum_servicenow_percent() -> None:
    team = tuple(person(f"f{number}", "finance") for number in range(2))
    request = opened(snapshot(rule(quorum=1, percent=75), people=team))
    assert request.present.quorums[0].needed == 3
    assert voted(request, "fay", "finn").outcome is None


def test_the_last_vote_and_the_expiry_are_decided_once_and_in_order_posthog_race() -> None:
    at = NOW + timedelta(hours=4)
    vote_first = voted(opened(), "fay", "finn", now=at)
    assert approval.pass_time(vote_first, at).outcome is APPROVED
    expiry_first = voted(approval.pass_time(opened(), at), "fay", "finn", now=at)
    assert expiry_first.outcome is ApprovalOutcome.EXPIRED
    assert [one.failure for one in expiry_first.refused] == ["TooLate", "TooLate"]
    steps = [event.step for event in expiry_first.log]
    assert steps.index(RequestStep.DECIDED) < steps.index(RequestStep.BALLOT_REFUSED)


def test_approvers_are_not_exchanged_while_it_is_pending_jsm_edit_approvers() -> None:
    request = opened()
    assert refusal(voted(request, "eve"))[0] == "NotEntitled"
    assert request.plan.eligible == request.present.eligible


def test_silence_never_approves_what_no_words_allow_servicenow_due_date() -> None:
    silent = rule(
        on_expiry=OnExpiry.ESCALATE, escalate_to=StageRule(name="e", groups=("executives",))
    )
    request = approval.pass_time(opened(snapshot(silent)), NOW + timedelta(hours=4))
    assert request.outcome is None, "somebody else is asked, nothing is approved"


def test_a_delegate_of_the_requester_does_not_decide_for_them() -> None:
    request = opened(snapshot(delegations=(lent("omar", "fay"),)))
    assert request.outcome is ApprovalOutcome.IMPOSSIBLE
    why = {one.person: one.why for one in request.plan.excluded}
    assert "Fay acts for Omar" in why["fay"]


def test_the_requester_does_not_vote_as_somebody_elses_delegate() -> None:
    request = voted(opened(snapshot(delegations=(lent("fay", "omar"),))), "omar")
    assert request.votes == ()
    assert refusal(request)[0] == "NotEntitled"


def test_a_ballot_for_another_state_of_the_request_is_refused_and_kept() -> None:
    request = opened()
    stale, _ = approval.cast(request, ballot("fay", digest="0" * 64), SUBJECT, NOW)
    assert refusal(stale)[0] == "Stale"
    counted, _ = approval.cast(request, ballot("fay", digest=request.digest[:8]), SUBJECT, NOW)
    assert [one.person for one in counted.votes] == ["fay"]
