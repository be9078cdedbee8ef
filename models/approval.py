"""Policy actions and the votes on them. Money is integer minor units with its currency."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.action_parameters import ActionParameters
from models.approval_rule import OnExpiry
from models.base import Frozen, Moment
from models.clocks import ClockReading
from models.events import Fact
from models.lifecycle import Severity
from models.people import Actor, Channel, Delegation, Person


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
    `edited_by` are those who changed it after it was asked. `confidence` is how sure an automation
    was that asked by itself. `renews` names the request that this one asks for anew.
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
    edited_by: tuple[Actor, ...] = ()
    confidence: float | None = None
    renews: str | None = None


class ItemFacts(Frozen):
    """What an approval condition may look at, as of the proposal.

    `customer` is the pseudonymous reference, `revision` counts edits of the issue that matter to
    what was asked, `confidence` (0 to 1) is how sure triage is, and 1 once a person confirmed it.
    `asked_before` holds for each kind of action the minor units that other requests of the item
    were granted or wait for, all currencies added.
    """

    issue_id: str
    issue_key: str
    workflow_id: str
    severity: Severity
    category: str
    segment: str
    country: str | None = None
    stage: str
    customer: str = ""
    revision: int = 0
    confidence: float = 1.0
    asked_before: dict[str, int] = {}


class Excluded(Frozen):
    """Somebody who may not vote on this request, and why in words."""

    person: str
    why: str


class GroupQuorum(Frozen):
    """How many of these must agree. `voters` are humans; `group` is empty when counted together."""

    group: str = ""
    voters: tuple[str, ...]
    needed: int


class StagePlan(Frozen):
    """One stage, with the people who may vote in it and what is needed frozen.

    With `any_group` one fulfilled quorum is enough, otherwise all of them are needed. `deputies`
    may vote once they are asked, and then count for every quorum of the stage.
    """

    name: str
    eligible: tuple[Person, ...]
    quorums: tuple[GroupQuorum, ...]
    any_group: bool = False
    deputies: tuple[Person, ...] = ()


class StageClock(Frozen):
    """When a stage was asked, and what then happens by itself if nobody decides."""

    opened_at: Moment
    expires_at: Moment
    remind_at: Moment | None = None
    deputies_at: Moment | None = None


class ApprovalPlan(Frozen):
    """Who must agree, frozen when the request is opened.

    `quorum` 0 means that no person is needed. `rule` names the approval rule, `explanation` says
    in words why it applies. `opened_at`, `expires_at`, `remind_at` and `deputies_at` are fixed
    moments of the first stage. `quorum` and `eligible` are those of the first stage, too; a plan
    without `stages` has just that one. `stand_in` decides alone if a stage expires under a rule
    that escalates. `substitutes` are those to whom a voter may delegate. `moves` says which Jira
    status means which choice. `dry_run`: the request, its rule or this installation wants nothing
    to be sent.
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
    stages: tuple[StagePlan, ...] = ()
    stand_in: StagePlan | None = None
    deputies_at: Moment | None = None
    substitutes: tuple[Person, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    on_expiry: OnExpiry = OnExpiry.REFUSE
    because: str = ""
    pause_clocks: bool | None = None
    moves: dict[str, str] = {}


class Choice(StrEnum):
    """What a voter says."""

    APPROVE = "approve"
    REJECT = "reject"


class Ballot(Frozen):
    """A vote as it arrives, before anybody has judged whether it counts.

    `digest` is the hash of the request that the voter looked at, or its first 8 digits or more.
    `moved_to` is the Jira status by moving into which somebody voted.
    """

    request_id: str
    choice: Choice
    reason: str = Field(default="", max_length=2000)
    actor: Actor
    digest: str = Field(default="", pattern=r"^([0-9a-f]{8,64})?$")
    moved_to: str = Field(default="", max_length=200)


class Delegate(Frozen):
    """Update of a request: `to` may vote on it in my place, until before this moment."""

    actor: Actor
    request_id: str
    to: str
    until: Moment


class AmendAction(Frozen):
    """Update of a request: what is asked changes, before anybody has voted. The editor may not vote.

    What is None stays as it is.
    """

    actor: Actor
    request_id: str
    summary: Annotated[
        str | None, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)
    ] = None
    amount: Money | None = None
    evidence: tuple[str, ...] | None = None


class AmendedAt(Frozen):
    """An act that changed what is asked, with its proof, and when."""

    change: AmendAction
    at: Moment


class Vote(Frozen):
    """A vote that counts. Votes are never changed or removed.

    `on_behalf_of` names whose place a delegate voted in; `stage` counts from 0.
    """

    person: str
    human: str
    choice: Choice
    reason: str
    channel: Channel
    at: Moment
    on_behalf_of: str | None = None
    stage: int = 0


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
    APPROVED_BY_EXPIRY = "approved_by_expiry"
    STALE = "stale"

    @property
    def granted(self) -> bool:
        """The action may be carried out."""
        return self in (
            ApprovalOutcome.APPROVED,
            ApprovalOutcome.NOT_NEEDED,
            ApprovalOutcome.APPROVED_BY_EXPIRY,
        )


class RequestStep(StrEnum):
    """What can happen to a request. Their order is recorded."""

    OPENED = "opened"
    STAGE_ASKED = "stage_asked"
    VOTED = "voted"
    BALLOT_REFUSED = "ballot_refused"
    DELEGATED = "delegated"
    AMENDED = "amended"
    ACT_REFUSED = "act_refused"
    REMINDED = "reminded"
    DEPUTIES_ASKED = "deputies_asked"
    ESCALATED = "escalated"
    DECIDED = "decided"
    VOIDED = "voided"


class RequestEvent(Frozen):
    """One step of a request; `sequence` counts from 1 and says which of two came first."""

    sequence: int
    step: RequestStep
    at: Moment
    person: str | None = None
    channel: Channel | None = None
    facts: dict[str, Fact] = {}


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
    proposal: ActionProposal | None = None
    digest: str = ""


class ActionStatus(Frozen):
    """What `PolicyActionWorkflow` answers to the query `status`.

    `stuck` is the failure over which an approved effect waits for a person.
    `digest` is the hash that people vote on. `stage` counts from 0; `len(plan.stages)` is the
    stand-in. `delegations` are those made for this request alone.
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
    digest: str = ""
    stage: int = 0
    stage_clock: StageClock | None = None
    deputies_asked: bool = False
    delegations: tuple[Delegation, ...] = ()
    log: tuple[RequestEvent, ...] = ()
