"""What workflows are started with, asked and told. One object per boundary."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from models.action_parameters import ActionParameters
from models.addresses import Addresses
from models.approval import (
    ActionKind,
    ActionProposal,
    ActionResult,
    AmendedAt,
    ItemFacts,
    Money,
    RefusedBallot,
    RequestStep,
)
from models.base import Frozen, Moment
from models.clocks import ClockReading
from models.decision import Confidence
from models.events import Event, LedgerAnchor
from models.item import FeedbackItem
from models.item_state import ItemState
from models.lifecycle import Awaiting, Outcome, Severity, Stage
from models.people import Actor, Proof
from models.policy import PolicySnapshot

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""A reason in somebody's own words; blanks alone are none."""
ShortWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class ItemStart(Frozen):
    """Starts `FeedbackItemWorkflow`.

    Set only by continue-as-new: `carried`, and `unread` when the issue changed since it was read.
    """

    issue_id: str
    issue_key: str
    carried: ItemState | None = None
    unread: bool = False


class ItemResult(Frozen):
    """What a closed item's workflow returns. `ledger` is how far the ledger went then."""

    issue_id: str
    issue_key: str
    outcome: Outcome
    resolution: Confidence
    events: int
    ledger: LedgerAnchor | None = None


class JiraChanged(Frozen):
    """Signal: something changed in Jira; the payload is a hint, the issue is read again."""

    delivery: str
    event: str = ""


class RecontactNotice(Frozen):
    """Signal: the same customer came back with another issue within the watch window."""

    issue_id: str
    issue_key: str
    at: Moment


class Acknowledge(Frozen):
    """Update: I take this escalation on, or I hand it over to the person `hand_to`."""

    actor: Actor
    note: str = Field(default="", max_length=2000)
    hand_to: str | None = None


class Override(Frozen):
    """Update: triage was wrong; these are the right values. At least one must be given."""

    actor: Actor
    severity: Severity | None = None
    category: str | None = None
    owner: str | None = None
    reason: Words


class ProposeAction(Frozen):
    """Update: I ask for this policy action."""

    actor: Actor
    kind: ActionKind
    summary: ShortWords
    amount: Money | None = None
    evidence: tuple[str, ...] = ()
    parameters: ActionParameters = ActionParameters()
    dry_run: bool = False


class Resolve(Frozen):
    """Update: I decide this item. `duplicate_of` is an issue key, needed for that outcome."""

    actor: Actor
    outcome: Outcome
    reason: Words
    duplicate_of: str | None = None
    evidence: tuple[str, ...] = ()


class MigratePolicy(Frozen):
    """Update: judge this item by the policy now in force. What was judged stays as it was."""

    actor: Actor
    reason: Words


class Resume(Frozen):
    """Signal: the cause is mended, go on.

    For an approved effect that stands still: look again and go on, or with `undo` undo it.
    """

    actor: Actor | None = None
    undo: bool = False


class Answer(Frozen):
    """What an update answers: what is so now, in one sentence, and the stage."""

    message: str
    stage: Stage
    request_id: str | None = None


class SubjectChanged(Frozen):
    """Signal to a request: these are the item's facts now."""

    item: ItemFacts


class ItemSubject(Frozen):
    """What an item answers to the query `subject`: what its requests rest on, and which wait.

    `feedback` and `owner` are what rules would be pinned by, if it were moved to other ones.
    `asked` holds for each waiting request the facts with which it was opened, and `sure` how sure
    the automation was that asked, if one did: conditions may look at both, and no hash covers them.
    """

    item: ItemFacts
    snapshot: PolicySnapshot
    waiting: tuple[str, ...]
    feedback: FeedbackItem | None = None
    owner: str | None = None
    asked: dict[str, ItemFacts] = {}
    sure: dict[str, float | None] = {}


class ActionStart(Frozen):
    """Starts `PolicyActionWorkflow`. `report_to` is the item's workflow id.

    `asked` is the proof of whoever proposed it; what is carried out is checked against it. `first`
    and `amendments` say what it was a proof of, if this is asked in place of an amended request.
    """

    proposal: ActionProposal
    item: ItemFacts
    snapshot: PolicySnapshot
    report_to: str
    asked: Proof | None = None
    first: ActionProposal | None = None
    amendments: tuple[AmendedAt, ...] = ()
    addresses: Addresses = Addresses()


class ActionReported(Frozen):
    """Signal to the item: the policy action ended."""

    result: ActionResult


class ActionReminder(Frozen):
    """Signal to the item: a policy action waits for these people's votes, and why they are asked."""

    request_id: str
    people: tuple[str, ...]
    why: RequestStep = RequestStep.REMINDED


class ActionChanged(Frozen):
    """Signal to the item: what is asked was amended, or its rule says whether the clocks pause.

    `pause_as_usual`: the rule that applies now says nothing of the clocks, so sla.yaml does.
    """

    request_id: str
    proposal: ActionProposal | None = None
    amendment: AmendedAt | None = None
    pause_clocks: bool | None = None
    pause_as_usual: bool = False


class BallotRefused(Frozen):
    """Signal to the item: a vote that was read in Jira did not count."""

    request_id: str
    refused: RefusedBallot


class ActionStuck(Frozen):
    """Signal to the item: an approved action stands still until a person says how to go on."""

    request_id: str
    failure: str


class ExceptionTold(Frozen):
    """Signal to the item: an exception from a policy now ends then, or has ended."""

    request_id: str
    ends_at: Moment
    ended: bool
    stuck: str | None = None


class OpenActionStatus(Frozen):
    """One policy action in an item's status.

    `stuck` is the failure over which an approved action stands still. `ends_at` is when an
    exception ends, and `ended` says that it has.
    """

    request_id: str
    workflow_id: str
    kind: ActionKind
    summary: str
    amount: Money | None
    proposed_by: str
    outcome: str | None
    failure: str | None = None
    stuck: str | None = None
    stuck_since: Moment | None = None
    ends_at: Moment | None = None
    ended: bool = False
    dry_run: bool = False


class ItemStatus(Frozen):
    """What `FeedbackItemWorkflow` answers to the query `status`.

    `hours` are the next stretches of working time, `(opens, closes)`, as of the item's last event.
    """

    issue_id: str
    issue_key: str
    workflow_id: str
    stage: Stage
    awaiting: Awaiting
    awaited: tuple[str, ...]
    severity: Severity | None
    category: str | None
    owner: str | None
    segment: str | None
    triage_unsure: bool
    due_at: Moment | None
    breached: bool
    clocks: tuple[ClockReading, ...]
    hours: tuple[tuple[Moment, Moment], ...] = ()
    ladder_level: int
    ladder_rung: str | None
    acknowledged_by: str | None
    actions: tuple[OpenActionStatus, ...]
    outcome: Outcome | None
    resolution: Confidence | None
    parked: str | None
    parked_since: Moment | None = None
    remedy: str | None
    policy_version: str | None
    clock_scale: float
    unproven_allowed: bool
    summary: str


class Timeline(Frozen):
    """What `FeedbackItemWorkflow` answers to the query `timeline`."""

    issue_key: str
    earlier_events: int
    events: tuple[Event, ...]
