from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.effects import EffectActivities
from models.activity_io import EffectInput
from models.approval import ActionKind, ActionProposal, EffectState, Money
from models.failures import EFFECT_REFUSED, EFFECT_UNAVAILABLE, EFFECT_UNVERIFIED
from models.people import Actor, Channel
from runtime.effects_stand_in import create_app
from runtime.effects_store import EffectsStore
from runtime.ports import free_port


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
def endpoint(tmp_path: Path) -> Iterator[str]:
    store = EffectsStore(tmp_path / "effects.db")
    yield from _served(create_app(store))
    store.close()


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


def _request(
    kind: ActionKind = ActionKind.REFUND, minor: int | None = 1250, key: str = "10001-1-7"
) -> EffectInput:
    return EffectInput(
        proposal=ActionProposal(
            request_id=key,
            kind=kind,
            subject="c0ffee",
            summary="Refund the second charge.",
            amount=Money(minor=minor, currency="EUR") if minor is not None else None,
            proposed_by=Actor(person="ada", channel=Channel.DESK),
            proposed_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
    )


def _journal(endpoint: str) -> dict[str, object]:
    return dict(httpx.get(f"{endpoint}/__local__/journal").json())


def _fail_next(endpoint: str, **fault: object) -> None:
    httpx.post(f"{endpoint}/__local__/faults", json=fault).raise_for_status()


def _failure(work, request: EffectInput) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        ActivityEnvironment().run(work, request)
    return caught.value


def test_an_effect_is_carried_out_and_seen_there(endpoint):
    effects = EffectActivities(endpoint + "/")
    receipt = ActivityEnvironment().run(effects.execute, _request())
    assert (receipt.idempotency_key, receipt.state) == ("10001-1-7", EffectState.VERIFIED)
    (effect,) = _journal(endpoint)["effects"]
    assert effect["request"]["amount_minor"] == 1250
    assert effect["request"]["subject"] == "c0ffee"


def test_repeating_it_changes_nothing(endpoint):
    effects = EffectActivities(endpoint)
    first = ActivityEnvironment().run(effects.execute, _request())
    again = ActivityEnvironment().run(effects.execute, _request())
    assert first == again
    journal = _journal(endpoint)
    assert (journal["executions"], journal["repeated"], journal["doubles"]) == (1, 1, 0)


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_breakdown_is_repeated_and_the_effect_happens_once(endpoint, after_commit):
    effects = EffectActivities(endpoint)
    _fail_next(endpoint, times=1, status=503, after_commit=after_commit)
    failure = _failure(effects.execute, _request())
    assert (failure.type, failure.non_retryable) == (EFFECT_UNAVAILABLE.type, False)
    assert ActivityEnvironment().run(effects.execute, _request()).state is EffectState.VERIFIED
    assert _journal(endpoint)["executions"] == 1


def test_another_amount_under_the_same_key_is_refused_for_good(endpoint):
    effects = EffectActivities(endpoint)
    ActivityEnvironment().run(effects.execute, _request())
    failure = _failure(effects.execute, _request(minor=9900))
    assert (failure.type, failure.non_retryable) == (EFFECT_REFUSED.type, True)


def test_compensating_undoes_once_and_what_was_never_done_needs_none(endpoint):
    effects = EffectActivities(endpoint)
    assert ActivityEnvironment().run(effects.compensate, _request()).state is EffectState.NONE
    ActivityEnvironment().run(effects.execute, _request())
    for _ in range(2):
        undone = ActivityEnvironment().run(effects.compensate, _request())
        assert undone.state is EffectState.COMPENSATED
    assert _journal(endpoint)["voided"] == 1


def test_leave_to_climb_has_no_effect_outside():
    effects = EffectActivities(None)
    climb = _request(ActionKind.CLIMB, minor=None)
    for work in (effects.execute, effects.compensate):
        assert ActivityEnvironment().run(work, climb).state is EffectState.NONE


def test_a_worker_without_an_address_says_which_variable_is_missing():
    failure = _failure(EffectActivities(None).execute, _request())
    assert failure.type == EFFECT_UNAVAILABLE.type
    assert "FOLLOWTHROUGH_EFFECTS_URL" in str(failure)


def test_nobody_listening_is_worth_repeating():
    failure = _failure(EffectActivities(f"http://127.0.0.1:{free_port(0)}").execute, _request())
    assert (failure.type, failure.non_retryable) == (EFFECT_UNAVAILABLE.type, False)


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
def test_odd_answers_are_typed_failures_without_their_words(odd_endpoint, kind, expected):
    failure = _failure(EffectActivities(odd_endpoint).execute, _request(kind))
    assert (failure.type, failure.non_retryable) == (expected.type, not expected.retryable)
    assert "words" not in f"{failure} {failure.__cause__}"
