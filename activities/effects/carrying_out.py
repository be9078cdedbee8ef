"""Carrying out an approved action in the system that can, once, and seeing that it stands there."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn
from urllib.parse import quote

from temporalio import activity

from activities.approval import with_people_of_today
from activities.effects.base import Effect
from activities.effects.endpoint import CONFLICT, MISSING, Endpoints, fail
from activities.effects.registry import EFFECTS
from models.approval import ActionKind, ActionProposal, EffectReceipt, EffectState
from models.effects import EffectInput, ExceptionEnd
from models.failures import (
    EFFECT_IRREVERSIBLE,
    EFFECT_NOT_PERMITTED,
    EFFECT_UNVERIFIED,
)
from models.names import (
    EXECUTE_EFFECT,
    POLICY_ACTION_WORKFLOW,
    POLICY_EXCEPTION_WORKFLOW,
    action_workflow_id,
    exception_workflow_id,
)
from policies import effect_permit, exceptions
from policies.directory import Directory
from policies.effect_permit import Trust

MOST_LOOKS = 4
"""So often an effect that cannot be seen is looked at; a person looks after that."""
_STATES = {"executed": EffectState.VERIFIED, "voided": EffectState.COMPENSATED}


class EffectActivities:
    """Effects at their endpoints. Only what was approved is carried out, whoever asks for it."""

    def __init__(
        self,
        endpoints: Endpoints,
        trust: Trust,
        *,
        dry_run: bool = False,
        people: Callable[[], Directory] | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._trust = trust
        self._people = people
        self._dry_run = dry_run

    @activity.defn(name=EXECUTE_EFFECT)
    def execute(self, request: EffectInput) -> EffectReceipt:
        """Carry it out once and see that it stands there; in a dry run, say what would be sent.

        Raises `ApplicationError`: `EffectUnavailable` and `EffectUnverified` are worth repeating,
        `EffectRefused` and `EffectNotPermitted` are not.
        """
        proposal = request.proposal
        if proposal.kind is ActionKind.CLIMB:
            return _no_effect(proposal)
        self._permitted(request)
        effect = EFFECTS[proposal.kind]
        if self._sends_nothing(request):
            sent = _would_send(effect, proposal)
            return _no_effect(proposal, state=EffectState.DRY_RUN, would_send=sent)
        self._endpoints.of(effect.system).call(
            "POST",
            f"/effects/{proposal.kind.value}",
            f"/effects/{proposal.kind.value}",
            headers={"Idempotency-Key": proposal.request_id},
            json=effect.wanted(proposal),
            # Something stands under this key already: what, is seen next.
            fine=(CONFLICT,),
        )
        return self._look(effect, proposal)

    @activity.defn(name="compensate_effect")
    def compensate(self, request: EffectInput) -> EffectReceipt:
        """Undo the effect; undoing what was never done changes nothing.

        Raises as `execute` does, and `EffectIrreversible` for what cannot be undone.
        """
        proposal = request.proposal
        if proposal.kind is ActionKind.CLIMB:
            return _no_effect(proposal)
        self._permitted(request)
        if self._sends_nothing(request):
            return _no_effect(proposal, state=EffectState.DRY_RUN)
        return self._void(proposal)

    @activity.defn(name="end_exception")
    def end_exception(self, request: ExceptionEnd) -> EffectReceipt:
        """End an exception from a policy, no sooner than was approved. Raises as `compensate`."""
        proposal = request.begun.proposal
        _only_from(POLICY_EXCEPTION_WORKFLOW, exception_workflow_id(proposal.request_id))
        self._approved(request.begun)
        if request.changed is not None:
            self._approved_change(request.begun, request.changed)
        if request.now < exceptions.end_of(request.begun, request.changed):
            fail(EFFECT_NOT_PERMITTED, "The exception does not end yet")
        return self._void(proposal)

    @activity.defn(name="confirm_exception_change")
    def confirm_change(self, request: ExceptionEnd) -> bool:
        """Whether the new end of a running exception was approved; never raises for a no."""
        proposal = request.begun.proposal
        _only_from(POLICY_EXCEPTION_WORKFLOW, exception_workflow_id(proposal.request_id))
        changed = request.changed
        return (
            changed is not None
            and exceptions.is_change_of(request.begun, changed)
            and self._why_not(changed) is None
        )

    def _permitted(self, request: EffectInput) -> None:
        """Only the workflow of this very request may ask, and only with its people's approval."""
        _only_from(POLICY_ACTION_WORKFLOW, action_workflow_id(request.proposal.request_id))
        self._approved(request)

    def _approved(self, request: EffectInput) -> None:
        why = self._why_not(request)
        if why is not None:
            fail(EFFECT_NOT_PERMITTED, f"Not carried out: {why}")

    def _why_not(self, request: EffectInput) -> str | None:
        today = partial(with_people_of_today, people=self._people)
        return effect_permit.why_not(request, self._trust, today)

    def _approved_change(self, begun: EffectInput, changed: EffectInput) -> None:
        if not exceptions.is_change_of(begun, changed):
            fail(EFFECT_NOT_PERMITTED, "Not carried out: the change is of another exception")
        self._approved(changed)

    def _sends_nothing(self, request: EffectInput) -> bool:
        return self._dry_run or request.dry_run or request.proposal.dry_run

    def _look(self, effect: Effect, proposal: ActionProposal) -> EffectReceipt:
        endpoint = self._endpoints.of(effect.system)
        answer = endpoint.call("GET", _path_of(proposal), "/effects/{key}", fine=(MISSING,))
        if answer is None:
            _unverified("The endpoint does not know the effect")
        recorded = answer.get("request")
        if isinstance(recorded, dict) and _differs(recorded, effect.wanted(proposal)):
            _unverified("The endpoint holds another effect under this request's key")
        state = _STATES.get(str(answer.get("status")))
        if state is None:
            _unverified("The endpoint does not say that the effect was executed")
        unseen = effect.unseen(proposal, endpoint) if state is EffectState.VERIFIED else None
        if unseen is not None:
            _unverified(unseen)
        return _receipt(proposal, answer, state)

    def _void(self, proposal: ActionProposal) -> EffectReceipt:
        effect = EFFECTS[proposal.kind]
        if effect.irreversible is not None:
            fail(EFFECT_IRREVERSIBLE, f"Not undone: {effect.irreversible}")
        answer = self._endpoints.of(effect.system).call(
            "POST", f"{_path_of(proposal)}/void", "/effects/{key}/void", fine=(MISSING,)
        )
        if answer is None:
            return _no_effect(proposal)
        return _receipt(proposal, answer, EffectState.COMPENSATED)


