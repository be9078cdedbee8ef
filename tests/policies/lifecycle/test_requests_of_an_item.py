"""What an item does about its requests: asks anew, lets its clocks stand still, believes no signal."""

from __future__ import annotations

from typing import Any

import pytest

from models.approval import (
    ActionKind,
    ActionResult,
    AmendAction,
    AmendedAt,
    ApprovalOutcome,
    Choice,
    Money,
    RefusedBallot,
)
from models.events import EventKind
from models.failures import EFFECT_UNVERIFIED, TOO_LATE
from models.item_state import ItemState
from models.lifecycle import Severity, StatusCategory
from models.messages import ActionChanged, BallotRefused, ProposeAction
from models.people import Channel
from models.status_map import StatusMap
from policies import approval_acts, approval_plan
from policies.lifecycle import actions_in, acts, edits_in
from policies.lifecycle.facts import item_facts, tell_outdated
from policies.lifecycle.ladder import change_severity
from policies.lifecycle.receiving import receive
from policies.lifecycle.running_clocks import running
from tests import samples
from tests.samples import after


def item(**snapshot: Any) -> ItemState:
    received = samples.received()
    pinned = received.snapshot.model_copy(update=snapshot)
    return receive(
        samples.empty_state(), received.model_copy(update={"snapshot": pinned}), after(0)
    )


def asked(state: ItemState) -> ItemState:
    """With a refund that runs."""
    message = ProposeAction(
        actor=samples.actor("omar"),
        kind=ActionKind.REFUND,
        summary="Charged twice.",
        amount=Money(minor=9900, currency="EUR"),
    )
    state = acts.propose(state, message, after(1)).state
    started = tuple(a.model_copy(update={"started": True}) for a in state.actions)
    return state.model_copy(update={"actions": started})


def pausing(pause_clocks: bool | None) -> tuple[Any, ...]:
    rules = samples.snapshot().approvals
    return tuple(
        rule.model_copy(update={"pause_clocks": pause_clocks}) if "refund" in rule.actions else rule
        for rule in rules
    )


def test_each_waiting_request_is_told_once_that_its_subject_changed() -> None:
    state = asked(item())
    assert tell_outdated(state) == state
    changed = change_severity(state, Severity.S1, after(2))
    told = tell_outdated(changed)
    assert [one.subject for one in told.outgoing if one.subject] == [item_facts(changed)]
    assert tell_outdated(told) == told


def test_a_customers_edit_counts_and_a_label_does_not() -> None:
    state = asked(item())
    edit = samples.status_edit(1, after(2), "a", "b")
    for field, outdated in (("labels", False), ("description", True)):
        change = edit.model_copy(update={"field": field})
        edited = edits_in.take(state, change, samples.observed(change), {}, after(2))
        assert bool(tell_outdated(edited).outgoing) is outdated, field


def test_a_void_request_is_asked_anew_for_the_same_person() -> None:
    state = asked(item())
    first = state.actions[0].proposal
    result = ActionResult(
        request_id=first.request_id, outcome=ApprovalOutcome.STALE, ended_at=after(2)
    )
    state = actions_in.ended(state, result, after(2))
    again = state.actions[1]
    assert again.waiting
    assert again.proposal.renews == first.request_id
    assert again.proposal.request_id != first.request_id
    assert (again.proposal.amount, again.proposal.proposed_by) == (first.amount, first.proposed_by)


@pytest.mark.parametrize(
    ("general", "rule", "paused"),
    [(False, True, True), (True, False, False), (False, None, False), (True, None, True)],
)
def test_a_rule_says_whether_the_clocks_stand_still_while_it_waits(
    general: bool, rule: bool | None, paused: bool
) -> None:
    state = asked(item(pause_while_approving=general, approvals=pausing(rule)))
    request = state.actions[0].proposal.request_id
    if rule is not None:
        change = ActionChanged(request_id=request, pause_clocks=rule)
        state = actions_in.changed(state, change, after(1))
    counting = [run.name for run in running(state) if run.name != "approval"]
    assert (not counting) is paused
    result = ActionResult(request_id=request, outcome=ApprovalOutcome.REJECTED, ended_at=after(2))
    state = actions_in.ended(state, result, after(2))
    assert [run.name for run in running(state) if run.name != "approval"]


