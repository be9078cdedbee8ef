"""One policy action: asked, voted on, carried out once, verified, recorded, reported.

It runs on its own, because children do not survive a parent's continue-as-new as its children.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.approval import ApprovalActivities
    from activities.ledger import LedgerActivities
    from models.activity_io import AppendInput, PlanInput
    from models.approval import (
        ActionKind,
        ActionResult,
        ActionStatus,
        ApprovalOutcome,
        ApprovalPlan,
        Ballot,
        RefusedBallot,
        Vote,
    )
    from models.base import Frozen
    from models.effects import Approval, CountedBallot, EffectInput
    from models.failures import MALFORMED
    from models.lifecycle import Stage
    from models.messages import (
        ActionReminder,
        ActionReported,
        ActionStart,
        ActionStuck,
        Answer,
        Resume,
    )
    from models.names import (
        POLICY_ACTION_WORKFLOW,
        SIGNAL_ACTION_REMINDER,
        SIGNAL_ACTION_REPORTED,
        SIGNAL_ACTION_STUCK,
    )
    from policies import approval, approval_clock
    from policies.lifecycle import action_record, words
    from workflows.effect_errand import EffectErrand
    from workflows.exception_errand import follow_up


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
        self._counted: tuple[CountedBallot, ...] = ()
        self._effect: EffectErrand | None = None
        self._recorded = 0

    @workflow.run
    async def run(self, start: ActionStart) -> ActionResult:
        """Wait for people, act if they agree, report how it ended."""
        self._plan = await self._who_must_agree()
        self._show()
        await self._until_decided(self._plan)
        await self._record()
        if self._is_to_be_carried_out():
            await self._carry_out(self._plan)
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

    def _is_to_be_carried_out(self) -> bool:
        """The one gate between the decision and its effect."""
        granted = self._outcome is not None and self._outcome.granted
        return granted and self._start.proposal.kind is not ActionKind.CLIMB

    async def _carry_out(self, plan: ApprovalPlan) -> None:
        request = EffectInput(
            proposal=self._start.proposal, approval=self._approval(plan), dry_run=plan.dry_run
        )
        self._effect = EffectErrand(self._start, request, self._tell_stuck)
        await self._effect.run()
        await follow_up(self._effect, request)

    def _approval(self, plan: ApprovalPlan) -> Approval:
        """What was said, with its proofs: it is judged again where it is carried out."""
        return Approval(
            item=self._start.item,
            snapshot=self._start.snapshot,
            report_to=self._start.report_to,
            asked=self._start.asked,
            opened_at=plan.opened_at or workflow.now(),
            ballots=self._counted,
            decided_at=workflow.now(),
        )

    async def _tell_stuck(self, notice: ActionStuck) -> None:
        self._show()
        await self._tell_item(SIGNAL_ACTION_STUCK, notice)

    async def _tell_item(self, signal: str, message: Frozen) -> None:
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
            effect=self._effect.receipt if self._effect else None,
            failure=self._effect.failure if self._effect else None,
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

    @workflow.signal(
        description="The cause of the stop is mended: try the effect again, or undo it."
    )
    def resume(self, message: Resume) -> None:
        """Heard only while an approved effect stands still, and from those who may resume."""
        if self._effect is not None:
            self._effect.resume(message, workflow.info().workflow_id, workflow.now())

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
        stuck = self._effect.stuck if self._effect else None
        return ActionStatus(
            proposal=self._start.proposal,
            item=self._start.item,
            plan=self._plan,
            votes=self._votes,
            refused=self._refused,
            outcome=self._outcome,
            effect=self._effect.receipt if self._effect else None,
            parked=self._effect.failure if self._effect else None,
            stuck=stuck.failure if stuck else None,
            stuck_since=stuck.since if stuck else None,
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
            self._counted = (*self._counted, self._as_counted(ballot, judged))
            self._settle()
        self._show()
        return judged

    def _as_counted(self, ballot: Ballot, vote: Vote) -> CountedBallot:
        return CountedBallot(ballot=ballot, subject=self._subject(ballot), at=vote.at)

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
