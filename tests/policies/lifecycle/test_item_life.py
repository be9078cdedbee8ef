"""The life of an item as pure rules: what happens, in which order, and what it wants of Jira."""

from __future__ import annotations

from models.approval import ActionKind, ActionResult, ApprovalOutcome, Money
from models.clocks import ClockName
from models.decision import Confidence
from models.events import EventKind
from models.failures import NOT_ENTITLED, NOTHING_TO_ACT_ON, TOO_LATE
from models.item_state import ItemState
from models.lifecycle import Awaiting, Outcome, Severity, Stage, StatusCategory
from models.messages import Acknowledge, Override, ProposeAction, RecontactNotice, Resolve
from policies.lifecycle import (
    acts,
    deadlines,
    observation,
    receiving,
    recontact,
    report,
    running_clocks,
    view,
)
from policies.lifecycle.actions_in import ended
from policies.lifecycle.stages import awaiting_of, clock, stage_of
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


def new_item(**options: object) -> ItemState:
    return receiving.receive(empty_state(), received(**options), T0)  # type: ignore[arg-type]


def kinds(state: ItemState) -> list[EventKind]:
    return [event.kind for event in state.timeline]


def decided(state: ItemState, hours: float = 2) -> ItemState:
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")
    return acts.resolve(state, message, after(hours)).state


def test_a_received_item_counts_from_its_creation_and_says_what_triage_found() -> None:
    state = new_item()

    assert kinds(state) == [
        EventKind.RECEIVED,
        EventKind.TRIAGED,
        EventKind.CLOCK_STARTED,
        EventKind.CLOCK_STARTED,
    ]
    assert stage_of(state) is Stage.CLOCKS
    assert report.due_at(state) == after(4)
    assert "billing" in state.comments[0].body


def test_an_unsure_triage_asks_a_person_until_one_corrects_it() -> None:
    state = new_item(unsure=True)
    assert (stage_of(state), awaiting_of(state)) == (Stage.TRIAGE, Awaiting.TRIAGE)

    message = Override(actor=actor("ada"), category="refund", reason="It is a refund.")
    state = acts.override(state, message, after(1)).state

    assert stage_of(state) is Stage.CLOCKS
    assert state.category == "refund"


def test_an_answer_meets_the_first_response_at_the_moment_it_was_written() -> None:
    state = observation.take_in(new_item(), observed(agent_comment(5, after(1))), after(3))

    first = clock(state, ClockName.FIRST_RESPONSE)
    assert first is not None
    assert first.stopped_at == after(1)
    assert stage_of(state) is Stage.DECIDE


def test_an_internal_note_is_not_an_answer() -> None:
    note = agent_comment(5, after(1), public=False)

    state = observation.take_in(new_item(), observed(note), after(1))

    assert stage_of(state) is Stage.CLOCKS


def test_reading_the_same_comment_twice_changes_nothing() -> None:
    once = observation.take_in(new_item(), observed(agent_comment(5, after(1))), after(1))

    twice = observation.take_in(once, observed(agent_comment(5, after(1))), after(2))

    assert twice == once


def test_waiting_for_the_customer_pauses_and_their_reply_resumes() -> None:
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
    assert awaiting_of(state) is Awaiting.CUSTOMER
    assert report.due_at(state) is None

    state = observation.take_in(
        state, observed(customer_comment(9, after(11)), seen=waiting), after(11)
    )

    resolution = clock(state, ClockName.RESOLUTION)
    assert resolution is not None
    assert not resolution.paused
    assert [
        r.due_at for r in report.status_of(state, after(11)).clocks if r.name == "resolution"
    ] == [after(34)]


def test_a_corrected_severity_keeps_the_start_and_the_pauses() -> None:
    state = new_item()
    message = Override(actor=actor("ada"), severity=Severity.S1, reason="Everybody is affected.")

    state = acts.override(state, message, after(0.5)).state

    assert report.due_at(state) == after(1)


def test_the_ladder_starts_at_its_share_and_climbs_until_acknowledged() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3))
    assert state.ladder.level == 1
    assert stage_of(state) is Stage.ESCALATE
    state = deadlines.pass_deadlines(state, after(4))
    assert state.ladder.level == 2
    assert report.breached(state)

    state = acts.acknowledge(state, Acknowledge(actor=actor("lena")), after(4.5)).state

    assert state.ladder.acknowledgement is not None
    assert stage_of(state) is Stage.CLOCKS
    next_one = deadlines.next_deadline(state)
    assert next_one is not None
    assert next_one.at == after(8.5)


