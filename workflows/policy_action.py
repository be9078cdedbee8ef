"""One policy action: asked, voted on, carried out once, verified, recorded, reported.

It runs on its own, because children do not survive a parent's continue-as-new as its children.
"""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.ledger import LedgerActivities
    from models.activity_io import AppendInput
    from models.approval import (
        ActionKind,
        ActionResult,
        ActionStatus,
        AmendAction,
        ApprovalOutcome,
        Ballot,
        Delegate,
        RefusedBallot,
    )
    from models.base import Frozen
    from models.failures import MALFORMED, STALE, STALE_UNDER_WAY
    from models.lifecycle import Stage
    from models.messages import (
        ActionReported,
        ActionStart,
        ActionStuck,
        Answer,
        BallotRefused,
        Resume,
        SubjectChanged,
    )
    from models.names import (
        POLICY_ACTION_WORKFLOW,
        SIGNAL_ACTION_REPORTED,
        SIGNAL_ACTION_STUCK,
        SIGNAL_BALLOT_REFUSED,
    )
    from models.people import Channel
    from policies.lifecycle import action_record, action_words
    from workflows.approval_hearing import ApprovalHearing
    from workflows.effect_errand import EffectErrand
    from workflows.exception_errand import follow_up


@workflow.defn(name=POLICY_ACTION_WORKFLOW)
class PolicyActionWorkflow:
    """One request. All votes, the expiry and a withdrawal meet here, in one serial order."""

    @workflow.init
    def __init__(self, start: ActionStart) -> None:
        self._hearing = ApprovalHearing(self, start)
        self._effect: EffectErrand | None = None
        self._recorded = 0
        self._reports = False

    @workflow.run
    async def run(self, start: ActionStart) -> ActionResult:
        """Wait for people, act if they agree, report how it ended."""
        outcome = await self._hearing.hold()
        await self._record()
        if self._is_to_be_carried_out(outcome):
            await self._carry_out()
        await self._record()
        self.show()
        if self._reports:
            await self.tell_item(SIGNAL_ACTION_REPORTED, ActionReported(result=self._result()))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._result()

    @property
    def _start(self) -> ActionStart:
        """What was asked, as amended."""
        return self._hearing.start

    async def _record(self) -> None:
        """Evidence first: nothing is carried out before the ledger has the votes."""
        entries = action_record.entries(
            self._start, self._hearing.opened, workflow.info().workflow_id
        )
        if len(entries) == self._recorded:
            return
        self._recorded = len(entries)
        await workflow.execute_activity_method(
            LedgerActivities.append_to_ledger,
            AppendInput(entries=entries),
            **options.ledger(f"Record the votes: {self._hearing.opened.outcome}"),
        )

    def _is_to_be_carried_out(self, outcome: ApprovalOutcome) -> bool:
        """The one gate between the decision and its effect."""
        return outcome.granted and self._start.proposal.kind is not ActionKind.CLIMB

    async def _carry_out(self) -> None:
        request = self._hearing.effect(workflow.now())
        self._effect = EffectErrand(self._start, request, self._tell_stuck)
        await self._effect.run()
        if self._effect.failure in (STALE.type, STALE_UNDER_WAY.type):
            self._hearing.void()
            return
        await follow_up(self._effect, request)

    async def _tell_stuck(self, notice: ActionStuck) -> None:
        self.show()
        await self.tell_item(SIGNAL_ACTION_STUCK, notice)

    async def tell_item(self, signal: str, message: Frozen) -> None:
        """Tell the item, if it still runs."""
        handle = workflow.get_external_workflow_handle(self._start.report_to)
        try:
            await handle.signal(signal, message)
        except ApplicationError:
            workflow.logger.warning("item_not_running", extra={"report_to": self._start.report_to})

    def show(self) -> None:
        """Keep the Temporal UI's page true."""
        page = action_words.request_page(self.status(), self._start.addresses)
        workflow.set_current_details(page)

    def _result(self) -> ActionResult:
        request = self._hearing.opened
        return ActionResult(
            request_id=self._start.proposal.request_id,
            outcome=request.outcome or ApprovalOutcome.EXPIRED,
            votes=request.votes,
            refused=request.refused,
            effect=self._effect.receipt if self._effect else None,
            failure=self._effect.failure if self._effect else None,
            rule=request.plan.rule,
            ended_at=workflow.now(),
            proposal=self._start.proposal,
            digest=request.digest,
        )

    # Signals. They never raise; what does not count is kept as evidence.

    @workflow.signal(
        description="Vote without an answer. Use the update `decide` instead, which says whether "
        "your vote counts."
    )
    async def decide(self, ballot: Any) -> None:
        """Taken leniently; a vote that does not count is kept as evidence."""
        await self._hearing.is_open()
        try:
            vote = Ballot.model_validate(ballot)
        except ValidationError:
            self._hearing.note_malformed("vote")
            return
        judged = self._hearing.count(vote)
        # In Jira nobody is answered, so the issue has to say it.
        if isinstance(judged, RefusedBallot) and vote.actor.channel is Channel.JIRA:
            notice = BallotRefused(request_id=vote.request_id, refused=judged)
            await self.tell_item(SIGNAL_BALLOT_REFUSED, notice)

    @workflow.signal(
        name="delegate",
        description="Let somebody else vote, without an answer. Sent by the item for /delegate in "
        "Jira; by hand use the update `delegate`.",
    )
    async def delegate_by_signal(self, message: Any) -> None:
        """Taken leniently, as a vote is."""
        await self._hearing.is_open()
        try:
            self._hearing.delegate(Delegate.model_validate(message))
        except ValidationError:
            self._hearing.note_malformed("delegate")

    @workflow.signal(description="The request is no longer needed. Sent by the item.")
    def withdraw(self) -> None:
        """Ends an undecided request without any effect."""
        self._hearing.withdraw()

    @workflow.signal(description="The item wants to be told of the end; sent by the item.")
    def report_end(self) -> None:
        """The run of the item that started this has ended, so the server tells it nothing."""
        self._reports = True

    @workflow.signal(description="The item's facts may have changed; sent by the item.")
    async def subject_changed(self, change: SubjectChanged) -> None:
        """Makes a request void that rests on other facts."""
        await self._hearing.is_open()
        self._hearing.subject_changed(change.item)

    # Updates: what people do. They answer, or refuse with a type of the failure table.

    @workflow.signal(
        description="The cause of the stop is mended: try the effect again, or undo it. Needs a "
        "signed actor; easier on the item's page of the desk."
    )
    def resume(self, message: Resume) -> None:
        """Heard only while an approved effect stands still, and from those who may resume."""
        if self._effect is not None:
            self._effect.resume(message, workflow.info().workflow_id, workflow.now())

    @workflow.update(
        name="decide",
        description="Vote: paste the signed text that the desk's request page offers under 'Vote in "
        "the Temporal UI instead', and write your reason into it. Answers whether it counts.",
    )
    async def cast(self, ballot: Ballot) -> Answer:
        """Answers with how the request stands; a vote that does not count is refused with why."""
        await self._hearing.is_open()
        judged = self._hearing.count(ballot)
        if isinstance(judged, RefusedBallot):
            raise ApplicationError(judged.why, type=judged.failure, non_retryable=True)
        return self._answer(f"Your vote counts. {action_words.standing(self._hearing.opened)}")

    @workflow.update(description="Let somebody else vote on this request in your place.")
    async def delegate(self, message: Delegate) -> Answer:
        """Answers with who may vote now; refused for somebody without a vote here."""
        await self._hearing.is_open()
        refusal = self._hearing.delegate(message)
        if refusal is not None:
            raise ApplicationError(refusal.why, type=refusal.failure.type, non_retryable=True)
        return self._answer(f"{message.to} may vote on this in {message.actor.person}'s place.")

    @workflow.update(description="Change what is asked, before anybody has voted.")
    async def amend(self, change: AmendAction) -> Answer:
        """Who must agree is worked out anew; whoever changed the request is not among them."""
        await self._hearing.is_open()
        refusal = await self._hearing.amend(change)
        if refusal is not None:
            raise ApplicationError(refusal.why, type=refusal.failure.type, non_retryable=True)
        return self._answer(f"Changed. {action_words.standing(self._hearing.opened)}")

    @cast.validator
    def _ballot_is_well_formed(self, ballot: Ballot) -> None:
        self._must_be_for_this(ballot.request_id)

    @delegate.validator
    def _delegation_is_well_formed(self, message: Delegate) -> None:
        self._must_be_for_this(message.request_id)

    @amend.validator
    def _amendment_is_well_formed(self, change: AmendAction) -> None:
        self._must_be_for_this(change.request_id)

    def _must_be_for_this(self, request_id: str) -> None:
        mine = self._start.proposal.request_id
        if request_id != mine:
            raise ApplicationError(
                f"This workflow decides request {mine}, not {request_id}.",
                type=MALFORMED.type,
                non_retryable=True,
            )

    @workflow.query(description="The request, who may decide it, and the votes so far.")
    def status(self) -> ActionStatus:
        """Everything the approval card shows."""
        shown = action_record.status(self._start, self._hearing.request, workflow.now())
        if self._effect is None:
            return shown
        stuck = self._effect.stuck
        return shown.model_copy(
            update={
                "effect": self._effect.receipt,
                "parked": self._effect.failure,
                "stuck": stuck.failure if stuck else None,
                "stuck_since": stuck.since if stuck else None,
            }
        )

    def _answer(self, message: str) -> Answer:
        return Answer(message=message, stage=Stage.APPROVE)
