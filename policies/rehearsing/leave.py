"""Leave to climb in a rehearsal: nobody votes, so each request goes the way its rule says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.approval import ActionResult, ApprovalPlan
from models.approval_request import ApprovalRequest
from models.item_state import ItemState, OpenAction
from models.policy import PolicySnapshot
from policies import approval, approval_plan


@dataclass(frozen=True)
class Unvoted:
    """A request as it stands, and whose it is."""

    action: OpenAction
    request: ApprovalRequest


class LeaveAsked:
    """The requests of one item that still wait."""

    def __init__(self) -> None:
        self._waiting: list[Unvoted] = []

    def ask(self, action: OpenAction, plan: ApprovalPlan, now: datetime) -> None:
        """Open a request; one that needs nobody, or that nobody can grant, ends at `now`."""
        self._waiting.append(Unvoted(action, approval.opened(plan, action.digest, now)))

    def withdraw(self, state: ItemState) -> None:
        """Drop the requests which the item takes back."""
        gone = {told.workflow_id for told in state.outgoing}
        self._waiting = [one for one in self._waiting if one.action.workflow_id not in gone]

    def next_at(self) -> datetime | None:
        """The next moment at which one of them goes on by itself."""
        ahead = [approval.next_moment(one.request) for one in self._waiting]
        return min((moment[0] for moment in ahead if moment is not None), default=None)

    def ended(self, snapshot: PolicySnapshot, now: datetime) -> list[ActionResult]:
        """Those that have ended by `now`, which wait no longer; whoever stands in is asked first."""
        waited = [
            Unvoted(
                one.action,
                approval_plan.timed(approval.pass_time(one.request, now), snapshot),
            )
            for one in self._waiting
        ]
        self._waiting = [one for one in waited if one.request.outcome is None]
        return [
            ActionResult(
                request_id=one.action.proposal.request_id,
                outcome=one.request.outcome,
                rule=one.request.plan.rule,
                ended_at=now,
            )
            for one in waited
            if one.request.outcome is not None
        ]
