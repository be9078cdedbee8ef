from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models.events import EventKind, Fact
from models.rehearsal import PastItem
from policies.policy_set import PolicySet
from policies.rehearsing.replay import Replayed, replay
from tests.policies.past_items import MONDAY, past

WHEN_NOBODY_DECIDES = "    expires_after: 1h\n    remind_after: 20m\n"


def told_at(one: PastItem, policy_set: PolicySet) -> dict[int, float]:
    """When each level is told, in hours since Monday."""
    levels = replay(one, policy_set).rehearsed.levels
    return {level.level: (level.at - MONDAY).total_seconds() / 3600 for level in levels}


def first_refusal(played: Replayed) -> datetime:
    refused = (one for one in played.state.timeline if one.kind is EventKind.CLIMB_REFUSED)
    return next(refused).at


def handed_over(to: str, hours: float) -> PastItem:
    handed: dict[str, Fact] = {"level": 1, "rung": "owner", "notified": to, "by": "omar"}
    return past((EventKind.HANDED_OVER, hours, handed), until=200, severity="S2")


def test_nobody_acknowledges_in_a_rehearsal_unless_somebody_did(shipped: PolicySet) -> None:
    alone = replay(past(until=200, severity="S2"), shipped).rehearsed
    assert [level.level for level in alone.levels][:2] == [1, 2]
    first = alone.levels[0].at
    hours = (first - MONDAY).total_seconds() / 3600
    taken = past((EventKind.ACKNOWLEDGED, hours + 0.01, {}), until=hours + 1, severity="S2")
    assert [level.level for level in replay(taken, shipped).rehearsed.levels] == [1]


def test_leave_to_climb_that_nobody_gives_expires_and_the_rule_is_told(shipped: PolicySet) -> None:
    outcome = replay(past(until=200, severity="S2"), shipped).rehearsed
    assert {met.rule for met in outcome.rules} == {"tell an executive"}
    assert 3 not in {level.level for level in outcome.levels}


def test_an_escalation_that_was_handed_over_waits_for_whoever_took_it(shipped: PolicySet) -> None:
    alone = told_at(past(until=200, severity="S2"), shipped)
    told = told_at(handed_over("petra", alone[1] + 0.2), shipped)
    assert told[2] - told[1] == pytest.approx(0.2 + 0.25)


def test_what_a_rota_handed_over_is_looked_up_anew() -> None:
    handed: dict[str, Fact] = {"level": 1, "rung": "owner", "notified": "petra"}
    one = past((EventKind.HANDED_OVER, 30, handed))
    assert [event.kind for event in one.events] == [EventKind.TRIAGED]


def test_nobody_is_handed_an_escalation_whom_the_changed_policy_does_not_know(
    shipped: PolicySet,
) -> None:
    alone = told_at(past(until=200, severity="S2"), shipped)
    assert told_at(handed_over("gone", alone[1] + 0.2), shipped) == alone


def test_leave_that_goes_to_a_stand_in_expires_only_after_their_time_too(
    shipped: PolicySet, changed: Callable[..., PolicySet]
) -> None:
    plain = replay(past(until=200, severity="S2"), shipped)
    stand_in = "{name: product decides, groups: [product], quorum: 1}"
    escalating = changed(
        "approval.yaml",
        WHEN_NOBODY_DECIDES,
        f"    on_expiry: escalate\n    escalate_to: {stand_in}\n{WHEN_NOBODY_DECIDES}",
    )
    later = replay(past(until=200, severity="S2"), escalating)
    assert first_refusal(later) - first_refusal(plain) == timedelta(hours=1)


def test_leave_that_nobody_could_give_is_refused_at_once(
    changed: Callable[..., PolicySet],
) -> None:
    # Followthrough asks, Ada stands behind it, and every support lead is in a group of hers.
    excluding = f"    exclude_requesters_group: true\n{WHEN_NOBODY_DECIDES}"
    nobody = changed("approval.yaml", WHEN_NOBODY_DECIDES, excluding)
    played = replay(past(until=200, severity="S2"), nobody)
    asked = next(one for one in played.state.timeline if one.kind is EventKind.CLIMB_REQUESTED)
    assert first_refusal(played) == asked.at


def test_leave_that_expiry_gives_tells_the_level(changed: Callable[..., PolicySet]) -> None:
    granting = changed(
        "approval.yaml",
        WHEN_NOBODY_DECIDES,
        f"    on_expiry: approve\n    because: Better once too often.\n{WHEN_NOBODY_DECIDES}",
    )
    told = told_at(past(until=200, severity="S2"), granting)
    assert told[3] - told[2] == pytest.approx(1.5)
