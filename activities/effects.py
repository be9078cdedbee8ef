"""Carrying out an approved action in the system that can: billing, flags, accounts.

The endpoint keeps the idempotency key, so that repeating a call never repeats the effect:
`POST /effects/{kind}` with `Idempotency-Key`, `GET /effects/{key}`, `POST /effects/{key}/void`.
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import quote

import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError

from models.activity_io import EffectInput
from models.approval import ActionKind, ActionProposal, EffectReceipt, EffectState
from models.failures import (
    EFFECT_REFUSED,
    EFFECT_UNAVAILABLE,
    EFFECT_UNVERIFIED,
    Failure,
)

TIMEOUT_SECONDS = 20.0
"""Three calls fit into the minute that the workflow allows."""
_WORTH_REPEATING = frozenset({408, 425, 429})
_STATES = {"executed": EffectState.VERIFIED, "voided": EffectState.COMPENSATED}


class EffectActivities:
    """Effects at one endpoint. Leave to climb a rung has no effect outside and calls nothing."""

    def __init__(self, effects_url: str | None) -> None:
        self._url = effects_url.rstrip("/") if effects_url else None
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    @activity.defn(name="execute_effect")
    def execute(self, request: EffectInput) -> EffectReceipt:
        """Carry it out once and see that it stands there.

        Raises `ApplicationError`: `EffectUnavailable` and `EffectUnverified` are worth repeating,
        `EffectRefused` is not.
        """
        proposal = request.proposal
        if proposal.kind is ActionKind.CLIMB:
            return _no_effect(proposal)
        self._call(
            "POST",
            f"/effects/{proposal.kind.value}",
            f"/effects/{proposal.kind.value}",
            headers={"Idempotency-Key": proposal.request_id},
            json=_wanted(proposal),
        )
        return self._look(proposal)

    @activity.defn(name="compensate_effect")
    def compensate(self, request: EffectInput) -> EffectReceipt:
        """Undo the effect; undoing what was never done changes nothing. Raises as `execute` does."""
        proposal = request.proposal
        if proposal.kind is ActionKind.CLIMB:
            return _no_effect(proposal)
        path = f"/effects/{quote(proposal.request_id, safe='')}/void"
        answer = self._call("POST", path, "/effects/{key}/void", missing_is_fine=True)
        if answer is None:
            return _no_effect(proposal)
        return _receipt(proposal, answer, EffectState.COMPENSATED)

    def _look(self, proposal: ActionProposal) -> EffectReceipt:
        path = f"/effects/{quote(proposal.request_id, safe='')}"
        answer = self._call("GET", path, "/effects/{key}", missing_is_fine=True)
        if answer is None:
            _fail(EFFECT_UNVERIFIED, "The endpoint does not know the effect")
        recorded = answer.get("request")
        if isinstance(recorded, dict) and _differs(recorded, _wanted(proposal)):
            _fail(EFFECT_UNVERIFIED, "The endpoint holds another effect under this request's key")
        state = _STATES.get(str(answer.get("status")))
        if state is None:
            _fail(EFFECT_UNVERIFIED, "The endpoint does not say that the effect was executed")
        return _receipt(proposal, answer, state)

    def _call(
        self, method: str, path: str, shown: str, *, missing_is_fine: bool = False, **content: Any
    ) -> dict[str, Any] | None:
        """The JSON object answered; None for 404 where that is fine. `shown` names it in words."""
        if self._url is None:
            _fail(EFFECT_UNAVAILABLE, "FOLLOWTHROUGH_EFFECTS_URL is not set on this worker")
        try:
            response = self._client.request(method, f"{self._url}{path}", **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = type(error).__name__
            response = None
        if response is None:
            _fail(EFFECT_UNAVAILABLE, f"{method} {shown} got no answer ({what})")
        status = response.status_code
        if status == 404 and missing_is_fine:
            return None
        said = f"{method} {shown} was answered {status}"
        if status >= 500 or status in _WORTH_REPEATING:
            _fail(EFFECT_UNAVAILABLE, said)
        if not response.is_success:
            _fail(EFFECT_REFUSED, said)
        return _object(response, said)


def _wanted(proposal: ActionProposal) -> dict[str, Any]:
    amount = proposal.amount
    return {
        "subject": proposal.subject,
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "summary": proposal.summary,
    }


def _differs(recorded: dict[str, Any], wanted: dict[str, Any]) -> bool:
    binding = ("subject", "amount_minor", "currency")
    return any(name in recorded and recorded[name] != wanted[name] for name in binding)


def _object(response: httpx.Response, said: str) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        _fail(EFFECT_UNAVAILABLE, f"{said} without a JSON object")
    return answer


def _receipt(proposal: ActionProposal, answer: dict[str, Any], state: EffectState) -> EffectReceipt:
    reference = answer.get("reference")
    return EffectReceipt(
        idempotency_key=proposal.request_id,
        state=state,
        reference=str(reference) if reference is not None else None,
    )


def _no_effect(proposal: ActionProposal) -> EffectReceipt:
    return EffectReceipt(idempotency_key=proposal.request_id, state=EffectState.NONE)


def _fail(failure: Failure, what: str) -> NoReturn:
    raise ApplicationError(
        f"{what}. {failure.remedy}", type=failure.type, non_retryable=not failure.retryable
    )
