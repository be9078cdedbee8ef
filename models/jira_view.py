"""What we want of an issue, what we saw of it, and what a projection did (DESIGN section 5)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from models.base import Frozen, Moment
from models.events import Fact
from models.lifecycle import StatusCategory
from models.people import Actor


class Side(StrEnum):
    """On whose side the author of a comment or an edit stands."""

    STAFF = "staff"
    CUSTOMER = "customer"
    OURSELVES = "ourselves"
    MACHINE = "machine"


class CommandName(StrEnum):
    """Commands that a person may give as the first line of a Jira comment."""

    APPROVE = "approve"
    REJECT = "reject"
    ACK = "ack"
    HANDOVER = "handover"
    RESOLVE = "resolve"
    OVERRIDE = "override"
    PROPOSE = "propose"
    DELEGATE = "delegate"
    RESUME = "resume"
    SIGNOFF = "signoff"
    ANSWER = "answer"
    UNKNOWN = "unknown"


class JiraCommand(Frozen):
    """A command found in a comment. `actor` is the author, mapped and proved by re-reading Jira.

    `arguments` are the words after the command up to the reason; `problem` says what is wrong
    with the command when it cannot be understood.
    """

    name: CommandName
    arguments: tuple[str, ...] = ()
    reason: str = ""
    actor: Actor | None = None
    problem: str | None = None


class ObservedComment(Frozen):
    """A comment somebody wrote, without its text. `gratitude` marks a mere thank-you."""

    comment_id: int
    author_account_id: str | None
    side: Side
    public: bool
    created_at: Moment
    gratitude: bool = False
    command: JiraCommand | None = None


class ObservedEdit(Frozen):
    """A change of one field by a person, from the issue's changelog."""

    change_id: int
    field: str
    author_account_id: str | None
    actor: Actor | None = None
    side: Side
    at: Moment
    before: str | None
    after: str | None


class Cursor(Frozen):
    """Up to where comments and changes have been taken in."""

    comment_id: int = 0
    change_id: int = 0


class SeenFields(Frozen):
    """The values of the fields we project, as last seen: the base of the three-way comparison."""

    status: str
    status_category: StatusCategory
    priority: str | None = None
    assignee_account_id: str | None = None
    due_date: date | None = None
    labels: tuple[str, ...] = ()
    resolution: str | None = None


class ObservedIssue(Frozen):
    """One reading of an issue: its fields now, and what people did since the cursor."""

    issue_id: str
    issue_key: str
    fields: SeenFields
    updated_at: Moment
    comments: tuple[ObservedComment, ...] = ()
    edits: tuple[ObservedEdit, ...] = ()
    cursor: Cursor


class DesiredComment(Frozen):
    """A comment to exist exactly once. `public` is chosen on purpose for each."""

    operation_id: str
    body: str
    public: bool = False


class DesiredLink(Frozen):
    """A link to exist exactly once: this issue `kind` the other one."""

    operation_id: str
    kind: str
    other_issue_key: str


class DesiredView(Frozen):
    """What the issue should look like.

    None as `status_category`, `resolution`, `priority`, `assignee_account_id` or `due_date` leaves
    that field alone. `labels` are all our labels (prefix `ft-`);
    labels without the prefix are never touched. `last_seen` is what we knew when the view was
    made: a field that differs from it was edited by a person and wins, unless it is one of
    `workflow_wins`. `properties` are issue properties by key.
    """

    issue_id: str
    issue_key: str
    sequence: int
    status_category: StatusCategory | None = None
    preferred_statuses: tuple[str, ...] = ()
    resolution: str | None = None
    priority: str | None = None
    assignee_account_id: str | None = None
    due_date: date | None = None
    labels: tuple[str, ...] = ()
    properties: dict[str, dict[str, Any]] = {}
    comments: tuple[DesiredComment, ...] = ()
    links: tuple[DesiredLink, ...] = ()
    last_seen: SeenFields | None = None
    cursor: Cursor = Cursor()
    workflow_wins: tuple[str, ...] = ()


class ProjectionProblem(Frozen):
    """Something that could not be projected; shown on the item with its remedy."""

    failure: str
    field: str
    detail: dict[str, Fact] = {}


class ProjectionResult(Frozen):
    """What one projection did.

    `observed` is the issue as it stands afterwards, with people's comments and edits since the
    view's cursor. `kept` names the fields where a person's edit won. `calls` counts HTTP calls.
    """

    observed: ObservedIssue
    confirmed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    problems: tuple[ProjectionProblem, ...] = ()
    calls: int
