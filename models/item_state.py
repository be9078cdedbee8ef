"""Everything an item's workflow knows, in one value that continue-as-new carries over whole."""

from __future__ import annotations

from enum import StrEnum

from models.addresses import Addresses
from models.approval import ActionProposal, ActionResult, AmendedAt, Ballot, Delegate, ItemFacts
from models.base import Frozen, Moment
from models.clock_rules import Standing
from models.clocks import ClockRun
from models.decision import Decision
from models.effects import StuckEffect
from models.events import Event, LedgerAnchor
from models.item import FeedbackItem, TriageResult
from models.jira_view import Cursor, DesiredComment, DesiredLink, SeenFields
from models.ladder import LevelFound
from models.lifecycle import Severity, StatusCategory
from models.notice import Notice
from models.people import Actor, Proof
from models.policy import PolicySnapshot


class ClimbState(StrEnum):
    """What became of the leave to climb a rung."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"


class RungLeave(Frozen):
    """A rung that needs a person's approval, and how that stands."""

    level: int
    request_id: str
    state: ClimbState


class Acknowledgement(Frozen):
    """Who took the escalation on, and until when that holds off the next climb."""

    actor: Actor
    at: Moment
    level: int
    holds_until: Moment


class Told(Frozen):
    """The level that was told last: who was on it then, and who of them has acknowledged.

    `woken_at` is when they were last told or reminded; None again once an acknowledgement has run
    out. `hand_off_at` is when other people will be on its rotas; None where there are none.
    """

    level: int
    people: tuple[str, ...]
    at: Moment
    woken_at: Moment | None = None
    acknowledged_by: tuple[str, ...] = ()
    hand_off_at: Moment | None = None


class LadderState(Frozen):
    """Where the item stands on its ladder. `level` 0 means not started.

    `level` is the last level whose turn it was, also when it was passed over; `told` is the one
    whose people know. `next_at` is when the next rung is due; None while nothing is due
    (acknowledged with an answer met, exhausted, or not started). `repeated` holds a level once for
    each time that its own repeat was used in this pass. `waiting_for` is the level whose approval
    the ladder stands before. `looking_up` is the level of which it has to be found out who is on
    it before anything else, and `found` the answer.
    """

    level: int = 0
    passes: int = 0
    climbed_at: Moment | None = None
    next_at: Moment | None = None
    acknowledgement: Acknowledgement | None = None
    leaves: tuple[RungLeave, ...] = ()
    exhausted: bool = False
    told: Told | None = None
    told_in_pass: bool = False
    repeated: tuple[int, ...] = ()
    waiting_for: int | None = None
    looking_up: int | None = None
    found: LevelFound | None = None


class OpenAction(Frozen):
    """A policy action that this item started; its workflow runs on its own.

    `asked` is the proof of whoever proposed it, kept until it can be handed on. `first` is what was
    asked before it was amended, and `amendments` are the acts that changed it. `digest` is the hash
    of the request as the item last knew it, and `facts` are those of the item on which it was
    asked. `outdated` once the request was told that what it rests
    on has changed. `ends_at` is when the exception that it began ends, and `ended` says that it
    has.
    """

    proposal: ActionProposal
    workflow_id: str
    started: bool = False
    digest: str = ""
    facts: ItemFacts | None = None
    outdated: bool = False
    result: ActionResult | None = None
    asked: Proof | None = None
    first: ActionProposal | None = None
    amendments: tuple[AmendedAt, ...] = ()
    stuck: StuckEffect | None = None
    ends_at: Moment | None = None
    ended: bool = False

    @property
    def waiting(self) -> bool:
        """Not ended yet."""
        return self.result is None


class Outgoing(Frozen):
    """Something to tell a policy action's workflow: a ballot, who is to vote instead, what is true
    of the item now, that a person wants its effect tried again (or undone), or else that it is
    withdrawn.
    """

    workflow_id: str
    ballot: Ballot | None = None
    resumed_by: Actor | None = None
    undo: bool = False
    delegation: Delegate | None = None
    subject: ItemFacts | None = None


class Parked(Frozen):
    """Why the item stands still until a person resumes it. `failure` is a type of the table."""

    failure: str
    doing: str
    since: Moment


class ItemState(Frozen):
    """The state of one feedback item.

    `subject_revision` counts edits of the issue that matter to a request that rests on it;
    `reported` are requests said to have ended, by a signal that nobody has confirmed yet;
    `asked` names fields over which a person is asked to decide until triage is confirmed again;
    `overruled` names a field once for each edit of a person that was written over;
    `decision_anchor` and `closing_anchor` are how far the ledger went once these stood in it.
    """

    issue_id: str
    workflow_id: str
    life: str
    item: FeedbackItem | None = None
    triage: TriageResult | None = None
    snapshot: PolicySnapshot | None = None
    severity: Severity | None = None
    category: str | None = None
    owner: str | None = None
    triage_confirmed: bool = False
    clocks: tuple[ClockRun, ...] = ()
    standing: Standing = Standing()
    ladder: LadderState = LadderState()
    highest_level: int = 0
    actions: tuple[OpenAction, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    notices: tuple[Notice, ...] = ()
    reported: tuple[str, ...] = ()
    decision: Decision | None = None
    earlier_decisions: tuple[Decision, ...] = ()
    wanted_status: StatusCategory | None = None
    watch_until: Moment | None = None
    recontacted: bool = False
    closed_at: Moment | None = None
    gone: bool = False
    parked: Parked | None = None
    cursor: Cursor = Cursor()
    seen: SeenFields | None = None
    comments: tuple[DesiredComment, ...] = ()
    links: tuple[DesiredLink, ...] = ()
    subject_revision: int = 0
    kept_fields: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()
    projected: str | None = None
    sequence: int = 0
    unrecorded: tuple[Event, ...] = ()
    timeline: tuple[Event, ...] = ()
    earlier_events: int = 0
    generation: int = 1
    addresses: Addresses = Addresses()
    decision_anchor: LedgerAnchor | None = None
    closing_anchor: LedgerAnchor | None = None