def _only_from(workflow_type: str, workflow_id: str) -> None:
    info = activity.info()
    if (info.workflow_type, info.workflow_id) != (workflow_type, workflow_id):
        fail(EFFECT_NOT_PERMITTED, f"Not carried out: only {workflow_id} may ask for this")


def _unverified(what: str) -> NoReturn:
    fail(EFFECT_UNVERIFIED, what, for_good=activity.info().attempt >= MOST_LOOKS)


def _would_send(effect: Effect, proposal: ActionProposal) -> str:
    body = json.dumps(effect.wanted(proposal), ensure_ascii=False)
    return (
        f"POST /effects/{proposal.kind} to {effect.system}, "
        f"Idempotency-Key: {proposal.request_id}, {body}"
    )


def _path_of(proposal: ActionProposal) -> str:
    return f"/effects/{quote(proposal.request_id, safe='')}"


def _differs(recorded: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """The summary is words about the effect and no part of it."""
    binding = (name for name in wanted if name != "summary")
    return any(name in recorded and recorded[name] != wanted[name] for name in binding)


def _receipt(proposal: ActionProposal, answer: dict[str, Any], state: EffectState) -> EffectReceipt:
    reference = answer.get("reference")
    return EffectReceipt(
        idempotency_key=proposal.request_id,
        state=state,
        reference=str(reference) if reference is not None else None,
    )


def _no_effect(
    proposal: ActionProposal,
    *,
    state: EffectState = EffectState.NONE,
    would_send: str | None = None,
) -> EffectReceipt:
    return EffectReceipt(idempotency_key=proposal.request_id, state=state, would_send=would_send)