def test_a_forged_signal_cannot_stop_clocks_that_no_rule_lets_stand_still() -> None:
    state = asked(item())
    change = ActionChanged(request_id=state.actions[0].proposal.request_id, pause_clocks=True)
    assert actions_in.changed(state, change, after(1)) == state


def amended(
    state: ItemState, person: str, minor: int, *, shown: int | None = None
) -> ActionChanged:
    """What the request's workflow tells of an amendment; `shown` is what a forger makes of it."""
    action = state.actions[0]
    change = AmendAction(
        actor=samples.actor(person),
        request_id=action.proposal.request_id,
        amount=Money(minor=minor, currency="EUR"),
    )
    proposal = approval_acts.amend(action.proposal, change)
    if shown is not None:
        proposal = proposal.model_copy(update={"amount": Money(minor=shown, currency="EUR")})
    return ActionChanged(
        request_id=change.request_id,
        proposal=proposal,
        amendment=AmendedAt(change=change, at=after(1)),
    )


def minor_of(state: ItemState) -> int:
    amount = state.actions[0].proposal.amount
    return amount.minor if amount else 0


def test_an_amended_request_shows_what_is_asked_now() -> None:
    state = asked(item())
    assert minor_of(actions_in.changed(state, amended(state, "lena", 100), after(1))) == 100


def test_a_forged_amendment_does_not_change_what_the_issue_says_is_voted_on() -> None:
    state = asked(item())
    lies = (
        amended(state, "lena", 100, shown=1),
        amended(state, "fay", 100),
        amended(state, "lena", 100).model_copy(update={"amendment": None}),
    )
    for lie in lies:
        told = actions_in.changed(state, lie, after(1))
        assert minor_of(told) == 9900
        assert told.comments == state.comments
        assert told.timeline[-1].kind is EventKind.ACT_REFUSED


def test_an_amendment_that_was_taken_in_is_not_taken_in_again() -> None:
    state = asked(item())
    first = amended(state, "lena", 100)
    state = actions_in.changed(state, first, after(1))
    state = actions_in.changed(state, amended(state, "ada", 200), after(2))
    again = approval_acts.amend(state.actions[0].proposal, first.amendment.change)  # type: ignore[union-attr] # it has one
    state = actions_in.changed(state, first.model_copy(update={"proposal": again}), after(3))
    assert minor_of(state) == 200


def test_clocks_go_by_sla_yaml_again_once_another_rule_decides_the_amended_request() -> None:
    state = asked(item(pause_while_approving=False, approvals=pausing(True)))
    request = state.actions[0].proposal.request_id
    state = actions_in.changed(
        state, ActionChanged(request_id=request, pause_clocks=True), after(1)
    )
    assert not [run for run in running(state) if run.name != "approval"]
    usual = ActionChanged(request_id=request, pause_as_usual=True)
    state = actions_in.changed(state, usual, after(2))
    assert [run for run in running(state) if run.name != "approval"]


def test_a_report_that_the_request_does_not_confirm_is_kept_as_refused() -> None:
    state = asked(item())
    request = state.actions[0].proposal.request_id
    state = actions_in.reported(state, request)
    assert state.reported == (request,)
    state = actions_in.confirmed(state, request, None, after(2))
    assert state.actions[0].waiting
    assert state.reported == ()
    assert state.timeline[-1].facts["failure"] == "Unproven"


def test_a_move_into_a_status_of_the_policy_is_passed_on_as_a_vote() -> None:
    statuses = StatusMap(approve_when=("Approved",), reject_when=("Declined",))
    state = asked(item(statuses=statuses))
    edit = samples.status_edit(1, after(2), "Open", "Declined", by="fay")
    state = edits_in.take(state, edit, samples.observed(edit), {}, after(2))
    ballot = state.outgoing[-1].ballot
    assert ballot is not None
    assert (ballot.actor.person, ballot.choice, ballot.moved_to) == (
        "fay",
        Choice.REJECT,
        "Declined",
    )


