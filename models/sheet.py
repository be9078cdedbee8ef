"""A sheet: one Jira issue on which named people are asked questions that have a due time.

A rollout's checklist is one, and so is a review. What was asked of whom, what they replied, and who
is told when a reply is late is the same on both.
"""

from __future__ import annotations

from pydantic import Field

from models.base import Frozen, Moment
from models.events import Event
from models.jira_view import Cursor, DesiredComment, SeenFields
from models.notice import Notice
from models.people import Actor, Channel, Person

SIGNED = "signed"
"""The choice of a question that is merely signed off."""
OWNER = "owner"
DEPUTIES = "deputies"
"""In place of a person among those who are told: whoever the question is put to."""


class Given(Frozen):
    """A reply that counts. Replies are never changed."""

    person: str
    choice: str
    reason: str
    channel: Channel
    at: Moment


class Question(Frozen):
    """One question. Only `owner` and `deputies` may reply, with one of `choices`.

    `told` counts the late steps that people were told of; `reason_needed` says that a reply must
    say why. A question that is `withdrawn` is no longer asked.
    """

    id: str
    words: str
    choices: tuple[str, ...]
    owner: str
    deputies: tuple[str, ...] = ()
    asked_at: Moment
    due_at: Moment
    told: int = 0
    reason_needed: bool = True
    given: Given | None = None
    withdrawn: bool = False
    figure: str = ""
    value: float | None = None

    @property
    def open(self) -> bool:
        """Whether a reply is still wanted."""
        return self.given is None and not self.withdrawn

    @property
    def asked(self) -> tuple[str, ...]:
        """Everybody who may reply."""
        return (self.owner, *self.deputies)


class Reply(Frozen):
    """Update: my reply to a question that was put to me."""

    actor: Actor
    question: str = Field(min_length=1, max_length=100)
    choice: str = Field(min_length=1, max_length=100)
    reason: str = Field(default="", max_length=2000)


class LateStep(Frozen):
    """Whom to tell so many seconds after a reply was due; below zero before it, as a reminder."""

    after: int
    notify: tuple[str, ...]


class SheetRules(Frozen):
    """What is pinned to a sheet when it is opened.

    `people` are those whom its questions and late steps name; `trusted_keys` maps a signing key's
    id to its public half in hex; `version` is the content hash of the policies.
    """

    version: str
    issue_type: str
    people: tuple[Person, ...]
    late: tuple[LateStep, ...]
    trusted_keys: dict[str, str] = {}
    allow_unproven: bool = False

    def person(self, person_id: str) -> Person | None:
        """The pinned person with this id."""
        return next((person for person in self.people if person.id == person_id), None)


class Sheet(Frozen):
    """Everything a sheet's workflow holds about its issue and its questions.

    `written` is the digest of the text that the issue shows, `projected` that of the view.
    """

    workflow_id: str
    life: str
    rules: SheetRules | None = None
    issue_id: str | None = None
    issue_key: str = ""
    issue_gone: bool = False
    questions: tuple[Question, ...] = ()
    sequence: int = 0
    timeline: tuple[Event, ...] = ()
    unrecorded: tuple[Event, ...] = ()
    comments: tuple[DesiredComment, ...] = ()
    notices: tuple[Notice, ...] = ()
    seen: SeenFields | None = None
    cursor: Cursor = Cursor()
    written: str = ""
    projected: str = ""
    problem: str | None = None


class SheetIssue(Frozen):
    """What the issue of a sheet should say. `operation_id` makes it exactly one issue."""

    operation_id: str
    issue_type: str
    summary: str
    text: str
    labels: tuple[str, ...]
    issue_id: str | None = None
    issue_key: str = ""


class OpenedIssue(Frozen):
    """The issue that a sheet has."""

    issue_id: str
    issue_key: str


class Replied(Frozen):
    """What the update `reply` answers, in one sentence."""

    message: str


class QuestionStatus(Frozen):
    """One question as it is shown."""

    id: str
    words: str
    choices: tuple[str, ...]
    asked: tuple[str, ...]
    due_at: Moment
    late: bool
    open: bool
    given: Given | None = None
