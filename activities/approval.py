"""Finding out who must agree evaluates policy conditions, so it happens in an activity."""

from __future__ import annotations

from temporalio import activity

from models.activity_io import PlanInput
from models.approval import ApprovalPlan
from policies import approval_plan


class ApprovalActivities:
    """Plans approvals under an item's pinned rules."""

    @activity.defn
    def plan_approval(self, request: PlanInput) -> ApprovalPlan:
        """Who may vote on this proposal, how many must agree, and until when."""
        return approval_plan.plan(request.proposal, request.item, request.snapshot, request.now)
