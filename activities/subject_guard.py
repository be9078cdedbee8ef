"""Nothing is carried out that rests on what was true before: the item is asked right before.

That the action was approved at all is judged where it is carried out (`policies.effect_permit`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.approval import with_people_of_today
from models.approval import ActionKind, ActionProposal
from models.effects import Approval, EffectInput
from models.failures import EFFECT_NOT_PERMITTED, STALE, STALE_UNDER_WAY
from models.messages import ItemSubject
from models.names import EXECUTE_EFFECT, QUERY_SUBJECT, feedback_workflow_id
from policies.approval_evidence import why_not_granted
from policies.directory import Directory
from policies.request_digest import digest_of

ASK_SECONDS = 10


class SubjectGuard(Interceptor):
    """Stands before the activity that carries actions out, and before each of its retries."""

    def __init__(self, client: Client, people: Callable[[], Directory]) -> None:
        self._client = client
        self._people = people

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Put the guard before every activity; it looks at the one that carries out."""
        return _Guarded(next, self)

    async def require(self, request: EffectInput) -> None:
        """Raise `ApplicationError`: `Stale` when it has to be asked anew, and `StaleUnderWay`
        when it may have been carried out in part; `EffectNotPermitted` when its item does not
        wait for it.
        """
        given, proposal = request.approval, request.proposal
        if given is None or proposal.kind is ActionKind.CLIMB:
            return
        subject = await self._ask(feedback_workflow_id(given.item.issue_id))
        if proposal.request_id not in subject.waiting:
            _refuse("Its item waits for no such request")
        if not _asked_so(subject, given, proposal):
            _stale("Its item asked for it on other facts")
        if digest_of(proposal, subject.item, subject.snapshot.version) != given.digest:
            _stale("What was approved is no longer what it would be done to")
        if not self._still_granted(given, request):
            _stale("Somebody whose vote it rests on may not decide it any more")

    def _still_granted(self, given: Approval, request: EffectInput) -> bool:
        today = with_people_of_today(given.snapshot, self._people)
        return why_not_granted(given, request.proposal, today) is None

    async def _ask(self, item: str) -> ItemSubject:
        """The item's own answer. That it cannot be reached is worth another try."""
        handle = self._client.get_workflow_handle(item)
        try:
            answer: ItemSubject = await handle.query(
                QUERY_SUBJECT,
                result_type=ItemSubject,
                rpc_timeout=timedelta(seconds=ASK_SECONDS),
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                _refuse("Its item is not known")
            raise
        return answer


class _Guarded(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, guard: SubjectGuard) -> None:
        super().__init__(next)
        self._guard = guard

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if activity.info().activity_type == EXECUTE_EFFECT:
            for argument in input.args:
                if isinstance(argument, EffectInput):
                    await self._guard.require(argument)
        return await super().execute_activity(input)


def _asked_so(subject: ItemSubject, given: Approval, proposal: ActionProposal) -> bool:
    """Whether conditions were evaluated on the item's own facts, also those that no hash covers."""
    request = proposal.request_id
    facts = subject.asked.get(request, given.item)
    return given.item == facts and proposal.confidence == subject.sure.get(
        request, proposal.confidence
    )


def _refuse(what: str) -> NoReturn:
    failure = EFFECT_NOT_PERMITTED
    raise ApplicationError(f"{what}. {failure.remedy}", type=failure.type, non_retryable=True)


def _stale(what: str) -> NoReturn:
    """A first attempt has sent nothing; a later one comes after one that may have."""
    failure = STALE if activity.info().attempt == 1 else STALE_UNDER_WAY
    raise ApplicationError(f"{what}.", type=failure.type, non_retryable=True)
