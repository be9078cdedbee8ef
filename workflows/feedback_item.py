"""The life of one feedback item, from its Jira issue to a recorded decision and beyond.

The rules are pure functions in `policies.lifecycle`; this workflow holds the state, carries out
what the state wants of the outside, and wakes for news or for the next deadline.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from models.approval import ActionKind, Ballot
    from models.decision import Confidence
    from models.explanation import ClockFacts
    from models.failures import MALFORMED, NOTHING_TO_ACT_ON, TOO_LATE, UNPROVEN
    from models.item_state import ItemState
    from models.lifecycle import Outcome
    from models.messages import (
        Acknowledge,
        ActionChanged,
        ActionReminder,
        ActionReported,
        ActionStuck,
        Answer,
        BallotRefused,
        ExceptionTold,
        ItemResult,
        ItemStart,
        ItemStatus,
        ItemSubject,
        JiraChanged,
        MigratePolicy,
        Override,
        ProposeAction,
        RecontactNotice,
        Resolve,
        Resume,
        Timeline,
    )
    from models.names import FEEDBACK_ITEM_WORKFLOW
    from models.people import Act, Actor, Channel
    from policies.lifecycle import acts, deadlines, effects_in, migrating, report
    from policies.lifecycle.actions_in import ballot_refused, changed, reminded, reported
    from policies.lifecycle.clock_notes import clock_facts
    from policies.lifecycle.recontact import came_back
    from policies.lifecycle.stages import stage_of
    from workflows.alarm import Alarm
    from workflows.item_errands import ItemErrands
    from workflows.new_runs import begin_anew, should_begin_anew
    from workflows.policy_errand import PolicyUnavailable, pin_policy_in_force


@workflow.defn(name=FEEDBACK_ITEM_WORKFLOW)
class FeedbackItemWorkflow:
    """One feedback item. Handlers change the state; `run` does what the state asks for."""

    @workflow.init
    def __init__(self, start: ItemStart) -> None:
        info = workflow.info()
        # A state that somebody else hands in would bring its own rules and approvals with it.
        carried = start.carried if info.continued_run_id else None
        self.state = carried or ItemState(
            issue_id=start.issue_id,
            workflow_id=info.workflow_id,
            # The end of a run id is random; its beginning is the time, which two lives may share.
            life=info.first_execution_run_id[-8:],
        )
        self._errands = ItemErrands(self, start.issue_key)
        self._alarm = Alarm()
        self._news = True
        self.jira_changed_since_read = start.unread

    @workflow.run
    async def run(self, start: ItemStart) -> ItemResult:
        """Live until the watch after the decision ends."""
        while True:
            self._news = False
            await self._errands.run_all()
            if self.state.closed_at is not None and not self._news:
                break
            # A handler under way may wait for an errand, so it is not waited for here.
            if should_begin_anew():
                self._begin_anew(start)
            self._alarm.set(deadlines.next_deadline(self.state))
            await workflow.wait_condition(lambda: self._news or self._alarm.rang)
        self._alarm.silence()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._result()

    def _begin_anew(self, start: ItemStart) -> NoReturn:
        """Continue as new with everything carried over; what was not done yet is done there."""
        self._alarm.silence()
        state = self.state.model_copy(update={"generation": self.state.generation + 1})
        carried = {"carried": state, "unread": self.jira_changed_since_read}
        begin_anew(start.model_copy(update=carried))

    def _result(self) -> ItemResult:
        decision, item = self.state.decision, self.state.item
        return ItemResult(
            issue_id=self.state.issue_id,
            issue_key=item.issue_key if item else self.state.issue_id,
            outcome=decision.outcome if decision else Outcome.NO_CHANGE,
            resolution=decision.resolution if decision else Confidence.ASSUMED,
            events=self.state.sequence,
            ledger=self.state.closing_anchor,
        )

    def wake(self) -> None:
        """Something changed that `run` has to look at."""
        self._news = True

    # Signals: something happened elsewhere. They never raise.

    @workflow.signal(
        description="Something changed on the Jira issue: read it again. Sent by the webhook and the sweep."
    )
    def jira_changed(self, change: JiraChanged) -> None:
        """The payload is a hint only. A parked item tries again: the change may be the remedy."""
        self.jira_changed_since_read = True
        how = "Tried again, because the issue changed."
        self.state = acts.take_up(self.state, how, None, workflow.now())
        self.wake()

    @workflow.signal(
        description="Vote on one of this item's requests. Easier: open the request's own workflow "
        "and send the update `decide` there, which answers you."
    )
    def decide(self, ballot: Any) -> None:
        """Taken leniently and passed on; entitlement is judged where the votes are counted."""
        try:
            vote = Ballot.model_validate(ballot)
        except ValidationError:
            self._become(acts.note_malformed(self.state, "decide", workflow.now()))
            return
        self._become(acts.pass_on(self.state, vote, workflow.now()))

    @workflow.signal(
        description="The same customer came back with another issue. Sent by that item."
    )
    def recontact(self, notice: RecontactNotice) -> None:
        """Re-labels the resolution as failed."""
        self._become(came_back(self.state, notice, workflow.now()))

    @workflow.signal(description="A request of this item ended. Sent by the request.")
    def action_reported(self, report_: ActionReported) -> None:
        """Sent by the policy action's own workflow. Believed only once the request confirms it."""
        request_id = report_.result.request_id
        if not self._errands.watches(request_id):
            self._become(reported(self.state, request_id))

    @workflow.signal(
        description="What a request of this item asks was changed. Sent by the request."
    )
    def action_changed(self, change: ActionChanged) -> None:
        """Sent by the policy action's own workflow."""
        self._become(changed(self.state, change, workflow.now()))

    @workflow.signal(
        description="A request of this item still waits for votes. Sent by the request."
    )
    def action_reminder(self, reminder: ActionReminder) -> None:
        """Sent by the policy action's own workflow when its time to remind has come."""
        self._become(reminded(self.state, reminder, workflow.now()))

    @workflow.signal(description="A vote that was read in Jira did not count. Sent by the request.")
    def ballot_refused(self, notice: BallotRefused) -> None:
        """Sent by the policy action's own workflow, since Jira gave the voter no answer."""
        self._become(ballot_refused(self.state, notice))

    @workflow.signal(
        description="An approved action of this item stands still. Sent by the request."
    )
    def action_stuck(self, notice: ActionStuck) -> None:
        """Sent by the policy action's own workflow; shown until a person says how to go on."""
        self._become(effects_in.stopped(self.state, notice, workflow.now()))

    @workflow.signal(
        description="An exception from a policy began, changed or ended. Sent by the exception."
    )
    def exception_told(self, notice: ExceptionTold) -> None:
        """Sent by the exception's own workflow."""
        self._become(effects_in.told(self.state, notice, workflow.now()))

    @workflow.signal(
        description="The cause of a stop is mended: go on. Needs a signed actor; easier on the "
        "item's page of the desk, or by `followthrough resume KEY`."
    )
    def resume(self, message: Resume) -> None:
        """Takes a parked item up again; harmless otherwise, and refused to whom may not."""
        self._become(acts.resume(self.state, message, workflow.now()))

    # Updates: what people do. They answer, or refuse with a type of the failure table.

    @workflow.update(
        description="Take the escalation on: the ladder rests for a while. Easier by /ack in Jira."
    )
    async def acknowledge(self, message: Acknowledge) -> Answer:
        """Answers with the level that was taken on."""
        return await self._act(
            message.actor, Act.ACKNOWLEDGE, lambda state, now: acts.acknowledge(state, message, now)
        )

    @workflow.update(description="Correct severity, category or owner, with a reason.")
    async def override(self, message: Override) -> Answer:
        """Answers with what changed."""
        return await self._act(
            message.actor, Act.OVERRIDE, lambda state, now: acts.override(state, message, now)
        )

    @workflow.update(
        description="Ask for an action such as a refund; answers the request's id to vote under."
    )
    async def propose_action(self, message: ProposeAction) -> Answer:
        """Answers, once the request is open, with the id under which people vote."""
        answer = await self._act(
            message.actor, Act.PROPOSE, lambda state, now: acts.propose(state, message, now)
        )
        await workflow.wait_condition(lambda: self._is_open(answer.request_id))
        return answer

    @workflow.update(
        description="Decide the item: accepted, declined, duplicate, fixed, answered or no_change."
    )
    async def resolve(self, message: Resolve) -> Answer:
        """Answers with the recorded outcome."""
        return await self._act(
            message.actor, Act.RESOLVE, lambda state, now: acts.resolve(state, message, now)
        )

    @workflow.update(description="Judge this item by the policy now in force, beside the old one.")
    async def migrate_policy(self, message: MigratePolicy) -> Answer:
        """Answers with both versions, once the item is under the new one."""
        actor = message.actor
        await self._act(
            actor, Act.MIGRATE, lambda state, now: migrating.may_begin(state, message, now)
        )
        try:
            found = await pin_policy_in_force(lambda: self.state)
        except PolicyUnavailable as unavailable:
            failure = unavailable.failure
            return await self._act(
                actor,
                Act.MIGRATE,
                lambda state, now: acts.refuse(state, actor, Act.MIGRATE, failure, now),
            )
        return await self._act(
            actor, Act.MIGRATE, lambda state, now: migrating.migrate(state, message, found, now)
        )

    @acknowledge.validator
    def _acknowledge_is_well_formed(self, message: Acknowledge) -> None:
        _require(bool(message.actor.person), "Say who acts: actor.person is empty.")

    @migrate_policy.validator
    def _migration_is_well_formed(self, message: MigratePolicy) -> None:
        _require(bool(message.actor.person), "Say who acts: actor.person is empty.")

    @override.validator
    def _override_is_well_formed(self, message: Override) -> None:
        _require(bool(message.actor.person), "Say who acts: actor.person is empty.")

    @propose_action.validator
    def _proposal_is_well_formed(self, message: ProposeAction) -> None:
        _require(bool(message.actor.person), "Say who acts: actor.person is empty.")
        _require(
            message.kind is not ActionKind.CLIMB,
            "Leave to escalate is asked by the ladder itself; choose another kind of action.",
        )

    @resolve.validator
    def _resolution_is_well_formed(self, message: Resolve) -> None:
        _require(bool(message.actor.person), "Say who acts: actor.person is empty.")
        _require(
            message.outcome is not Outcome.DUPLICATE or bool(message.duplicate_of),
            "Name the issue that this one duplicates: duplicate_of is empty.",
        )

    @workflow.query(description="Where the item stands, at a glance.")
    def status(self) -> ItemStatus:
        """Stage, clocks, ladder, open requests, whose move it is."""
        return report.status_of(self.state, workflow.now())

    @workflow.query(description="What the item's policy actions rest on, and which of them wait.")
    def subject(self) -> ItemSubject:
        """Asked right before an effect, so that nothing stale or unknown is carried out."""
        return report.subject_of(self.state)

    @workflow.query(description="What happened to the item, in order.")
    def timeline(self) -> Timeline:
        """The newest events; older ones are in the ledger."""
        item = self.state.item
        return Timeline(
            issue_key=item.issue_key if item else self.state.issue_id,
            earlier_events=self.state.earlier_events,
            events=self.state.timeline,
        )

    @workflow.query(description="What the clocks counted, for an explanation of every figure.")
    def clocks(self) -> ClockFacts:
        """The facts only: whoever reads them explains them by their own moment."""
        return clock_facts(self.state)

    async def _act(
        self, actor: Actor, act: Act, carry_out: Callable[[ItemState, datetime], acts.Acted]
    ) -> Answer:
        await workflow.wait_condition(
            lambda: any((self.state.item, self.state.gone, self.state.parked))
        )
        if self.state.item is None or self.state.gone or self.state.closed_at is not None:
            failure = NOTHING_TO_ACT_ON if self.state.item is None else TOO_LATE
            raise ApplicationError(failure.remedy, type=failure.type, non_retryable=True)
        if actor.channel is Channel.JIRA:
            # What is done in Jira is read there; an update that claims so repeats somebody's proof.
            acted = acts.refuse(self.state, actor, act, UNPROVEN, workflow.now())
        else:
            acted = carry_out(self.state, workflow.now())
        self._become(acted.state)
        if acted.refusal is not None:
            raise ApplicationError(acted.message, type=acted.refusal.type, non_retryable=True)
        return Answer(
            message=acted.message, stage=stage_of(self.state), request_id=acted.request_id
        )

    def _is_open(self, request_id: str | None) -> bool:
        return self.state.gone or any(
            action.started
            for action in self.state.actions
            if action.proposal.request_id == request_id
        )

    def _become(self, state: ItemState) -> None:
        self.state = state
        self.wake()


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ApplicationError(otherwise, type=MALFORMED.type, non_retryable=True)
