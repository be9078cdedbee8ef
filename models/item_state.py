"""Everything an item's workflow knows, in one value that continue-as-new carries over whole."""

from __future__ import annotations

from enum import StrEnum

from models.approval import ActionProposal, ActionResult, Ballot
from models.base import Frozen, Moment
from models.clocks import ClockRun
from models.decision import Decision
from models.events import Event
from models.item import FeedbackItem, TriageResult
from models.jira_view import Cursor, DesiredComment, DesiredLink, SeenFields
from models.lifecycle import Severity, StatusCategory
from models.people import Actor
from models.policy import PolicySnapshot


class ClimbState(StrEnum):
    """What became of the leave to climb a rung."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


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


class LadderState(Frozen):
    """Where the item stands on its ladder. `level` 0 means not started.

    `next_at` is when the next rung is due; None while nothing is due (acknowledged with an answer
    met, exhausted, or not started).
    """

    level: int = 0
    passes: int = 0
    climbed_at: Moment | None = None
    next_at: Moment | None = None
    acknowledgement: Acknowledgement | None = None
    leaves: tuple[RungLeave, ...] = ()
    exhausted: bool = False


class OpenAction(Frozen):
    """A policy action that this item started; its workflow runs on its own."""

    proposal: ActionProposal
    workflow_id: str
    started: bool = False
    result: ActionResult | None = None

    @property
    def waiting(self) -> bool:
        """Not ended yet."""
        return self.result is None


class Outgoing(Frozen):
    """Something to tell a policy action's workflow: a ballot, or that it is withdrawn."""

    workflow_id: str
    ballot: Ballot | None = None


class Parked(Frozen):
    """Why the item stands still until a person resumes it. `failure` is a type of the table."""

    failure: str
    doing: str
    since: Moment


class ItemState(Frozen):
    """The state of one feedback item.

    `asked` names fields over which a person is asked to decide until triage is confirmed again;
    `overruled` names a field once for each edit of a person that was written over.
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
    ladder: LadderState = LadderState()
    highest_level: int = 0
    actions: tuple[OpenAction, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
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
    kept_fields: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()
    projected: str | None = None
    sequence: int = 0
    unrecorded: tuple[Event, ...] = ()
    timeline: tuple[Event, ...] = ()
    earlier_events: int = 0
    generation: int = 1
