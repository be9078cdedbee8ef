"""Each shipped kind of action: what it sends, how it is seen, what a dry run says."""

from __future__ import annotations

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from activities.effects.carrying_out import EffectActivities
from activities.effects.endpoint import Endpoints
from activities.effects.registry import ALL_EFFECTS, EFFECTS
from models.action_parameters import ActionParameters
from models.approval import ActionKind, EffectState
from models.failures import EFFECT_UNVERIFIED
from tests.approved_effects import KEY, Approver, activity_of
from tests.samples import after

PARAMETERS = {
    ActionKind.FEATURE_OFF: ActionParameters(feature="new-checkout"),
    ActionKind.ACCOUNT_CHANGE: ActionParameters(field="plan", value="gold"),
    ActionKind.POLICY_EXCEPTION: ActionParameters(ends_at=after(48)),
    ActionKind.PUBLIC_STATEMENT: ActionParameters(statement="Exports are slow today."),
}
SENT = {
    ActionKind.REFUND: {"amount_minor": 1250, "currency": "EUR"},
    ActionKind.CREDIT: {"amount_minor": 1250, "currency": "EUR"},
    ActionKind.FEATURE_OFF: {"feature": "new-checkout"},
    ActionKind.ACCOUNT_CHANGE: {"field": "plan", "value": "gold"},
    ActionKind.POLICY_EXCEPTION: {"ends_at": after(48).isoformat()},
    ActionKind.DATA_EXPORT: {"subject": "c0ffee"},
    ActionKind.DATA_DELETION: {"subject": "c0ffee"},
    ActionKind.PUBLIC_STATEMENT: {"statement": "Exports are slow today."},
}


def _request(approver: Approver, kind: ActionKind, **changes):
    return approver.request(kind, 1250, parameters=PARAMETERS.get(kind), **changes)


def _journal(endpoint: str):
    return httpx.get(f"{endpoint}/__local__/journal", trust_env=False).json()


def test_every_kind_of_action_has_its_effect_and_only_a_climb_has_none():
    assert set(EFFECTS) == set(ActionKind) - {ActionKind.CLIMB}
    assert len(ALL_EFFECTS) == len(EFFECTS)


@pytest.mark.parametrize("kind", sorted(SENT))
def test_a_kind_sends_what_it_needs_and_is_seen_there(endpoint, approver, kind):
    effects = EffectActivities(Endpoints(endpoint), approver.trust)

    receipt = activity_of().run(effects.execute, _request(approver, kind))

    (effect,) = _journal(endpoint)["effects"]
    assert receipt.state is EffectState.VERIFIED
    assert effect["kind"] == kind
    assert SENT[kind].items() <= effect["request"].items()


@pytest.mark.parametrize("kind", sorted(SENT))
@pytest.mark.parametrize("whose", ["the request's", "the installation's"])
def test_a_dry_run_says_exactly_what_would_be_sent_and_sends_nothing(
    endpoint, approver, kind, whose
):
    effects = EffectActivities(
        Endpoints(endpoint), approver.trust, dry_run=whose == "the installation's"
    )
    request = _request(approver, kind, dry_run=whose == "the request's")

    receipt = activity_of().run(effects.execute, request)

    assert receipt.state is EffectState.DRY_RUN
    assert receipt.would_send is not None
    assert receipt.would_send.startswith(f"POST /effects/{kind} to ")
    for expected in (KEY, *map(str, SENT[kind].values())):
        assert expected in receipt.would_send
    assert _journal(endpoint)["effects"] == []


def test_a_feature_counts_as_off_only_when_it_evaluates_to_false(endpoint, approver):
    """Another system may have recorded the switch and still serve the feature."""
    effects = EffectActivities(Endpoints(endpoint), approver.trust)
    flag = f"{endpoint}/ofrep/v1/evaluate/flags/new-checkout"
    before = httpx.post(flag, json={"context": {}}, trust_env=False).json()

    activity_of().run(effects.execute, _request(approver, ActionKind.FEATURE_OFF))

    after_it = httpx.post(flag, json={"context": {}}, trust_env=False).json()
    assert (before["value"], after_it["value"]) == (True, False)


def test_a_flag_that_is_served_on_after_the_switch_is_not_verified(endpoint, approver):
    effects = EffectActivities(Endpoints(endpoint), approver.trust)
    stuck_on = ActionParameters(feature="always-on")
    request = approver.request(ActionKind.FEATURE_OFF, None, parameters=stuck_on)

    with pytest.raises(ApplicationError) as caught:
        activity_of().run(effects.execute, request)

    assert caught.value.type == EFFECT_UNVERIFIED.type
