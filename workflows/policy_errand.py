"""The rules of the policy now in force for an item that runs under another: one activity."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.receive import ReceiveActivities
    from models.activity_io import PinInput
    from models.failures import POLICY_INVALID, Failure
    from models.item_state import ItemState
    from models.policy import PolicySnapshot
    from policies.lifecycle import migrating
    from policies.lifecycle.running_clocks import pinned


class PolicyUnavailable(Exception):  # noqa: N818 - says what happened, as all failures here do
    """The policy in force cannot be used; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.type)


async def pin_policy_in_force(state: Callable[[], ItemState]) -> PolicySnapshot:
    """The policy in force, pinned for the item as it stands when this returns.

    What changed in the meantime is looked at again: an item that was corrected is pinned anew, and
    a request that was just opened starts under the rules that it was opened under. Raises
    `PolicyUnavailable`.
    """
    while True:
        await workflow.wait_condition(lambda: _over(state()) or migrating.ready(state()))
        asked = _asked(state())
        try:
            found = await workflow.execute_activity_method(
                ReceiveActivities.pin_policy,
                asked,
                **options.planning("Pin the policy in force"),
            )
        except ActivityError as error:
            raise PolicyUnavailable(POLICY_INVALID) from error
        unchanged = asked == _asked(state()).model_copy(update={"now": asked.now})
        if _over(state()) or (unchanged and migrating.ready(state())):
            return found


def _over(state: ItemState) -> bool:
    return state.gone or state.decision is not None or state.closed_at is not None


def _asked(state: ItemState) -> PinInput:
    if state.item is None:
        raise ValueError("an item has no rules before it is received")
    return PinInput(
        item=state.item,
        category=state.category or "",
        owner=state.owner,
        scale=pinned(state).scale,
        now=workflow.now(),
    )
