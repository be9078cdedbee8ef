"""There is no path around the workflow: forged inputs reach no endpoint."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.effects.carrying_out import EffectActivities
from activities.effects.endpoint import Endpoints
from models.action_parameters import ActionParameters
from models.approval import ActionKind, EffectState
from models.effects import ExceptionEnd
from models.failures import EFFECT_NOT_PERMITTED
from models.names import POLICY_EXCEPTION_WORKFLOW, exception_workflow_id
from tests.approved_effects import KEY, Approver, activity_of
from tests.samples import T0, after

UNTIL = ActionParameters(ends_at=after(48))


@pytest.fixture
def effects(endpoint: str, approver: Approver) -> EffectActivities:
    return EffectActivities(Endpoints(endpoint), approver.trust)


def _calls(endpoint: str) -> int:
    journal = httpx.get(f"{endpoint}/__local__/journal", trust_env=False).json()
    return int(journal["executions"] + journal["voided"])


def _refused(environment: ActivityEnvironment, work, request) -> str | None:
    with pytest.raises(ApplicationError) as caught:
        environment.run(work, request)
    assert caught.value.non_retryable
    return caught.value.type


def _exception_activity() -> ActivityEnvironment:
    environment = ActivityEnvironment()
    environment.info = replace(
        environment.info,
        workflow_id=exception_workflow_id(KEY),
        workflow_type=POLICY_EXCEPTION_WORKFLOW,
    )
    return environment


def test_an_effect_without_an_approval_is_not_carried_out(endpoint, effects, approver):
    bare = approver.request().model_copy(update={"approval": None})
    for work in (effects.execute, effects.compensate):
        assert _refused(activity_of(), work, bare) == EFFECT_NOT_PERMITTED.type
    assert _calls(endpoint) == 0


@pytest.mark.parametrize(
    "environment",
    [
        ActivityEnvironment(),
        activity_of(workflow_type="SomebodysWorkflow"),
        activity_of("10001-1-9"),
    ],
    ids=["no workflow", "another kind of workflow", "another request's workflow"],
)
def test_only_the_requests_own_workflow_may_ask(endpoint, effects, approver, environment):
    request = approver.request()
    assert _refused(environment, effects.execute, request) == EFFECT_NOT_PERMITTED.type
    assert _calls(endpoint) == 0


def test_an_exception_is_not_ended_before_its_time(endpoint, effects, approver):
    begun = approver.request(ActionKind.POLICY_EXCEPTION, None, parameters=UNTIL)
    activity_of().run(effects.execute, begun)
    early = ExceptionEnd(begun=begun, now=after(47))

    failure = _refused(_exception_activity(), effects.end_exception, early)

    assert failure == EFFECT_NOT_PERMITTED.type
    assert _calls(endpoint) == 1


def test_an_exception_ends_early_only_by_an_approved_change(endpoint, effects, approver):
    begun = approver.request(ActionKind.POLICY_EXCEPTION, None, parameters=UNTIL)
    activity_of().run(effects.execute, begun)
    now = ActionParameters(ends_at=T0, changes=KEY)
    approved = approver.request(
        ActionKind.POLICY_EXCEPTION, None, parameters=now, request_id="10001-1-9"
    )
    unapproved = approver.request(
        ActionKind.POLICY_EXCEPTION, None, parameters=now, request_id="10001-1-9", votes=("fay",)
    )
    asked = [ExceptionEnd(begun=begun, changed=c, now=after(3)) for c in (unapproved, approved)]

    confirmed = [_exception_activity().run(effects.confirm_change, one) for one in asked]
    refused = _refused(_exception_activity(), effects.end_exception, asked[0])
    ended = _exception_activity().run(effects.end_exception, asked[1])

    assert confirmed == [False, True]
    assert refused == EFFECT_NOT_PERMITTED.type
    assert ended.state is EffectState.COMPENSATED


def test_the_change_of_another_exception_changes_nothing(effects, approver):
    begun = approver.request(ActionKind.POLICY_EXCEPTION, None, parameters=UNTIL)
    other = ActionParameters(ends_at=T0, changes="10001-1-5")
    change = approver.request(
        ActionKind.POLICY_EXCEPTION, None, parameters=other, request_id="10001-1-9"
    )

    asked = ExceptionEnd(begun=begun, changed=change, now=after(3))

    assert _exception_activity().run(effects.confirm_change, asked) is False
