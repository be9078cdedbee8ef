"""Finding out who must agree evaluates policy conditions, so it happens in an activity."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from models.activity_io import PlanInput, StageInput
from models.approval import ApprovalPlan, StageClock
from models.policy import PolicySnapshot
from policies import approval_plan
from policies.directory import Directory


class ApprovalActivities:
    """Plans approvals under an item's pinned rules. With `dry_run` nothing here sends anything.

    Who is who is looked up when a request is opened, so that those who have left do not count and
    holidays entered meanwhile do; `people` gives it. The rules stay the pinned ones.
    """

    def __init__(
        self, people: Callable[[], Directory] | None = None, *, dry_run: bool = False
    ) -> None:
        self._people = people
        self._dry_run = dry_run

    @activity.defn
    def plan_approval(self, request: PlanInput) -> ApprovalPlan:
        """Who may vote on this proposal, how many must agree, and until when."""
        snapshot = with_people_of_today(request.snapshot, self._people)
        plan = approval_plan.plan(request.proposal, request.item, snapshot, request.now)
        return plan.model_copy(update={"dry_run": plan.dry_run or self._dry_run})

    @activity.defn
    def time_stage(self, request: StageInput) -> StageClock:
        """When a later stage of the rule reminds and expires, in the item's business time."""
        return approval_plan.clock_of_rule(request.rule, request.snapshot, request.now)


def with_people_of_today(
    snapshot: PolicySnapshot, people: Callable[[], Directory] | None
) -> PolicySnapshot:
    """The pinned rules with those who are there now; the pinned people while nothing else loads."""
    if people is None:
        return snapshot
    try:
        directory = people()
    except ApplicationError:
        return snapshot
    return snapshot.model_copy(
        update={
            "people": directory.people,
            "permissions": dict(directory.permissions),
            "delegations": directory.delegations,
        }
    )
