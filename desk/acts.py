"""How a person's act reaches an item: signed, sent once, answered in one sentence.

The desk and the terminal share this. Whoever calls it has made sure who the person is; the
signature says so to the workflow, which alone judges whether that person may do it.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import structlog
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError as UpdateTimeout
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from desk.answers import (
    NO_WORKER_SECONDS,
    AlreadyClosed,
    NotFollowed,
    no_worker,
    sentence_for,
)
from desk.outliving import stuck_beside
from desk.questions import ask_item, ask_request
from models import names
from models.action_parameters import ActionParameters
from models.approval import ActionKind, AmendAction, Ballot, Choice, Delegate, Money
from models.base import Frozen
from models.failures import FAILURES_BY_TYPE
from models.lifecycle import Outcome, Severity
from models.messages import (
    Acknowledge,
    Answer,
    MigratePolicy,
    Override,
    ProposeAction,
    Resolve,
    Resume,
)
from models.people import Act, Actor, Channel, ProofClaim
from models.sheet import Replied, Reply
from models.theme_messages import Regroup
from policies.days import end_of_day
from policies.proof_content import of_ballot, of_delegation, of_message, of_reply
from runtime.problems import Problem
from runtime.signing import SigningKey

AnyAct = TypeVar(
    "AnyAct", Acknowledge, MigratePolicy, Override, ProposeAction, Resolve, AmendAction
)
AnswerModel = TypeVar("AnswerModel", bound=Frozen)
PROOF_LASTS = timedelta(minutes=10)

log = structlog.get_logger(__name__)


class ActRefused(Problem):
    """The item said no. `failure` is a type of the failure table, or empty for a malformed act."""

    def __init__(self, failure: str, what: str) -> None:
        known = FAILURES_BY_TYPE.get(failure)
        self.failure = failure
        remedy = known.remedy if known is not None and known.remedy != what else None
        super().__init__(what, remedy=remedy)


def prove(
    key: SigningKey,
    person: str,
    channel: Channel,
    act: Act,
    subject: str,
    *,
    now: datetime,
    content: str = "",
) -> Actor:
    """The actor with a proof that is worth something for ten minutes, for one act on one subject.

    `subject` is a workflow id. It is bound to its `content` (`policies.proof_content`).
    """
    claim = ProofClaim(
        person=person,
        channel=channel,
        act=act,
        subject=subject,
        expires_at=now + PROOF_LASTS,
        made_at=now,
        content=content,
    )
    return Actor(person=person, channel=channel, proof=key.sign(claim))


def new_act_id() -> str:
    """An id for one act; sending the same act again under it changes nothing."""
    return uuid.uuid4().hex


class ActSender:
    """Sends what people decide. One per process and channel."""

    def __init__(self, client: Client, key: SigningKey, channel: Channel) -> None:
        self._client = client
        self._key = key
        self._channel = channel

    async def acknowledge(
        self,
        workflow_id: str,
        person: str,
        note: str = "",
        *,
        hand_to: str | None = None,
        act_id: str | None = None,
    ) -> Answer:
        """Take the escalation on, or hand it over to somebody.

        Raises `ActRefused` or `Unreachable`, as every act here does.
        """
        message = Acknowledge(actor=self._unproven(person), note=note, hand_to=hand_to)
        signed = self._signed(message, Act.ACKNOWLEDGE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_ACKNOWLEDGE, signed, act_id)

    async def override(
        self,
        workflow_id: str,
        person: str,
        reason: str,
        *,
        severity: Severity | None = None,
        category: str | None = None,
        owner: str | None = None,
        act_id: str | None = None,
    ) -> Answer:
        """Correct triage; at least one of severity, category and owner must be given."""
        message = Override(
            actor=self._unproven(person),
            severity=severity,
            category=category,
            owner=owner,
            reason=reason,
        )
        signed = self._signed(message, Act.OVERRIDE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_OVERRIDE, signed, act_id)

    async def propose(
        self,
        workflow_id: str,
        person: str,
        kind: ActionKind,
        summary: str,
        *,
        amount: Money | None = None,
        evidence: tuple[str, ...] = (),
        parameters: ActionParameters | None = None,
        dry_run: bool = False,
        act_id: str | None = None,
    ) -> Answer:
        """Ask for a policy action; the answer names the request."""
        message = ProposeAction(
            actor=self._unproven(person),
            kind=kind,
            summary=summary,
            amount=amount,
            evidence=evidence,
            parameters=parameters or ActionParameters(),
            dry_run=dry_run,
        )
        signed = self._signed(message, Act.PROPOSE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_PROPOSE_ACTION, signed, act_id)

    async def resolve(
        self,
        workflow_id: str,
        person: str,
        outcome: Outcome,
        reason: str,
        *,
        duplicate_of: str | None = None,
        evidence: tuple[str, ...] = (),
        act_id: str | None = None,
    ) -> Answer:
        """Decide the item. `duplicate_of` is an issue key."""
        message = Resolve(
            actor=self._unproven(person),
            outcome=outcome,
            reason=reason,
            duplicate_of=duplicate_of,
            evidence=evidence,
        )
        signed = self._signed(message, Act.RESOLVE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_RESOLVE, signed, act_id)

    async def migrate_policy(
        self, workflow_id: str, person: str, reason: str, *, act_id: str | None = None
    ) -> Answer:
        """Move the item to the policy now in force; its verdicts so far stand."""
        message = MigratePolicy(actor=self._unproven(person), reason=reason)
        signed = self._signed(message, Act.MIGRATE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_MIGRATE_POLICY, signed, act_id)

    async def decide(
        self,
        request_id: str,
        person: str,
        choice: Choice,
        reason: str = "",
        *,
        digest: str = "",
        act_id: str | None = None,
    ) -> Answer:
        """Vote on a request; `digest` is the hash of what the person looked at."""
        workflow_id = names.action_workflow_id(request_id)
        content = of_ballot(request_id, choice, reason, digest)
        message = Ballot(
            request_id=request_id,
            choice=choice,
            reason=reason,
            actor=self._actor(person, Act.VOTE, workflow_id, content),
            digest=digest,
        )
        try:
            return await self._update(workflow_id, names.UPDATE_DECIDE, message, act_id)
        except AlreadyClosed:
            await self._keep_as_evidence(message)
            raise

    async def delegate(
        self, request_id: str, person: str, to: str, until: date, *, act_id: str | None = None
    ) -> Answer:
        """Let somebody else vote on a request in the person's place; `until` is the last day."""
        workflow_id = names.action_workflow_id(request_id)
        over = end_of_day(until)
        actor = self._actor(person, Act.VOTE, workflow_id, of_delegation(request_id, to, over))
        message = Delegate(actor=actor, request_id=request_id, to=to, until=over)
        return await self._update(workflow_id, names.UPDATE_DELEGATE, message, act_id)

    async def amend(
        self,
        request_id: str,
        person: str,
        *,
        summary: str | None = None,
        amount: Money | None = None,
        evidence: tuple[str, ...] | None = None,
        act_id: str | None = None,
    ) -> Answer:
        """Change what is asked, before anybody has voted; what is None stays as it is."""
        message = AmendAction(
            actor=self._unproven(person),
            request_id=request_id,
            summary=summary,
            amount=amount,
            evidence=evidence,
        )
        workflow_id = names.action_workflow_id(request_id)
        signed = self._signed(message, Act.PROPOSE, workflow_id)
        return await self._update(workflow_id, names.UPDATE_AMEND, signed, act_id)

    async def reply(
        self,
        workflow_id: str,
        person: str,
        question: str,
        choice: str,
        reason: str = "",
        *,
        act_id: str | None = None,
    ) -> Replied:
        """Reply to a question on the sheet of a rollout, a review or a theme."""
        actor = self._actor(person, Act.REPLY, workflow_id, of_reply(question, choice, reason))
        message = Reply(actor=actor, question=question, choice=choice, reason=reason)
        return await self._send(workflow_id, names.UPDATE_REPLY, message, act_id, Replied)

    async def regroup(self, theme_id: str, message: Regroup, act_id: str | None = None) -> Replied:
        """Name a theme, merge it into another one, or split items off. The actor is filled in."""
        person = message.actor.person
        actor = self._actor(person, Act.REPLY, theme_id, of_message(message))
        signed = message.model_copy(update={"actor": actor})
        return await self._send(theme_id, names.UPDATE_REGROUP, signed, act_id, Replied)

    async def _keep_as_evidence(self, late: Ballot) -> None:
        """An ended request records nothing any more; its item keeps that a vote came too late."""
        try:
            request = await ask_request(self._client, late.request_id)
            item = self._client.get_workflow_handle(request.item.workflow_id)
            await item.signal(names.SIGNAL_DECIDE, late)
        except (Problem, RPCError):
            log.warning("late_vote_not_kept", request=late.request_id)

    async def resume(self, workflow_id: str, person: str, *, undo: bool = False) -> tuple[str, ...]:
        """Tell a parked item that its cause is mended; `undo` has approved effects that stand still
        undone instead of tried again.

        The item passes it on to what it speaks for. What it does not, since it has ended or begun
        anew, is told itself. Answers with the workflows that were told.
        """
        ended: Problem | None = None
        try:
            await self._tell_to_resume(workflow_id, person, undo=undo)
        except (AlreadyClosed, NotFollowed) as problem:
            ended = problem
        beside = await self._beside(workflow_id, ended=ended is not None)
        if ended is not None and not beside:
            raise ended
        for one in beside:
            await self._tell_to_resume(one, person, undo=undo)
        return beside if ended is not None else (workflow_id, *beside)

    async def _beside(self, workflow_id: str, *, ended: bool) -> tuple[str, ...]:
        spoken_for: frozenset[str] = frozenset()
        if not ended:
            try:
                status = await ask_item(self._client, workflow_id)
            except Problem:
                return ()  # the item has the word; what it speaks for is not known now
            spoken_for = frozenset(action.request_id for action in status.actions)
        return await stuck_beside(self._client, workflow_id, spoken_for)

    async def _tell_to_resume(self, workflow_id: str, person: str, *, undo: bool) -> None:
        bare = Resume(undo=undo)
        actor = self._actor(person, Act.RESUME, workflow_id, of_message(bare))
        message = bare.model_copy(update={"actor": actor})
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await handle.signal(
                names.SIGNAL_RESUME, message, rpc_timeout=timedelta(seconds=NO_WORKER_SECONDS)
            )
        except RPCError as error:
            raise await sentence_for(self._client, workflow_id, error) from error

    def ballot_for_temporal_ui(
        self, request_id: str, person: str, choice: Choice, digest: str = ""
    ) -> Ballot:
        """A vote to paste into the Temporal UI; the voter writes the reason, without which it is refused."""
        actor = prove(
            self._key,
            person,
            Channel.TEMPORAL_UI,
            Act.VOTE,
            names.action_workflow_id(request_id),
            now=datetime.now(UTC),
            content=of_ballot(request_id, choice, "", digest),
        )
        return Ballot(request_id=request_id, choice=choice, reason="", actor=actor, digest=digest)

    def _unproven(self, person: str) -> Actor:
        return Actor(person=person, channel=self._channel)

    def _signed(self, message: AnyAct, act: Act, subject: str) -> AnyAct:
        """The message with an actor whose proof is worth something for nothing else."""
        actor = self._actor(message.actor.person, act, subject, of_message(message))
        return message.model_copy(update={"actor": actor})

    def _actor(self, person: str, act: Act, subject: str, content: str = "") -> Actor:
        now = datetime.now(UTC)
        return prove(self._key, person, self._channel, act, subject, now=now, content=content)

    async def _update(
        self, workflow_id: str, update: str, message: Frozen, act_id: str | None
    ) -> Answer:
        return await self._send(workflow_id, update, message, act_id, Answer)

    async def _send(
        self,
        workflow_id: str,
        update: str,
        message: Frozen,
        act_id: str | None,
        answer_type: type[AnswerModel],
    ) -> AnswerModel:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            answer: AnswerModel = await handle.execute_update(
                update,
                message,
                id=act_id or new_act_id(),
                result_type=answer_type,
                rpc_timeout=timedelta(seconds=NO_WORKER_SECONDS),
            )
        except WorkflowUpdateFailedError as error:
            raise _refusal(error) from error
        except UpdateTimeout as error:
            raise no_worker() from error
        except RPCError as error:
            raise await sentence_for(self._client, workflow_id, error) from error
        return answer


def _refusal(error: WorkflowUpdateFailedError) -> ActRefused:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in FAILURES_BY_TYPE:
        return ActRefused(cause.type, cause.message)
    return ActRefused("", "The item refused this as malformed; nothing was changed.")