def test_un_acknowledged_work_climbs_again_when_the_acknowledgement_lapses() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3))
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.5)).state

    state = deadlines.pass_deadlines(state, after(7.5))

    assert state.ladder.level == 2


def test_an_answer_calms_the_ladder() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3))

    state = observation.take_in(state, observed(agent_comment(5, after(3.2))), after(3.2))

    assert state.ladder.level == 0
    assert stage_of(state) is Stage.DECIDE


def test_a_rung_that_needs_leave_asks_for_it_and_is_climbed_when_granted() -> None:
    state = new_item()
    for hours in (3, 4, 5):
        state = deadlines.pass_deadlines(state, after(hours))
    assert state.ladder.level == 2
    request = state.actions[-1].proposal
    assert request.kind is ActionKind.CLIMB
    assert awaiting_of(state) is Awaiting.APPROVAL

    result = ActionResult(
        request_id=request.request_id, outcome=ApprovalOutcome.APPROVED, ended_at=after(5.5)
    )
    state = ended(state, result, after(5.5))
    state = deadlines.pass_deadlines(state, after(5.5))

    assert state.ladder.level == 3


def test_a_refused_leave_is_kept_as_evidence_and_the_rung_is_passed_over() -> None:
    state = new_item()
    for hours in (3, 4, 5):
        state = deadlines.pass_deadlines(state, after(hours))
    request = state.actions[-1].proposal

    result = ActionResult(
        request_id=request.request_id, outcome=ApprovalOutcome.REJECTED, ended_at=after(5.5)
    )
    state = deadlines.pass_deadlines(ended(state, result, after(5.5)), after(5.5))

    assert EventKind.CLIMB_REFUSED in kinds(state)
    assert state.ladder.exhausted


def test_a_decision_stops_the_clocks_wants_the_issue_done_and_begins_the_watch() -> None:
    state = decided(new_item())

    assert stage_of(state) is Stage.WATCH
    assert state.wanted_status is StatusCategory.DONE
    assert view.desired_view(state).resolution == "Answered"
    assert state.watch_until == after(74)
    assert report.due_at(state) is None


def test_a_person_without_the_role_may_not_decide_and_that_is_recorded() -> None:
    message = Resolve(actor=actor("ada"), outcome=Outcome.ANSWERED, reason="Done.")

    acted = acts.resolve(new_item(), message, after(1))

    assert acted.refusal == NOT_ENTITLED
    assert acted.state.decision is None
    assert acted.state.timeline[-1].kind is EventKind.ACT_REFUSED


def test_a_second_decision_comes_too_late() -> None:
    message = Resolve(actor=actor("lena"), outcome=Outcome.DECLINED, reason="No.")

    acted = acts.resolve(decided(new_item()), message, after(3))

    assert acted.refusal == TOO_LATE
    assert acted.state.decision is not None
    assert acted.state.decision.outcome is Outcome.ANSWERED


def test_nothing_to_acknowledge_is_said_so() -> None:
    acted = acts.acknowledge(new_item(), Acknowledge(actor=actor("omar")), after(1))

    assert acted.refusal == NOTHING_TO_ACT_ON


def test_a_move_to_done_in_jira_by_an_entitled_person_is_a_decision() -> None:
    done = fields("Done", StatusCategory.DONE, resolution="Won't Do")

    state = observation.take_in(
        new_item(), observed(status_edit(7, after(1), "Open", "Done"), seen=done), after(1)
    )

    assert state.decision is not None
    assert state.decision.outcome is Outcome.DECLINED
    assert state.decision.decided_by.person == "omar"


def test_a_move_to_done_by_somebody_else_is_refused_and_answered_on_the_issue() -> None:
    done = fields("Done", StatusCategory.DONE)

    state = observation.take_in(
        new_item(),
        observed(status_edit(7, after(1), "Open", "Done", by="ada"), seen=done),
        after(1),
    )

    assert state.decision is None
    assert EventKind.ACT_REFUSED in kinds(state)
    assert "not a decision yet" in state.comments[-1].body


def test_a_thank_you_after_the_decision_confirms_it_and_starts_no_clock() -> None:
    thanks = customer_comment(9, after(5), gratitude=True)

    state = observation.take_in(decided(new_item()), observed(thanks), after(5))

    assert state.decision is not None
    assert state.decision.resolution is Confidence.CONFIRMED
    assert not any(run.running for run in state.clocks)


