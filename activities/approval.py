"""Finding out who must agree evaluates policy conditions, so it happens in an activity."""

from __future__ import annotations

from temporalio import activity

from models.activity_io import PlanInput
from models.approval import ApprovalPlan
from policies import approval_plan


class ApprovalActivities:
    """Plans approvals under an item's pinned rules. With `dry_run` nothing here sends anything."""

    def __init__(self, *, dry_run: bool = False) -> None:
        self._dry_run = dry_run

    @activity.defn
    def plan_approval(self, request: PlanInput) -> ApprovalPlan:
        """Who may vote on this proposal, how many must agree, and until when."""
        plan = approval_plan.plan(request.proposal, request.item, request.snapshot, request.now)
        return plan.model_copy(update={"dry_run": plan.dry_run or self._dry_run})
