"""Everything that was said and decided about one request, in one value."""

from __future__ import annotations

from models.approval import (
    ApprovalOutcome,
    ApprovalPlan,
    GroupQuorum,
    RefusedBallot,
    RequestEvent,
    StageClock,
    StagePlan,
    Vote,
)
from models.base import Frozen
from models.people import Delegation


class ApprovalRequest(Frozen):
    """One request as it stands. Only `policies.approval` makes the next one out of it.

    `stage` counts from 0; `len(plan.stages)` is the stand-in. `clock` is None while a stage that
    was just reached has no times yet.
    """

    plan: ApprovalPlan
    digest: str = ""
    stage: int = 0
    clock: StageClock | None = None
    reminded: bool = False
    deputies_asked: bool = False
    votes: tuple[Vote, ...] = ()
    refused: tuple[RefusedBallot, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    outcome: ApprovalOutcome | None = None
    log: tuple[RequestEvent, ...] = ()

    @property
    def present(self) -> StagePlan:
        """The stage that is asked now."""
        stages = stages_of(self.plan)
        if self.stage < len(stages):
            return stages[self.stage]
        return self.plan.stand_in or stages[-1]

    @property
    def standing_in(self) -> bool:
        """The stage before expired, and the stand-in decides alone."""
        return self.stage >= len(stages_of(self.plan))

    @property
    def in_force(self) -> tuple[Delegation, ...]:
        """Who may vote for whom: by people.yaml, and for this request alone."""
        return (*self.plan.delegations, *self.delegations)


def stages_of(plan: ApprovalPlan) -> tuple[StagePlan, ...]:
    """The stages in their order; a plan that names none has one."""
    if plan.stages:
        return plan.stages
    voters = tuple(dict.fromkeys(person.human for person in plan.eligible))
    only = GroupQuorum(voters=voters, needed=plan.quorum)
    return (StagePlan(name=plan.rule, eligible=plan.eligible, quorums=(only,)),)
