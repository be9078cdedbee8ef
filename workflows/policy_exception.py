"""An exception from a policy: in force until its end, which comes by itself.

The end is a durable timer, months away if need be. Only a new approved request moves it; whatever
else claims to is not heard. Begin, change and end are in the ledger and on the item.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.effects.carrying_out import EffectActivities
    from activities.ledger import LedgerActivities
    from models.activity_io import AppendInput
    from models.approval import EffectReceipt
    from models.effects import (
        EffectInput,
        ExceptionEnd,
        ExceptionStart,
        ExceptionStatus,
        StuckEffect,
    )
    from models.events import EventKind
    from models.failures import EFFECT_IN_DOUBT
    from models.messages import ExceptionTold, Resume
    from models.names import POLICY_EXCEPTION_WORKFLOW, SIGNAL_EXCEPTION_TOLD
    from models.people import Act
    from policies import exceptions, proof
    from policies.lifecycle import action_record, links
    from workflows.new_runs import begin_anew, should_begin_anew

END_TRIED_FOR = timedelta(hours=24)


@workflow.defn(name=POLICY_EXCEPTION_WORKFLOW)
class PolicyExceptionWorkflow:
    """One exception that is in force. It carries over whole by continue-as-new."""

    @workflow.init
    def __init__(self, start: ExceptionStart) -> None:
        self._start = start
        self._heard: tuple[EffectInput, ...] = ()
        self._ended = False
        self._stuck: StuckEffect | None = None
        self._word = False

    @workflow.run
    async def run(self, start: ExceptionStart) -> EffectReceipt:
        """Wait for the end, or for an approved change of it; then end the exception."""
        if self._start.steps == 0:
            await self._record(EventKind.EFFECT_STEP, f"In force until {self._ends_at():%Y-%m-%d}.")
            await self._tell_item()
        while await self._is_changed_before_the_end():
            await self._take_changes()
            if should_begin_anew() and not self._heard:
                begin_anew(self._start)
        receipt = await self._end()
        self._ended = True
        await self._record(EventKind.EXCEPTION_ENDED, "The exception ended.")
        await self._tell_item()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return receipt

    async def _is_changed_before_the_end(self) -> bool:
        """Whether something was heard; False once the end has come."""
        self._show()
        left = self._ends_at() - workflow.now()
        if left <= timedelta():
            return False
        try:
            await workflow.wait_condition(
                lambda: bool(self._heard), timeout=left, timeout_summary="The exception ends"
            )
        except TimeoutError:
            return bool(self._heard)
        return True

    async def _take_changes(self) -> None:
        while self._heard:
            changed, *rest = self._heard
            self._heard = tuple(rest)
            if not await self._is_approved(changed):
                workflow.logger.warning(
                    "exception_change_refused", extra={"request": changed.proposal.request_id}
                )
                continue
            self._start = self._start.model_copy(
                update={"changed": changed, "changed_at": workflow.now()}
            )
            await self._record(
                EventKind.EXCEPTION_CHANGED,
                f"The exception now ends on {self._ends_at():%Y-%m-%d}.",
                by_request=changed.proposal.request_id,
            )
            await self._tell_item()

    async def _is_approved(self, changed: EffectInput) -> bool:
        if not exceptions.is_change_of(self._start.begun, changed):
            return False
        asked = ExceptionEnd(begun=self._start.begun, changed=changed, now=workflow.now())
        return await workflow.execute_activity_method(
            EffectActivities.confirm_change,
            asked,
            **options.planning("Look whether the new end was approved"),
        )

    async def _end(self) -> EffectReceipt:
        """Tried for a day, and again whenever a person who may resume says so."""
        while True:
            request = ExceptionEnd(
                begun=self._start.begun, changed=self._start.changed, now=workflow.now()
            )
            try:
                return await workflow.execute_activity_method(
                    EffectActivities.end_exception,
                    request,
                    **options.effect("End the exception", Priority.default, lasts=END_TRIED_FOR),
                )
            except ActivityError:
                await self._wait_for_a_person()

    async def _wait_for_a_person(self) -> None:
        self._stuck = StuckEffect(failure=EFFECT_IN_DOUBT.type, since=workflow.now())
        self._word = False
        await self._record(
            EventKind.EFFECT_STEP, "The exception should have ended and could not be ended."
        )
        await self._tell_item()
        self._show()
        await workflow.wait_condition(lambda: self._word)
        self._stuck = None

    async def _record(self, kind: EventKind, summary: str, **facts: str) -> None:
        number = self._start.steps + 1
        self._start = self._start.model_copy(update={"steps": number})
        entry = action_record.effect_step(
            self._start.begun,
            workflow.info().workflow_id,
            number,
            workflow.now(),
            summary,
            kind=kind,
            ends_at=self._ends_at().isoformat(),
            **facts,
        )
        await workflow.execute_activity_method(
            LedgerActivities.append_to_ledger,
            AppendInput(entries=(entry,)),
            **options.ledger(f"Record: {summary}"),
        )

    async def _tell_item(self) -> None:
        approval = self._start.begun.approval
        if approval is None:
            return
        told = ExceptionTold(
            request_id=self._start.begun.proposal.request_id,
            ends_at=self._ends_at(),
            ended=self._ended,
            stuck=self._stuck.failure if self._stuck else None,
        )
        try:
            item = workflow.get_external_workflow_handle(approval.report_to)
            await item.signal(SIGNAL_EXCEPTION_TOLD, told)
        except ApplicationError:
            workflow.logger.info("item_not_running", extra={"report_to": approval.report_to})

    @workflow.signal(description="A new end, by a request that was approved; others are not heard.")
    def exception_changed(self, changed: EffectInput) -> None:
        """Believed only after its approval was judged again."""
        self._heard = (*self._heard, changed)

    @workflow.signal(description="The cause of the stop is mended: end the exception now.")
    def resume(self, message: Resume) -> None:
        """Heard only while the exception could not be ended, and from those who may resume."""
        if self._stuck is not None and self._may_resume(message, workflow.now()):
            self._word = True

    def _may_resume(self, message: Resume, now: datetime) -> bool:
        approval, actor = self._start.begun.approval, message.actor
        if approval is None or actor is None:
            return False
        own = workflow.info().workflow_id
        given = actor.proof.claim.subject if actor.proof else own
        subject = given if given == approval.report_to else own
        return proof.entitled(actor, Act.RESUME, approval.snapshot, subject, now) is None

    @workflow.query(description="The exception, and until when it is in force.")
    def status(self) -> ExceptionStatus:
        """What it lets the customer do stands in the summary of its request."""
        begun = self._start.begun
        return ExceptionStatus(
            request_id=begun.proposal.request_id,
            issue_key=begun.approval.item.issue_key if begun.approval else "",
            summary=begun.proposal.summary,
            began_at=self._start.began_at,
            ends_at=self._ends_at(),
            ended=self._ended,
            stuck=self._stuck,
        )

    def _ends_at(self) -> datetime:
        return exceptions.end_of(self._start.begun, self._start.changed)

    def _show(self) -> None:
        status = self.status()
        lines = [
            f"## Exception from a policy · {status.issue_key}",
            links.plain(status.summary),
            f"**In force until** {status.ends_at:%Y-%m-%d %H:%M} UTC",
        ]
        if self._stuck is not None:
            lines.append(f"**Could not be ended:** {self._stuck.failure}. {EFFECT_IN_DOUBT.remedy}")
        workflow.set_current_details("\n\n".join(lines))
