"""What is known of an approval where it is carried out, and of an effect that needs a person."""

from __future__ import annotations

from enum import StrEnum

from models.approval import (
    ActionProposal,
    AmendedAt,
    ApprovalPlan,
    Ballot,
    Delegate,
    EffectReceipt,
    ItemFacts,
)
from models.base import Frozen, Moment
from models.people import Proof
from models.policy import PolicySnapshot


class System(StrEnum):
    """The system of ours that carries an action out; each has an address of its own."""

    BILLING = "billing"
    FLAGS = "flags"
    ACCOUNTS = "accounts"
    OTHER = "other"


class CountedBallot(Frozen):
    """A ballot that counted, with its proof, so that it can be judged again.

    `subject` is the workflow id that the proof names; `at` is when the ballot was counted.
    """

    ballot: Ballot
    subject: str
    at: Moment


class CountedDelegation(Frozen):
    """A delegation that counted, with its proof; otherwise as `CountedBallot`."""

    delegation: Delegate
    subject: str
    at: Moment


class Approval(Frozen):
    """Everything from which it follows that an action may be carried out.

    `report_to` is the item's workflow, `asked` the proof of whoever proposed the action. If that
    was amended, `first` is what was asked, and `amendments` are the acts that changed it. `plan`
    holds the numbers as they were frozen, and `digest` is the hash that was voted on. Nothing
    here says that it was granted: that is worked out again (`policies.effect_permit`).
    """

    item: ItemFacts
    snapshot: PolicySnapshot
    report_to: str
    asked: Proof | None = None
    opened_at: Moment
    ballots: tuple[CountedBallot, ...] = ()
    delegations: tuple[CountedDelegation, ...] = ()
    first: ActionProposal | None = None
    amendments: tuple[AmendedAt, ...] = ()
    plan: ApprovalPlan | None = None
    digest: str = ""
    decided_at: Moment


class StuckEffect(Frozen):
    """An approved effect that needs a person: of which failure, and since when."""

    failure: str
    since: Moment


class EffectInput(Frozen):
    """Carry out or undo the effect of an approved proposal.

    `dry_run` says what would be sent and sends nothing.
    """

    proposal: ActionProposal
    receipt: EffectReceipt | None = None
    approval: Approval | None = None
    dry_run: bool = False


class ExceptionEnd(Frozen):
    """End an exception from a policy, whose own end has come, or that of an approved change."""

    begun: EffectInput
    changed: EffectInput | None = None
    now: Moment


class ExceptionStart(Frozen):
    """Starts `PolicyExceptionWorkflow`, also after a continue-as-new.

    `began_at` is when the exception was seen to be in force. `steps` counts what it has recorded.
    """

    begun: EffectInput
    began_at: Moment
    changed: EffectInput | None = None
    changed_at: Moment | None = None
    steps: int = 0


class ExceptionStatus(Frozen):
    """What `PolicyExceptionWorkflow` answers to the query `status`."""

    request_id: str
    issue_key: str
    summary: str
    began_at: Moment
    ends_at: Moment
    ended: bool
    stuck: StuckEffect | None = None
