"""Policy actions and the votes on them. Money is integer minor units with its currency."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from models.action_parameters import ActionParameters
from models.base import Frozen, Moment
from models.clocks import ClockReading
from models.lifecycle import Severity
from models.people import Actor, Channel, Person


class Money(Frozen):
    """An amount in minor units (cents, pence, yen) of an ISO 4217 currency."""

    minor: int = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class ActionKind(StrEnum):
    """What can be asked for. `CLIMB` asks leave to climb a rung and has no outside effect."""

    REFUND = "refund"
    CREDIT = "credit"
    POLICY_EXCEPTION = "policy_exception"
    ACCOUNT_CHANGE = "account_change"
    FEATURE_OFF = "feature_off"
    DATA_DELETION = "data_deletion"
    DATA_EXPORT = "data_export"
    PUBLIC_STATEMENT = "public_statement"
    CLIMB = "climb"


class ActionProposal(Frozen):
    """What would be done, to whom, how much, on which evidence.

    `subject` is the customer's pseudonymous reference, or the rung's name for a climb.
    `summary` is plain words by us or by the proposer; it is shown in notices and the Temporal UI.
    A `dry_run` goes the whole way, and sends nothing in the end.
    """

    request_id: str
    kind: ActionKind
    subject: str
    summary: str = Field(max_length=400)
    amount: Money | None = None
    rung: int | None = None
    evidence: tuple[str, ...] = ()
    proposed_by: Actor
    proposed_at: Moment
    parameters: ActionParameters = ActionParameters()
    dry_run: bool = False


class ItemFacts(Frozen):
    """What an approval condition may look at, as of the proposal."""

    issue_id: str
    issue_key: str
    workflow_id: str
    severity: Severity
    category: str
    segment: str
    country: str | None = None
    stage: str


class Excluded(Frozen):
    """Somebody who may not vote on this request, and why in words."""

    person: str
    why: str


class ApprovalPlan(Frozen):
    """Who must agree, frozen when the request is opened.

    `quorum` 0 means that no person is needed. `rule` names the approval rule, `explanation` says
    in words why it applies. `opened_at`, `expires_at` and `remind_at` are fixed moments.
    `dry_run`: the request, its rule or this installation wants nothing to be sent.
    """

    rule: str
    quorum: int
    eligible: tuple[Person, ...]
    excluded: tuple[Excluded, ...] = ()
    refusal_ends: bool = True
    opened_at: Moment | None = None
    expires_at: Moment
    remind_at: Moment | None = None
    explanation: str
    trusted_keys: dict[str, str] = {}
    allow_unproven: bool = False
    dry_run: bool = False


class Choice(StrEnum):
    """What a voter says."""

    APPROVE = "approve"
    REJECT = "reject"


class Ballot(Frozen):
    """A vote as it arrives, before anybody has judged whether it counts."""

    request_id: str
    choice: Choice
    reason: str = Field(default="", max_length=2000)
    actor: Actor


class Vote(Frozen):
    """A vote that counts. Votes are never changed or removed."""

    person: str
    human: str
    choice: Choice
    reason: str
    channel: Channel
    at: Moment


class RefusedBallot(Frozen):
    """A ballot that did not count, kept as evidence. `failure` is a type of the failure table."""

    person: str
    channel: Channel
    choice: Choice
    failure: str
    why: str
    at: Moment


class ApprovalOutcome(StrEnum):
    """How a request ended."""

    NOT_NEEDED = "not_needed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    IMPOSSIBLE = "impossible"

    @property
    def granted(self) -> bool:
        """The action may be carried out."""
        return self in (ApprovalOutcome.APPROVED, ApprovalOutcome.NOT_NEEDED)


class EffectState(StrEnum):
    """How far the outside effect has come."""

    NONE = "none"
    VERIFIED = "verified"
    COMPENSATED = "compensated"
    DRY_RUN = "dry_run"


class EffectReceipt(Frozen):
    """What the outside system says of the effect. `reference` is its own id for it.

    `would_send` is what a dry run kept back, exactly.
    """

    idempotency_key: str
    state: EffectState
    reference: str | None = None
    would_send: str | None = None


class ActionResult(Frozen):
    """How a policy action ended: the outcome, the votes behind it, and the effect."""

    request_id: str
    outcome: ApprovalOutcome
    votes: tuple[Vote, ...] = ()
    refused: tuple[RefusedBallot, ...] = ()
    effect: EffectReceipt | None = None
    failure: str | None = None
    rule: str = ""
    ended_at: Moment


class ActionStatus(Frozen):
    """What `PolicyActionWorkflow` answers to the query `status`.

    `stuck` is the failure over which an approved effect waits for a person.
    """

    proposal: ActionProposal
    item: ItemFacts
    plan: ApprovalPlan | None
    votes: tuple[Vote, ...]
    refused: tuple[RefusedBallot, ...]
    outcome: ApprovalOutcome | None
    effect: EffectReceipt | None = None
    parked: str | None = None
    clock: ClockReading | None = None
    stuck: str | None = None
    stuck_since: Moment | None = None
