"""`kill -9` of the worker after the money has moved and before anybody has seen that it did."""

from __future__ import annotations

import httpx
import pytest

from models.approval import ActionKind, EffectState
from models.names import action_workflow_id
from tests.e2e.house import House
from tests.workflows.deeds import REFUND, propose, triaged

pytestmark = [pytest.mark.e2e, pytest.mark.kill, pytest.mark.xdist_group("house")]


def _look_slowly(house: House) -> None:
    fault = {"place": "look", "kind": "slow", "delay_seconds": 10, "times": 1}
    url = f"{house.effects_url}/__local__/faults"
    httpx.post(url, json=fault, trust_env=False).raise_for_status()


async def test_a_worker_killed_between_the_effect_and_its_verification_doubles_nothing(
    house: House,
) -> None:
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 3000)
    action = house.client.get_workflow_handle(action_workflow_id(request))
    _look_slowly(house)
    await house.vote(request, "lena")
    await house.under_way(action, "execute_effect")
    await house.settled(
        lambda: any(effect["key"] == request for effect in house.effects()),
        say="the refund was carried out",
    )

    await house.kill("worker")
    await house.bring_back("worker")

    await house.until(issue, lambda s: s.actions[0].outcome, say="the refund is verified")
    done = await house.request(request)
    assert done.effect is not None
    assert done.effect.state is EffectState.VERIFIED
    assert [effect["key"] for effect in house.effects()].count(request) == 1
    assert house.doubled_effects() == 0
