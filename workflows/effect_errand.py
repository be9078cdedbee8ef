"""Carrying out what was approved: execute, see it, record it; else undo it or wait for a person.

An effect that stands still is never given up silently: its item says so, with the remedy, until a
person who may resume has it tried again or undone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.effects.carrying_out import EffectActivities
    from activities.ledger import LedgerActivities
    from models.activity_io import AppendInput
    from models.approval import EffectReceipt, EffectState
    from models.effects import EffectInput, StuckEffect
    from models.failures import (
        EFFECT_IN_DOUBT,
        EFFECT_IRREVERSIBLE,
        EFFECT_NOT_PERMITTED,
        EFFECT_REFUSED,
        EFFECT_UNAVAILABLE,
        EFFECT_UNVERIFIED,
        STALE,
        STALE_UNDER_WAY,
        UNPROVEN,
    )
    from models.lifecycle import PRIORITY_KEY
    from models.messages import ActionStart, ActionStuck, Resume
    from models.people import Act
    from policies import proof
    from policies.lifecycle import action_record, words
    from policies.proof_content import of_message

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
FOR_GOOD = (EFFECT_REFUSED.type, EFFECT_NOT_PERMITTED.type, STALE.type)
"""Failures after which nothing was done and nothing waits."""

Tell = Callable[[ActionStuck], Awaitable[None]]


class EffectErrand:
    """One approved effect. What became of it stands in `receipt`, `failure` and `stuck`."""

    def __init__(self, start: ActionStart, request: EffectInput, tell: Tell) -> None:
        self._start = start
        self._request = request
        self._tell = tell
        self._priority = Priority(priority_key=PRIORITY_KEY[start.item.severity])
        self._steps = 0
        self._executions = 0
        self._word: Resume | None = None
        self.receipt: EffectReceipt | None = None
        self.failure: str | None = None
        self.stuck: StuckEffect | None = None

    async def run(self) -> None:
        """Until the effect is there, was refused, was undone, or would have been sent."""
        await self._execute()
        await self._settle()

    async def take_back(self, failure: str) -> None:
        """Undo what was carried out, because it came to nothing for this reason."""
        self.failure = failure
        await self._undo()
        await self._settle()

    async def _settle(self) -> None:
        while self.stuck is not None:
            word = await self._word_of_a_person()
            self.stuck = None
            await (self._undo() if word.undo else self._execute())

    async def _undo(self) -> None:
        """Half an effect is worse than none; what cannot be undone waits for a person."""
        try:
            self.receipt = await workflow.execute_activity_method(
                EffectActivities.compensate,
                self._request,
                **options.effect(f"Undo: {self._named()}", self._priority, lasts=HOUR),
            )
        except ActivityError as error:
            why = type_of(error)
            certain = why == EFFECT_IRREVERSIBLE.type
            await self._park(why if certain else EFFECT_IN_DOUBT.type)
            return
        await self._record(f"Undone: {self._named()}.", state=self.receipt.state)

    def resume(self, message: Resume, subject: str, now: datetime) -> None:
        """A person says how a stuck effect goes on; the word of one who may not changes nothing.

        `subject` is the workflow that the proof may name beside the item's.
        """
        if self.stuck is None or message.actor is None:
            return
        failure = self._why_not(message, subject, now)
        if failure is None:
            self._word = message
        else:
            workflow.logger.warning("resume_refused", extra={"failure": failure})

    def _why_not(self, message: Resume, subject: str, now: datetime) -> str | None:
        actor = message.actor
        if actor is None:
            return UNPROVEN.type
        given = actor.proof.claim.subject if actor.proof else subject
        named = given if given == self._start.report_to else subject
        # To look again does no harm; to undo is another act, and must have been meant.
        content = of_message(message) if message.undo else None
        failure = proof.entitled(
            actor, Act.RESUME, self._start.snapshot, named, now, content=content
        )
        return failure.type if failure else None

    async def _execute(self) -> None:
        rehearsed = "Dry run of: " if self._request.dry_run else "Carry out and verify: "
        self._executions += 1
        try:
            self.receipt = await workflow.execute_activity_method(
                EffectActivities.execute,
                self._request,
                **options.effect(f"{rehearsed}{self._named()}", self._priority, lasts=DAY),
            )
        except ActivityError as error:
            await self._failed(type_of(error))
            return
        self.failure = None
        done = self.receipt.state
        said = "Dry run, nothing was sent" if done is EffectState.DRY_RUN else "Carried out"
        await self._record(f"{said}: {self._named()}.", state=done)

    async def _failed(self, failure: str) -> None:
        if failure == STALE.type and self._executions > 1:
            failure = STALE_UNDER_WAY.type
        self.failure = failure
        if failure in FOR_GOOD:
            await self._record(f"Refused: {self._named()} ({failure}).", failure=failure)
        elif failure == EFFECT_UNVERIFIED.type:
            # What stands there is not what was approved. To undo it unseen could make it worse.
            await self._park(failure)
        else:
            await self._undo()

    async def _park(self, failure: str) -> None:
        self._word = None
        self.stuck = StuckEffect(failure=failure, since=workflow.now())
        await self._record(
            f"Stands still: {self._named()} ({failure}). A person is needed.", failure=failure
        )
        await self._tell(ActionStuck(request_id=self._start.proposal.request_id, failure=failure))

    async def _word_of_a_person(self) -> Resume:
        await workflow.wait_condition(lambda: self._word is not None)
        word, self._word = self._word, None
        person = word.actor.person if word and word.actor else ""
        how = "undone" if word and word.undo else "tried again"
        await self._record(f"{person} wants it {how}: {self._named()}.", person=person)
        return word or Resume()

    async def _record(
        self,
        summary: str,
        *,
        state: str | None = None,
        failure: str | None = None,
        person: str | None = None,
    ) -> None:
        """Every step of an effect is evidence, also when the item has ended meanwhile."""
        self._steps += 1
        entry = action_record.effect_step(
            self._request,
            workflow.info().workflow_id,
            self._steps,
            workflow.now(),
            summary,
            person=person,
            state=state,
            reference=self.receipt.reference if self.receipt else None,
            failure=failure,
        )
        await workflow.execute_activity_method(
            LedgerActivities.append_to_ledger,
            AppendInput(entries=(entry,)),
            **options.ledger(f"Record: {summary}"),
        )

    def _named(self) -> str:
        return words.what_of(self._start.proposal)


def type_of(error: ActivityError) -> str:
    """The failure's type; a call that ran out of time was never answered."""
    cause = error.cause
    failure = cause.type if isinstance(cause, ApplicationError) else None
    return failure or EFFECT_UNAVAILABLE.type
