"""The shape of sla.yaml: what is promised, and what stops the clocks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.clock_rules import OnReopen
from models.clocks import ClockName
from models.lifecycle import Outcome, Severity, StatusCategory
from models.status_map import Conflict
from policies.clock_words import ConditionWords
from policies.documents.base import ConditionText, Document, Identifier, Name
from policies.durations import Duration


class CalendarChoice(Document):
    """Which calendar counts. The first choice whose `when` is true decides."""

    calendar: Identifier
    when: ConditionText | None = None
    """Left out only in the last choice."""


class TargetRule(Document):
    """Promises for some items. The first rule that fits severity, segment and category decides.

    A list that is left out fits everything. Targets count in the item's calendar.
    """

    name: Name
    severity: tuple[Severity, ...] = ()
    segment: tuple[Name, ...] = ()
    category: tuple[Name, ...] = ()
    first_response: Duration
    next_response: Duration
    resolution: Duration
    periodic_update: Duration | None = None
    """How long the customer may be without a public word of ours; left out, nothing is promised."""
    approval: Duration | None = None
    """How soon those who decide shall decide; left out, only the request's own expiry counts."""

    def written_targets(self) -> dict[ClockName, str]:
        """The targets that are set, by the clock that they are for."""
        targets = {
            ClockName.FIRST_RESPONSE: self.first_response,
            ClockName.NEXT_RESPONSE: self.next_response,
            ClockName.RESOLUTION: self.resolution,
            ClockName.PERIODIC_UPDATE: self.periodic_update,
            ClockName.APPROVAL: self.approval,
        }
        return {name: written for name, written in targets.items() if written is not None}


class ClockConditions(Document):
    """When one clock starts, stops and so on. A list holds as soon as one of its words does.

    Looked at in this order. A clock that does not run: `start` and `stop` together do nothing,
    `start` alone begins. One that runs: `stop`, then `reset`, then `cancel`, then `pause`, then
    `resume`.
    """

    start: Annotated[tuple[ConditionWords, ...], Field(min_length=1)]
    stop: tuple[ConditionWords, ...] = ()
    """The promise is kept, in time or late."""
    reset: tuple[ConditionWords, ...] = ()
    """The promise is kept and given anew, if `start` holds too."""
    cancel: tuple[ConditionWords, ...] = ()
    """The promise no longer applies; it is neither kept nor broken."""
    pause: tuple[ConditionWords, ...] = ()
    resume: tuple[ConditionWords, ...] = ()
    """Left out: the clock goes on when nothing under `pause` holds any more."""
    on_reopen: OnReopen | None = None
    """`new_cycle` counts anew, `resume` goes on; left out, `reopen_is_new_cycle` says which."""


class Watch(Document):
    """How long a decided item is watched for the customer coming back, on the wall clock."""

    lasts: Duration
    same_category: bool = True


class Conflicts(Document):
    """Who is right when a person sets in Jira what the item wants otherwise.

    `jira_wins`: the person's value stays and is taken in. `workflow_wins`: it is written over, and
    an internal comment says so. `ask`: it stays, and a person is asked to decide.
    """

    priority: Conflict = Conflict.JIRA_WINS
    assignee: Conflict = Conflict.JIRA_WINS
    due_date: Conflict = Conflict.JIRA_WINS
    status: Conflict = Conflict.JIRA_WINS
    """Only moves into Done without a decision, and out of Done after one, are conflicts."""


class Statuses(Document):
    """How our stages and outcomes meet the names that your Jira uses."""

    preferred: dict[StatusCategory, tuple[Name, ...]] = {}
    pause_when: tuple[Name, ...] = ()
    approve_when: tuple[Name, ...] = ()
    """Whoever moves the issue into one of these votes for the request that waits on it."""
    reject_when: tuple[Name, ...] = ()
    """As `approve_when`, against it."""
    resolutions: dict[Outcome, Name] = {}
    outcomes: dict[Name, Outcome] = {}
    conflicts: Conflicts = Conflicts()


class SlaDocument(Document):
    """sla.yaml: what is promised, and what stops the clocks."""

    calendars: Annotated[tuple[CalendarChoice, ...], Field(min_length=1)]
    targets: Annotated[tuple[TargetRule, ...], Field(min_length=1)]
    clocks: dict[ClockName, ClockConditions] = {}
    """A clock that is left out follows the usual conditions, those of the shipped file."""
    warn_at_percent: tuple[Annotated[int, Field(ge=1, le=99)], ...] = (50, 75)
    """Shares of a target that the item's timeline shows; that a target is used up always does."""
    comment_at_percent: tuple[Annotated[int, Field(ge=1, le=100)], ...] = (75, 100)
    """Shares that an internal comment on the issue tells too. Each costs calls to Jira."""
    reopen_is_new_cycle: bool = True
    """True counts a reopened item anew; False goes on where the clock stood."""
    pause_while_approving: bool = False
    watch: Watch
    statuses: Statuses = Statuses()