def test_a_move_while_nothing_waits_is_no_vote_and_says_so() -> None:
    state = item(statuses=StatusMap(approve_when=("Approved",)))
    edit = samples.status_edit(1, after(2), "Open", "Approved", by="fay")
    state = edits_in.take(state, edit, samples.observed(edit), {}, after(2))
    assert state.outgoing == ()
    assert "was no vote" in state.comments[-1].body


def moved(state: ItemState, to: str, by: str = "fay", **values: Any) -> ItemState:
    edit = samples.status_edit(1, after(2), "In Progress", to, by=by)
    categories = {"In Progress": StatusCategory.IN_PROGRESS, **values}
    return edits_in.take(state, edit, samples.observed(edit), categories, after(2))


def test_a_move_with_two_requests_open_names_both_and_votes_on_neither() -> None:
    state = asked(asked(item(statuses=StatusMap(approve_when=("Approved",)))))
    state = moved(state, "Approved")
    assert state.outgoing == ()
    for action in state.actions:
        assert f"/approve {action.proposal.request_id}" in state.comments[-1].body


def test_an_approved_request_that_stands_still_waits_for_no_vote() -> None:
    state = asked(asked(item(statuses=StatusMap(approve_when=("Approved",)))))
    first, second = state.actions
    stuck = first.model_copy(update={"stuck": EFFECT_UNVERIFIED.type})
    state = moved(state.model_copy(update={"actions": (stuck, second)}), "Approved")
    assert [one.workflow_id for one in state.outgoing] == [second.workflow_id]


def test_a_vote_by_a_move_into_done_decides_no_item() -> None:
    state = item(statuses=StatusMap(approve_when=("Approved",)))
    state = moved(state, "Approved", by="omar", Approved=StatusCategory.DONE)
    assert state.decision is None
    assert state.asked == ("status",)


def test_a_vote_that_found_its_request_ended_is_answered_on_the_issue() -> None:
    state = moved(asked(item(statuses=StatusMap(approve_when=("Approved",)))), "Approved")
    ballot = state.outgoing[-1].ballot
    assert ballot is not None
    told = actions_in.came_too_late(state, ballot)
    assert "fay's vote to approve did not count" in told.comments[-1].body


def test_a_refused_vote_on_a_request_of_another_item_says_nothing() -> None:
    state = asked(item())
    refused = RefusedBallot(
        person="fay",
        channel=Channel.JIRA,
        choice=Choice.APPROVE,
        failure=TOO_LATE.type,
        why=TOO_LATE.remedy,
        at=after(2),
    )
    notice = BallotRefused(request_id="of-another-item", refused=refused)
    assert actions_in.ballot_refused(state, notice) == state


def test_many_small_requests_are_one_large_one_in_whatever_currencies() -> None:
    state = item()
    for currency in ("EUR", "USD"):
        message = ProposeAction(
            actor=samples.actor("omar"),
            kind=ActionKind.CREDIT,
            summary="Sorry.",
            amount=Money(minor=900, currency=currency),
        )
        state = acts.propose(state, message, after(1)).state
    newest = state.actions[-1].proposal
    looked_at = approval_plan.facts_of(newest, item_facts(state, newest))
    assert (looked_at["action.amount_minor"], looked_at["action.total_minor"]) == (900, 1800)


def test_what_was_refused_before_does_not_count_against_a_request() -> None:
    state = asked(item())
    first = state.actions[0].proposal
    result = ActionResult(
        request_id=first.request_id, outcome=ApprovalOutcome.REJECTED, ended_at=after(2)
    )
    state = asked(actions_in.ended(state, result, after(2)))
    newest = state.actions[-1].proposal
    looked_at = approval_plan.facts_of(newest, item_facts(state, newest))
    assert looked_at["action.total_minor"] == 9900
