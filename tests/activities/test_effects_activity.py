from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response
from temporalio.exceptions import ApplicationError

from activities.effects.carrying_out import MOST_LOOKS, EffectActivities
from activities.effects.endpoint import Endpoints
from models.approval import ActionKind, EffectReceipt, EffectState
from models.effects import EffectInput, System
from models.failures import (
    EFFECT_IRREVERSIBLE,
    EFFECT_REFUSED,
    EFFECT_UNAVAILABLE,
    EFFECT_UNVERIFIED,
)
from runtime.ports import free_port
from tests.approved_effects import KEY, Approver, activity_of

Work = Callable[[EffectInput], EffectReceipt]


def _served(app: FastAPI) -> Iterator[str]:
    port = free_port(0)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def odd_endpoint() -> Iterator[str]:
    """Answers that a foreign system might give."""
    app = FastAPI()

    @app.post("/effects/{kind}")
    def execute(kind: str) -> Response:
        answers = {
            "refund": Response("a customer's words", status_code=200),
            "credit": Response("{}", status_code=200, media_type="application/json"),
            "account_change": Response("slow down", status_code=429),
            "feature_off": Response("secret words", status_code=403),
            "data_export": Response("", status_code=302, headers={"Location": "/elsewhere"}),
        }
        return answers[kind]

    @app.get("/effects/{key}")
    def look_up(key: str) -> Response:
        return Response('{"status": "pending"}', media_type="application/json")

    yield from _served(app)


@pytest.fixture
def effects(endpoint: str, approver: Approver) -> EffectActivities:
    return EffectActivities(Endpoints(endpoint + "/"), approver.trust)


def _journal(endpoint: str) -> dict[str, object]:
    return dict(httpx.get(f"{endpoint}/__local__/journal").json())


def _fail_next(endpoint: str, **fault: object) -> None:
    httpx.post(f"{endpoint}/__local__/faults", json=fault).raise_for_status()


def _failure(work: Work, request: EffectInput, **asked_by: Any) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        activity_of(**asked_by).run(work, request)
    return caught.value


def test_an_effect_is_carried_out_and_seen_there(endpoint, effects, approver):
    receipt = activity_of().run(effects.execute, approver.request())
    assert (receipt.idempotency_key, receipt.state) == (KEY, EffectState.VERIFIED)
    (effect,) = _journal(endpoint)["effects"]
    assert effect["request"]["amount_minor"] == 1250
    assert effect["request"]["subject"] == "c0ffee"


def test_repeating_it_changes_nothing(endpoint, effects, approver):
    first = activity_of().run(effects.execute, approver.request())
    again = activity_of().run(effects.execute, approver.request())
    assert first == again
    journal = _journal(endpoint)
    assert (journal["executions"], journal["repeated"], journal["doubles"]) == (1, 1, 0)


FAULTS = [
    {"status": 503},
    {"status": 503, "after_commit": True},
    {"kind": "lost_answer"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault)))
def test_a_breakdown_is_repeated_and_the_effect_happens_once(endpoint, effects, approver, fault):
    _fail_next(endpoint, times=1, **fault)
    failure = _failure(effects.execute, approver.request())
    assert (failure.type, failure.non_retryable) == (EFFECT_UNAVAILABLE.type, False)
    repeated = activity_of(attempt=2).run(effects.execute, approver.request())
    assert repeated.state is EffectState.VERIFIED
    assert _journal(endpoint)["executions"] == 1


def test_an_endpoint_that_refuses_is_believed(endpoint, effects, approver):
    _fail_next(endpoint, times=1, status=403)
    failure = _failure(effects.execute, approver.request())
    assert (failure.type, failure.non_retryable) == (EFFECT_REFUSED.type, True)
    assert _journal(endpoint)["executions"] == 0


def test_a_wrong_record_is_looked_at_again_and_then_left_to_a_person(endpoint, effects, approver):
    _fail_next(endpoint, times=1, kind="wrong_record")
    first = _failure(effects.execute, approver.request())
    last = _failure(effects.execute, approver.request(), attempt=MOST_LOOKS)
    assert (first.type, first.non_retryable) == (EFFECT_UNVERIFIED.type, False)
    assert (last.type, last.non_retryable) == (EFFECT_UNVERIFIED.type, True)
    assert _journal(endpoint)["executions"] == 1


def test_compensating_undoes_once_and_what_was_never_done_needs_none(endpoint, effects, approver):
    request = approver.request()
    assert activity_of().run(effects.compensate, request).state is EffectState.NONE
    activity_of().run(effects.execute, request)
    for _ in range(2):
        undone = activity_of().run(effects.compensate, request)
        assert undone.state is EffectState.COMPENSATED
    assert _journal(endpoint)["voided"] == 1


@pytest.mark.parametrize("kind", [ActionKind.DATA_DELETION, ActionKind.PUBLIC_STATEMENT])
def test_what_cannot_be_undone_says_so_instead_of_calling(endpoint, effects, approver, kind):
    request = approver.request(kind, None)
    activity_of().run(effects.execute, request)
    failure = _failure(effects.compensate, request)
    assert (failure.type, failure.non_retryable) == (EFFECT_IRREVERSIBLE.type, True)
    assert _journal(endpoint)["voided"] == 0


def test_leave_to_climb_has_no_effect_outside(approver):
    effects = EffectActivities(Endpoints(None), approver.trust)
    climb = approver.request(ActionKind.CLIMB, None)
    for work in (effects.execute, effects.compensate):
        assert activity_of().run(work, climb).state is EffectState.NONE


def test_a_worker_without_an_address_says_which_variable_is_missing(approver):
    effects = EffectActivities(Endpoints(None), approver.trust)
    failure = _failure(effects.execute, approver.request())
    assert failure.type == EFFECT_UNAVAILABLE.type
    assert "FOLLOWTHROUGH_EFFECTS_URL" in str(failure)


def test_nobody_listening_is_worth_repeating(approver):
    nowhere = Endpoints(f"http://127.0.0.1:{free_port(0)}")
    failure = _failure(EffectActivities(nowhere, approver.trust).execute, approver.request())
    assert (failure.type, failure.non_retryable) == (EFFECT_UNAVAILABLE.type, False)


def test_a_system_with_an_address_of_its_own_is_called_there(endpoint, approver):
    nowhere = f"http://127.0.0.1:{free_port(0)}"
    endpoints = Endpoints(nowhere, {System.BILLING: endpoint})
    effects = EffectActivities(endpoints, approver.trust)
    refunded = activity_of().run(effects.execute, approver.request())
    assert refunded.state is EffectState.VERIFIED
    elsewhere = _failure(effects.execute, approver.request(ActionKind.DATA_EXPORT, None))
    assert elsewhere.type == EFFECT_UNAVAILABLE.type


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ActionKind.REFUND, EFFECT_UNAVAILABLE),
        (ActionKind.CREDIT, EFFECT_UNVERIFIED),
        (ActionKind.ACCOUNT_CHANGE, EFFECT_UNAVAILABLE),
        (ActionKind.FEATURE_OFF, EFFECT_REFUSED),
        (ActionKind.DATA_EXPORT, EFFECT_REFUSED),
    ],
)
def test_odd_answers_are_typed_failures_without_their_words(odd_endpoint, approver, kind, expected):
    effects = EffectActivities(Endpoints(odd_endpoint), approver.trust)
    failure = _failure(effects.execute, approver.request(kind))
    assert (failure.type, failure.non_retryable) == (expected.type, not expected.retryable)
    assert "words" not in f"{failure} {failure.__cause__}"
