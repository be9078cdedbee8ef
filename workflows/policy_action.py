"""One policy action: asked, voted on, carried out once, verified, recorded, reported.

It runs on its own, because children do not survive a parent's continue-as-new as its children.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.approval import ApprovalActivities
    from activities.effects import EffectActivities
    from activities.ledger import LedgerActivities
    from models.activity_io import AppendInput, EffectInput, PlanInput
    from models.approval import (
        ActionKind,
        ActionResult,
        ActionStatus,
        ApprovalOutcome,
        ApprovalPlan,
        Ballot,
        EffectReceipt,
        RefusedBallot,
        Vote,
    )
    from models.failures import EFFECT_REFUSED, EFFECT_UNAVAILABLE, MALFORMED
    from models.lifecycle import PRIORITY_KEY, Stage
    from models.messages import ActionReminder, ActionReported, ActionStart, Answer
    from models.names import (
        POLICY_ACTION_WORKFLOW,
        SIGNAL_ACTION_REMINDER,
        SIGNAL_ACTION_REPORTED,
    )
    from policies import approval, approval_clock
    from policies.lifecycle import action_record, words


@workflow.defn(name=POLICY_ACTION_WORKFLOW)
class PolicyActionWorkflow:
    """One request. All votes, the expiry and a withdrawal meet here, in one serial order."""

    @workflow.init
    def __init__(self, start: ActionStart) -> None:
        self._start = start
        self._plan: ApprovalPlan | None = None
        self._votes: tuple[Vote, ...] = ()
        self._refused: tuple[RefusedBallot, ...] = ()
        self._outcome: ApprovalOutcome | None = None
        self._effect: EffectReceipt | None = None
        self._failure: str | None = None
        self._recorded = 0

    @workflow.run
    async def run(self, start: ActionStart) -> ActionResult:
        """Wait for people, act if they agree, report how it ended."""
        self._plan = await self._who_must_agree()
        self._show()
        await self._until_decided(self._plan)
        await self._record()
        if self._outcome and self._outcome.granted and start.proposal.kind is not ActionKind.CLIMB:
            await self._carry_out()
        await self._record()
        self._show()
        result = self._result()
        await self._tell_item(SIGNAL_ACTION_REPORTED, ActionReported(result=result))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    async def _who_must_agree(self) -> ApprovalPlan:
        start = self._start
        return await workflow.execute_activity_method(
            ApprovalActivities.plan_approval,
            PlanInput(
                proposal=start.proposal,
                item=start.item,
                snapshot=start.snapshot,
                now=workflow.now(),
            ),
            **options.planning("Find the rule that applies and who may decide"),
        )

    async def _until_decided(self, plan: ApprovalPlan) -> None:
        self._settle()
        if plan.remind_at is not None and await self._undecided_at(plan.remind_at, "Remind"):
            await self._remind(plan)
        if await self._undecided_at(plan.expires_at, "The request expires"):
            self._outcome = ApprovalOutcome.EXPIRED

    async def _undecided_at(self, moment: datetime, summary: str) -> bool:
        """Wait for a decision, but no longer than until then; true when there is none."""
        if self._outcome is not None:
            return False
        remaining = max(moment - workflow.now(), timedelta(milliseconds=1))
        try:
            await workflow.wait_condition(
                lambda: self._outcome is not None, timeout=remaining, timeout_summary=summary
            )
        except TimeoutError:
            return self._outcome is None
        return False

    async def _remind(self, plan: ApprovalPlan) -> None:
        voted = {vote.human for vote in self._votes}
        people = tuple(person.id for person in plan.eligible if person.human not in voted)
        reminder = ActionReminder(request_id=self._start.proposal.request_id, people=people)
        await self._tell_item(SIGNAL_ACTION_REMINDER, reminder)

    def _settle(self) -> None:
        """The one place where a request is decided."""
        if self._outcome is None and self._plan is not None:
            self._outcome = approval.tally(self._plan, self._votes, workflow.now())

    async def _record(self) -> None:
        """Evidence first: nothing is carried out before the ledger has the votes."""
        entries = action_record.entries(
            self._start, self._plan, self._votes, self._refused, workflow.info().workflow_id
        )
        if len(entries) == self._recorded:
            return
        self._recorded = len(entries)
        await workflow.execute_activity_method(
            LedgerActivities.append_to_ledger,
            AppendInput(entries=entries),
            **options.ledger(f"Record the votes: {self._outcome}"),
        )

    async def _carry_out(self) -> None:
        proposal = self._start.proposal
        amount = words.money(proposal.amount)
        priority = Priority(priority_key=PRIORITY_KEY[self._start.item.severity])
        try:
            self._effect = await workflow.execute_activity_method(
                EffectActivities.execute,
                EffectInput(proposal=proposal),
                **options.effect(f"Carry out and verify: {proposal.kind} {amount}", priority),
            )
        except ActivityError as error:
            cause = error.cause
            failure = cause.type if isinstance(cause, ApplicationError) else None
            self._failure = failure or EFFECT_UNAVAILABLE.type
            if self._failure != EFFECT_REFUSED.type:
                await self._undo(priority)

    async def _undo(self, priority: Priority) -> None:
        """Nobody knows how far it came, so it is undone: half an effect is worse than none."""
        proposal = self._start.proposal
        try:
            self._effect = await workflow.execute_activity_method(
                EffectActivities.compensate,
                EffectInput(proposal=proposal),
                **options.effect(f"Undo: {proposal.kind}", priority),
            )
        except ActivityError:
            workflow.logger.error(
                "effect_in_doubt", extra={"request": proposal.request_id, "failure": self._failure}
            )

    async def _tell_item(self, signal: str, message: ActionReported | ActionReminder) -> None:
        handle = workflow.get_external_workflow_handle(self._start.report_to)
        try:
            await handle.signal(signal, message)
        except ApplicationError:
            workflow.logger.warning("item_not_running", extra={"report_to": self._start.report_to})

    def _result(self) -> ActionResult:
        return ActionResult(
            request_id=self._start.proposal.request_id,
            outcome=self._outcome or ApprovalOutcome.EXPIRED,
            votes=self._votes,
            refused=self._refused,
            effect=self._effect,
            failure=self._failure,
            rule=self._plan.rule if self._plan else "",
            ended_at=workflow.now(),
        )

    @workflow.signal(description="Vote: paste the text that the desk's request page offers.")
    async def decide(self, ballot: Any) -> None:
        """Taken leniently; a vote that does not count is kept as evidence."""
        await workflow.wait_condition(lambda: self._plan is not None)
        try:
            self._count(Ballot.model_validate(ballot))
        except ValidationError:
            workflow.logger.warning("malformed_ballot", extra={"failure": MALFORMED.type})

    @workflow.signal(description="The request is no longer needed.")
    def withdraw(self) -> None:
        """Ends an undecided request without any effect."""
        self._outcome = self._outcome or ApprovalOutcome.WITHDRAWN

    @workflow.update(name="decide", description="Vote on this request, with a reason.")
    async def cast(self, ballot: Ballot) -> Answer:
        """Answers with how the request stands; a vote that does not count is refused with why."""
        await workflow.wait_condition(lambda: self._plan is not None)
        judged = self._count(ballot)
        if isinstance(judged, RefusedBallot):
            raise ApplicationError(judged.why, type=judged.failure, non_retryable=True)
        return Answer(message=self._standing(), stage=Stage.APPROVE)

    @cast.validator
    def _ballot_is_well_formed(self, ballot: Ballot) -> None:
        if ballot.request_id != self._start.proposal.request_id:
            raise ApplicationError(
                f"This workflow decides request {self._start.proposal.request_id}, not "
                f"{ballot.request_id}.",
                type=MALFORMED.type,
                non_retryable=True,
            )

    @workflow.query(description="The request, who may decide it, and the votes so far.")
    def status(self) -> ActionStatus:
        """Everything the approval card shows."""
        return ActionStatus(
            proposal=self._start.proposal,
            item=self._start.item,
            plan=self._plan,
            votes=self._votes,
            refused=self._refused,
            outcome=self._outcome,
            effect=self._effect,
            parked=self._failure,
            clock=approval_clock.reading(
                self._plan, self._start.snapshot.calendar, self._outcome, workflow.now()
            ),
        )

    def _count(self, ballot: Ballot) -> Vote | RefusedBallot:
        if self._plan is None:
            raise ApplicationError("The request is not open yet.", type=MALFORMED.type)
        judged = approval.judge(
            ballot, self._plan, self._votes, self._outcome, self._subject(ballot), workflow.now()
        )
        if isinstance(judged, RefusedBallot):
            self._refused = (*self._refused, judged)
        else:
            self._votes = (*self._votes, judged)
            self._settle()
        self._show()
        return judged

    def _subject(self, ballot: Ballot) -> str:
        """A vote is proved for this request, or for its item when it came from a Jira comment."""
        proof = ballot.actor.proof
        if proof is not None and proof.claim.subject == self._start.report_to:
            return self._start.report_to
        return workflow.info().workflow_id

    def _standing(self) -> str:
        if self._outcome is not None:
            return f"Your vote counts. The request {words.OUTCOME_WORDS[self._outcome]}."
        quorum = self._plan.quorum if self._plan else 0
        return f"Your vote counts. {len(self._votes)} of {quorum} approvals so far."

    def _show(self) -> None:
        workflow.set_current_details(words.request_page(self.status()))
