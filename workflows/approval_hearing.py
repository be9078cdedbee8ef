"""Hearing one request: who must agree, what they say, and the clock that runs meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.approval import ApprovalActivities
    from models.activity_io import PlanInput, StageInput
    from models.approval import (
        AmendAction,
        AmendedAt,
        ApprovalOutcome,
        ApprovalPlan,
        Ballot,
        Delegate,
        ItemFacts,
        RefusedBallot,
        Vote,
    )
    from models.approval_request import ApprovalRequest
    from models.base import Frozen
    from models.effects import Approval, CountedBallot, CountedDelegation, EffectInput
    from models.messages import (
        ActionChanged,
        ActionReminder,
        ActionStart,
    )
    from models.names import SIGNAL_ACTION_CHANGED, SIGNAL_ACTION_REMINDER
    from models.people import Proof
    from policies import approval, approval_acts
    from policies.approval_acts import Refusal
    from policies.request_digest import digest_of


class Asking(Protocol):
    """What a hearing needs of the workflow that holds it."""

    async def tell_item(self, signal: str, message: Frozen) -> None:
        """Tell the item, if it still runs."""
        ...

    def show(self) -> None:
        """Keep the Temporal UI's page true."""
        ...


class ApprovalHearing:
    """Holds the request and is the only one that replaces it. `request` is None until planned."""

    def __init__(self, asking: Asking, start: ActionStart) -> None:
        self._asking = asking
        self.start = start
        self.request: ApprovalRequest | None = None
        self._planning = True
        self._withdrawn = False
        self._ballots: tuple[CountedBallot, ...] = ()
        self._delegations: tuple[CountedDelegation, ...] = ()

    @property
    def opened(self) -> ApprovalRequest:
        """The request. Only asked for once it is planned."""
        if self.request is None:
            raise RuntimeError("a request has no state before it is planned")
        return self.request

    async def is_open(self) -> None:
        """Wait while it is worked out who must agree."""
        while self._planning:
            await workflow.wait_condition(lambda: not self._planning)

    async def hold(self) -> ApprovalOutcome:
        """Plan the request and let its clock run until votes, time or a withdrawal decide."""
        plan = await self._who_must_agree()
        now = workflow.now()
        self._become(approval.opened(plan, self._digest(), now))
        if self._withdrawn:
            self._become(approval.withdrawn(self.opened, now))
        self._planning = False
        await self._tell_whether_clocks_pause(plan)
        while True:
            await self.is_open()
            request = self.opened
            if request.outcome is not None:
                return request.outcome
            if request.clock is None:
                await self._time_stage(request)
            elif await self._nothing_changed(request):
                await self._pass_time()

    def count(self, ballot: Ballot) -> Vote | RefusedBallot:
        """Count a ballot or keep it as refused."""
        now = workflow.now()
        subject = self._subject(ballot.actor.proof)
        request, judged = approval.cast(self.opened, ballot, subject, now)
        if isinstance(judged, Vote):
            self._ballots = (*self._ballots, CountedBallot(ballot=ballot, subject=subject, at=now))
        self._become(request)
        return judged

    def delegate(self, message: Delegate) -> Refusal | None:
        """Let somebody vote in the actor's place, or keep the refusal."""
        now = workflow.now()
        subject = self._subject(message.actor.proof)
        request, refusal = approval_acts.delegate(self.opened, message, subject, now)
        if refusal is None:
            counted = CountedDelegation(delegation=message, subject=subject, at=now)
            self._delegations = (*self._delegations, counted)
        self._become(request)
        return refusal

    async def amend(self, change: AmendAction) -> Refusal | None:
        """Change what is asked and plan it anew, or keep the refusal."""
        paused = self.opened.plan.pause_clocks
        refusal = approval_acts.why_not_amend(
            self.opened, change, self.start, workflow.info().workflow_id, workflow.now()
        )
        if refusal is None:
            refusal = await self._plan_anew(change)
        if refusal is not None:
            self._become(
                approval.refuse_act(
                    self.opened, change.actor, "amend", refusal.failure, refusal.why, workflow.now()
                )
            )
            return refusal
        pause = self.opened.plan.pause_clocks
        news = ActionChanged(
            request_id=self.start.proposal.request_id,
            proposal=self.start.proposal,
            amendment=self.start.amendments[-1],
            pause_clocks=pause if pause is not paused else None,
            pause_as_usual=pause is None and paused is not None,
        )
        await self._asking.tell_item(SIGNAL_ACTION_CHANGED, news)
        return None

    def withdraw(self) -> None:
        """End the request if it is undecided, also before it is planned."""
        self._withdrawn = True
        if self.request is not None:
            self._become(approval.withdrawn(self.request, workflow.now()))

    def subject_changed(self, item: ItemFacts) -> None:
        """Make the request void if it rests on other facts than these."""
        digest = digest_of(self.start.proposal, item, self.start.snapshot.version)
        self._become(approval.subject_changed(self.opened, digest, workflow.now()))

    def void(self) -> None:
        """It was granted, but found stale before it was carried out."""
        self._become(approval.voided(self.opened, workflow.now()))

    def note_malformed(self, what: str) -> None:
        """Keep that a signal came which nobody could understand."""
        self._become(approval_acts.malformed(self.opened, what, workflow.now()))

    def effect(self, now: datetime) -> EffectInput:
        """What was said, with its proofs: it is judged again where it is carried out."""
        start, request = self.start, self.opened
        plan = request.plan
        given = Approval(
            item=start.item,
            snapshot=start.snapshot,
            report_to=start.report_to,
            asked=start.asked,
            opened_at=plan.opened_at or now,
            ballots=self._ballots,
            delegations=self._delegations,
            first=start.first,
            amendments=start.amendments,
            plan=plan,
            digest=request.digest,
            decided_at=now,
        )
        return EffectInput(proposal=start.proposal, approval=given, dry_run=plan.dry_run)

    async def _plan_anew(self, change: AmendAction) -> Refusal | None:
        before = self.start
        proposal = approval_acts.amend(before.proposal, change)
        self._planning = True
        self.start = before.model_copy(
            update={
                "proposal": proposal,
                "first": before.first or before.proposal,
                "amendments": (*before.amendments, AmendedAt(change=change, at=workflow.now())),
            }
        )
        plan = await self._who_must_agree()
        self._planning = False
        if self.opened.outcome is not None:
            self.start = before
            return approval_acts.too_late(self.opened)
        self._delegations = ()
        self._become(
            approval.amended(self.opened, plan, self._digest(), change.actor, workflow.now())
        )
        return None

    async def _who_must_agree(self) -> ApprovalPlan:
        start = self.start
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

    async def _nothing_changed(self, request: ApprovalRequest) -> bool:
        """Wait for the next moment of the clock; false when people were faster."""
        moment = approval.next_moment(request)
        if moment is None:
            return False
        at, summary = moment
        remaining = max(at - workflow.now(), timedelta(milliseconds=1))
        try:
            await workflow.wait_condition(
                lambda: self.opened.outcome is not None or self.opened.clock is not request.clock,
                timeout=remaining,
                timeout_summary=summary,
            )
        except TimeoutError:
            return not self._planning and self.opened.clock is request.clock
        return False

    async def _pass_time(self) -> None:
        """Remind, ask the deputies, or expire."""
        before = self.opened
        self._become(approval.pass_time(before, workflow.now()))
        now = self.opened
        if now.outcome is None and now.clock is before.clock and now.log != before.log:
            await self._ask()

    async def _time_stage(self, request: ApprovalRequest) -> None:
        """Give the stage that was just reached its times, and ask its people."""
        clock = await workflow.execute_activity_method(
            ApprovalActivities.time_stage,
            StageInput(
                rule=request.plan.rule,
                snapshot=self.start.snapshot,
                now=approval.reached_at(request),
            ),
            **options.planning(f"When {request.present.name} expires"),
        )
        if self.opened.stage == request.stage and self.opened.outcome is None:
            self._become(approval.timed(self.opened, clock))
            await self._ask()

    async def _ask(self) -> None:
        reminder = ActionReminder(
            request_id=self.start.proposal.request_id,
            people=approval.missing_people(self.opened),
            why=approval.newest_asking(self.opened),
        )
        await self._asking.tell_item(SIGNAL_ACTION_REMINDER, reminder)

    async def _tell_whether_clocks_pause(self, plan: ApprovalPlan) -> None:
        if plan.pause_clocks is not None and self.opened.outcome is None:
            request_id = self.start.proposal.request_id
            change = ActionChanged(request_id=request_id, pause_clocks=plan.pause_clocks)
            await self._asking.tell_item(SIGNAL_ACTION_CHANGED, change)

    def _digest(self) -> str:
        return digest_of(self.start.proposal, self.start.item, self.start.snapshot.version)

    def _subject(self, proof: Proof | None) -> str:
        """A vote is proved for this request, or for its item when it came from a Jira comment."""
        if proof is not None and proof.claim.subject == self.start.report_to:
            return self.start.report_to
        return workflow.info().workflow_id

    def _become(self, request: ApprovalRequest) -> None:
        self.request = request
        self._asking.show()
