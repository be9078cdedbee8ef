"""Cases in which an item could have lost something, or done something that nobody wanted."""

from __future__ import annotations

from models.approval import ActionKind, ActionResult, ApprovalOutcome, Money
from models.clocks import ClockName
from models.decision import Confidence
from models.failures import AMOUNT_MISSING, DUPLICATE_OF_ITSELF, UNKNOWN_VALUE
from models.item_state import ItemState, LadderState, Parked
from models.jira_view import (
    CommandName,
    JiraCommand,
    ObservedEdit,
    ProjectionProblem,
    ProjectionResult,
    Side,
)
from models.lifecycle import Awaiting, Outcome, Severity, StatusCategory
from models.messages import Override, ProposeAction, Resolve, Resume
from models.people import Channel
from policies.lifecycle import acts, deadlines, observation, receiving, recontact, view, words
from policies.lifecycle.actions_in import ended
from policies.lifecycle.stages import awaiting_of, clock
from tests.samples import (
    T0,
    actor,
    after,
    agent_comment,
    customer_comment,
    empty_state,
    fields,
    observed,
    received,
    status_edit,
)

DONE = fields("Done", StatusCategory.DONE)


def new_item(severity: Severity = Severity.S3) -> ItemState:
    return receiving.receive(empty_state(), received(severity=severity), T0)


def decided(hours: float = 2) -> ItemState:
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")
    return acts.resolve(new_item(), message, after(hours)).state


def edit(field: str, before: str | None, to: str | None, by: str | None = "ada") -> ObservedEdit:
    return ObservedEdit(
        change_id=7,
        field=field,
        author_account_id=f"acc-{by}",
        actor=actor(by, Channel.JIRA) if by else None,
        side=Side.STAFF,
        at=after(1),
        before=before,
        after=to,
    )


def test_a_decision_in_jira_counts_from_when_it_was_made_so_a_later_objection_reopens() -> None:
    state = observation.take_in(
        new_item(),
        observed(
            status_edit(7, after(1), "Open", "Done"), customer_comment(9, after(2)), seen=DONE
        ),
        after(3),
    )

    assert state.decision is None
    assert state.earlier_decisions[0].decided_at == after(1)
    assert state.earlier_decisions[0].resolution is Confidence.FAILED


def test_the_first_move_into_done_decides_not_a_later_move_between_done_statuses() -> None:
    state = observation.take_in(
        new_item(),
        observed(
            status_edit(7, after(1), "Open", "Done"),
            status_edit(8, after(2), "Done", "Closed", by="ada"),
            seen=fields("Closed", StatusCategory.DONE),
        ),
        after(3),
    )

    assert state.decision is not None
    assert state.decision.decided_by.person == "omar"


def test_moving_an_issue_that_never_reached_done_does_not_fail_the_decision() -> None:
    moved = fields("In Progress", StatusCategory.IN_PROGRESS)

    state = observation.take_in(
        decided(), observed(status_edit(7, after(3), "Open", "In Progress"), seen=moved), after(3)
    )

    assert state.decision is not None
    assert state.decision.resolution is Confidence.ASSUMED


def test_an_item_reopened_while_it_closes_stays_open() -> None:
    closing = deadlines.pass_deadlines(decided(), after(75))
    assert closing.closed_at is not None

    assert recontact.reopen(closing, after(75), "the customer wrote").closed_at is None


def test_a_parked_item_does_not_close_before_jira_was_told() -> None:
    parked = decided().model_copy(
        update={"parked": Parked(failure="JiraAuthentication", doing="telling", since=after(2))}
    )

    assert deadlines.pass_deadlines(parked, after(100)).closed_at is None
    assert deadlines.next_deadline(parked) is None


def test_an_action_that_was_approved_and_not_carried_out_says_so() -> None:
    propose = ProposeAction(actor=actor("omar"), kind=ActionKind.DATA_EXPORT, summary="Sorry.")
    state = acts.propose(new_item(), propose, after(1)).state
    proposal = state.actions[0].proposal
    result = ActionResult(
        request_id=proposal.request_id,
        outcome=ApprovalOutcome.APPROVED,
        failure="EffectRefused",
        ended_at=after(2),
    )

    assert "not carried out (EffectRefused)" in ended(state, result, after(2)).comments[-1].body
    assert "Propose it anew" in words.ended_note(proposal, result)


def test_an_answer_takes_back_leave_that_is_still_asked() -> None:
    state = new_item()
    for hours in (3, 4, 5):
        state = deadlines.pass_deadlines(state, after(hours))
    asked = state.actions[-1].workflow_id

    state = observation.take_in(state, observed(agent_comment(5, after(5.2))), after(5.2))

    # The resolution is not pressing yet, so the ladder rests and its request is withdrawn.
    assert state.ladder == LadderState()
    assert [message.workflow_id for message in state.outgoing] == [asked]


def test_another_severity_means_another_ladder_from_its_foot() -> None:
    state = new_item()
    pinned = state.snapshot
    assert pinned is not None
    urgent = pinned.rules[Severity.S1]
    urgent = urgent.model_copy(
        update={"ladder": urgent.ladder.model_copy(update={"name": "urgent"})}
    )
    state = state.model_copy(
        update={
            "snapshot": pinned.model_copy(update={"rules": {**pinned.rules, Severity.S1: urgent}})
        }
    )
    state = deadlines.pass_deadlines(deadlines.pass_deadlines(state, after(3)), after(4))
    assert state.ladder.level == 2

    message = Override(actor=actor("ada"), severity=Severity.S1, reason="Everybody is hit.")
    state = acts.override(state, message, after(4.1)).state

    assert state.ladder == LadderState()
    assert deadlines.pass_deadlines(state, after(4.1)).ladder.level == 1