def test_an_angry_return_reopens_the_item_and_keeps_the_failed_decision() -> None:
    done = fields("Done", StatusCategory.DONE)
    state = decided(new_item()).model_copy(update={"wanted_status": None, "seen": done})

    state = observation.take_in(state, observed(customer_comment(9, after(5)), seen=done), after(5))

    assert state.decision is None
    assert state.earlier_decisions[0].resolution is Confidence.FAILED
    assert state.wanted_status is StatusCategory.TO_DO
    resolution = clock(state, ClockName.RESOLUTION)
    assert resolution is not None
    assert (resolution.cycle, resolution.running) == (2, True)


def test_a_return_with_another_issue_relabels_the_resolution_as_failed_once() -> None:
    notice = RecontactNotice(issue_id="10002", issue_key="FT-2", at=after(20))

    once = recontact.came_back(decided(new_item()), notice, after(20))
    twice = recontact.came_back(once, notice, after(21))

    assert once.decision is not None
    assert once.decision.resolution is Confidence.FAILED
    assert once.links[0].other_issue_key == "FT-2"
    assert twice == once


def test_the_watch_ends_and_the_item_closes() -> None:
    state = deadlines.pass_deadlines(decided(new_item()), after(74))

    assert stage_of(state) is Stage.CLOSE
    assert state.timeline[-1].kind is EventKind.CLOSED


def test_an_item_with_a_waiting_approval_cannot_be_decided_around_it() -> None:
    propose = ProposeAction(
        actor=actor("omar"),
        kind=ActionKind.REFUND,
        summary="Refund the double charge.",
        amount=Money(minor=9900, currency="EUR"),
    )
    state = acts.propose(new_item(), propose, after(1)).state
    assert stage_of(state) is Stage.APPROVE

    acted = acts.resolve(
        state, Resolve(actor=actor("lena"), outcome=Outcome.ANSWERED, reason="Done."), after(2)
    )

    assert acted.refusal is not None
    assert acted.refusal.type == "ApprovalWaits"


def test_a_report_of_an_ended_action_that_arrives_twice_changes_nothing() -> None:
    propose = ProposeAction(actor=actor("omar"), kind=ActionKind.DATA_EXPORT, summary="Sorry.")
    state = acts.propose(new_item(), propose, after(1)).state
    result = ActionResult(
        request_id=state.actions[0].proposal.request_id,
        outcome=ApprovalOutcome.NOT_NEEDED,
        ended_at=after(1),
    )

    once = ended(state, result, after(1))

    assert ended(once, result, after(2)) == once


def test_operation_ids_never_repeat() -> None:
    state = decided(deadlines.pass_deadlines(new_item(), after(3)), 3)

    ids = [event.operation_id for event in state.timeline]
    ids += [comment.operation_id for comment in state.comments]

    assert len(ids) == len(set(ids))


def test_old_items_get_one_notice_for_a_deadline_that_passed_long_ago() -> None:
    state = deadlines.pass_deadlines(new_item(), after(30))

    late = [
        e for e in state.timeline if e.kind in (EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED)
    ]

    assert [e.facts["clock"] for e in late] == ["first_response", "resolution"]
    assert all(e.kind is EventKind.CLOCK_BREACHED for e in late)


def test_what_was_written_before_the_decision_and_read_after_it_does_not_reopen() -> None:
    state = observation.take_in(
        decided(new_item(), 2), observed(customer_comment(9, after(1.9))), after(2.1)
    )

    assert state.decision is not None


def test_a_policy_may_let_a_reopened_clock_go_on_where_it_stood() -> None:
    state = decided(new_item(), 2)
    pinned = state.snapshot
    assert pinned is not None
    state = state.model_copy(
        update={"snapshot": pinned.model_copy(update={"reopen_is_new_cycle": False})}
    )

    state = observation.take_in(state, observed(customer_comment(9, after(10))), after(10))

    resolution = clock(state, ClockName.RESOLUTION)
    assert resolution is not None
    assert (resolution.cycle, report.due_at(state)) == (1, after(14))
    assert running_clocks.due(state, resolution) == after(32)


def test_a_due_time_beyond_the_pinned_calendar_is_not_known_and_harms_nothing() -> None:
    state = new_item()
    pinned = state.snapshot
    assert pinned is not None
    short = pinned.calendar.model_copy(
        update={"covers_until": int(after(10).timestamp()), "intervals": pinned.calendar.intervals}
    )
    state = state.model_copy(update={"snapshot": pinned.model_copy(update={"calendar": short})})

    assert report.due_at(state) == after(4)
    assert deadlines.calendar_runs_out(state, after(1))
