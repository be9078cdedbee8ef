from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from runtime.effects_stand_in import create_app
from runtime.effects_store import EffectsStore

REFUND = {"subject": "FT-1", "amount_minor": 1250, "currency": "EUR"}


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[TestClient]:
    store = EffectsStore(tmp_path / "effects.db")
    yield TestClient(create_app(store))
    store.close()


def send(endpoint: TestClient, key: str = "k1", **changes: object):
    return endpoint.post(
        "/effects/refund", json={**REFUND, **changes}, headers={"Idempotency-Key": key}
    )


def test_the_first_call_creates_the_effect_and_a_repeat_returns_the_same(endpoint):
    first, second = send(endpoint), send(endpoint)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    journal = endpoint.get("/__local__/journal").json()
    assert (journal["executions"], journal["repeated"], journal["doubles"]) == (1, 1, 0)


def test_the_same_key_with_another_body_is_refused(endpoint):
    send(endpoint)
    assert send(endpoint, amount_minor=9999).status_code == 409
    effect = endpoint.get("/effects/k1").json()
    assert effect["request"]["amount_minor"] == 1250


def test_the_same_key_for_another_kind_is_refused(endpoint):
    send(endpoint)
    answer = endpoint.post("/effects/credit", json=REFUND, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 409


def test_a_call_without_an_idempotency_key_is_refused(endpoint):
    assert endpoint.post("/effects/refund", json=REFUND).status_code == 422


def test_an_effect_can_be_looked_up_and_voided_once(endpoint):
    send(endpoint)
    assert endpoint.get("/effects/k1").json()["status"] == "executed"
    assert endpoint.post("/effects/k1/void").json()["status"] == "voided"
    assert endpoint.post("/effects/k1/void").status_code == 200
    assert endpoint.get("/__local__/journal").json()["voided"] == 1
    assert endpoint.get("/effects/unknown").status_code == 404
    assert endpoint.post("/effects/unknown/void").status_code == 404


def test_a_fault_before_the_work_leaves_nothing_behind(endpoint):
    endpoint.post("/__local__/faults", json={"times": 1, "status": 502})
    assert send(endpoint).status_code == 502
    assert endpoint.get("/effects/k1").status_code == 404
    assert send(endpoint).status_code == 201


def test_a_fault_after_the_work_leaves_it_done_once(endpoint):
    endpoint.post("/__local__/faults", json={"times": 1, "status": 500, "after_commit": True})
    assert send(endpoint).status_code == 500
    assert send(endpoint).status_code == 200
    assert endpoint.get("/__local__/journal").json()["executions"] == 1


def test_many_at_once_with_one_key_happen_once(endpoint):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(endpoint).status_code, range(24)))
    assert sorted(answers) == [200] * 23 + [201]
    assert endpoint.get("/__local__/journal").json()["executions"] == 1


def test_what_happened_survives_a_restart(tmp_path):
    first = EffectsStore(tmp_path / "effects.db")
    send(TestClient(create_app(first)))
    first.close()
    second = EffectsStore(tmp_path / "effects.db")
    assert send(TestClient(create_app(second))).status_code == 200
    second.close()