def test_an_issue_that_a_person_unassigned_stays_unassigned() -> None:
    seen = fields(assignee_account_id=None)

    state = observation.take_in(
        new_item(), observed(edit("assignee", "acc-omar", None), seen=seen), after(1)
    )

    assert view.desired_view(state).assignee_account_id is None


def test_a_priority_that_means_no_severity_of_ours_is_left_alone() -> None:
    state = observation.take_in(
        new_item(), observed(edit("priority", "Medium", "Blocker")), after(1)
    )

    assert state.severity is Severity.S3
    assert view.desired_view(state).priority is None


def test_a_priority_set_by_nobody_of_ours_changes_no_severity() -> None:
    state = observation.take_in(
        new_item(), observed(edit("priority", "Medium", "Highest", by=None)), after(1)
    )

    assert state.severity is Severity.S3
    assert view.desired_view(state).priority is None


def test_a_reply_in_a_waiting_status_makes_it_the_owners_move() -> None:
    waiting = fields("Waiting for customer", StatusCategory.IN_PROGRESS)
    state = observation.take_in(
        new_item(),
        observed(
            agent_comment(5, after(1)),
            status_edit(7, after(1), "Open", "Waiting for customer"),
            seen=waiting,
        ),
        after(1),
    )

    state = observation.take_in(
        state, observed(customer_comment(9, after(2)), seen=waiting), after(2)
    )

    assert awaiting_of(state) is Awaiting.OWNER


def test_the_ladder_waits_as_much_longer_as_the_clocks_stood_still() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3))
    assert state.ladder.next_at == after(4)
    waiting = fields("Waiting for customer", StatusCategory.IN_PROGRESS)
    state = observation.take_in(
        state,
        observed(status_edit(7, after(3.5), "Open", "Waiting for customer"), seen=waiting),
        after(3.5),
    )

    state = observation.take_in(
        state, observed(customer_comment(9, after(50)), seen=waiting), after(50)
    )

    assert state.ladder.next_at == after(50.5)


def test_a_clock_never_starts_before_the_issue_was_created() -> None:
    early = [agent_comment(5, after(-300)), customer_comment(6, after(-200))]

    state = observation.take_in(new_item(), observed(*early), after(1))

    next_response = clock(state, ClockName.NEXT_RESPONSE)
    assert next_response is not None
    assert next_response.started_at == T0


def test_an_owner_whom_the_policy_does_not_know_is_refused() -> None:
    message = Override(actor=actor("ada"), owner="somebody@example.com", reason="They know it.")

    acted = acts.override(new_item(), message, after(1))

    assert acted.refusal == UNKNOWN_VALUE
    assert acted.state.owner == "omar"


def test_an_issue_that_arrives_done_is_not_followed() -> None:
    arrived = received().model_copy(update={"observed": observed(seen=DONE)})

    state = receiving.receive(empty_state(), arrived, T0)

    assert state.closed_at == T0
    assert state.clocks == ()
    assert not view.must_project(state)


def test_a_later_life_counts_from_what_brought_the_issue_back() -> None:
    back = received().model_copy(
        update={"observed": observed(customer_comment(9, after(1000))), "again": True}
    )

    state = receiving.receive(empty_state(), back, after(1001))

    first = clock(state, ClockName.FIRST_RESPONSE)
    assert first is not None
    assert first.started_at == after(1000)


def test_a_move_that_jira_refuses_is_not_tried_again_and_again() -> None:
    state = decided()
    wanted = view.desired_view(state)
    refused = ProjectionProblem(failure="JiraRefused", field="status")
    result = ProjectionResult(observed=observed(), problems=(refused,), calls=3)

    told = view.projected(state, wanted, result)

    assert told.wanted_status is None
    assert not observation.made_news(told, told)


def test_a_refund_without_an_amount_is_refused() -> None:
    propose = ProposeAction(actor=actor("omar"), kind=ActionKind.REFUND, summary="Some money.")

    assert acts.propose(new_item(), propose, after(1)).refusal == AMOUNT_MISSING


def test_whoever_decides_is_warned_that_the_same_was_asked_before() -> None:
    propose = ProposeAction(
        actor=actor("omar"),
        kind=ActionKind.REFUND,
        summary="Charged twice.",
        amount=Money(minor=25_000, currency="EUR"),
    )
    state = acts.propose(new_item(), propose, after(1)).state

    again = acts.propose(state, propose, after(2))

    assert "the same was asked before" in again.message
    assert "the same was asked before" in again.state.comments[-1].body


def test_an_issue_is_no_duplicate_of_itself() -> None:
    message = Resolve(
        actor=actor("omar"), outcome=Outcome.DUPLICATE, reason="Seen.", duplicate_of="FT-1"
    )

    assert acts.resolve(new_item(), message, after(1)).refusal == DUPLICATE_OF_ITSELF


def test_an_unknown_command_is_answered_and_is_no_answer_to_the_customer() -> None:
    command = JiraCommand(name=CommandName.UNKNOWN, actor=actor("ada"), problem="No such command.")
    comment = agent_comment(5, after(1)).model_copy(update={"command": command})

    state = observation.take_in(new_item(), observed(comment), after(1))

    first = clock(state, ClockName.FIRST_RESPONSE)
    assert first is not None
    assert first.running
    assert state.comments[-1].body == "No such command."


def test_only_somebody_entitled_takes_a_parked_item_up_again() -> None:
    parked = new_item().model_copy(
        update={"parked": Parked(failure="JiraAuthentication", doing="telling", since=after(2))}
    )

    refused = acts.resume(parked, Resume(actor=actor("nobody")), after(3))
    done = acts.resume(parked, Resume(actor=actor("lena")), after(3))

    assert refused.parked is not None
    assert done.parked is None
