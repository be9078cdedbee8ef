"""What the gateway asks about an author and a text. The answer is all that travels on."""

from __future__ import annotations

from typing import Protocol

from models.base import Frozen, Moment
from models.jira_view import JiraCommand, Side
from models.people import Actor


class IssueContext(Frozen):
    """The issue in which somebody wrote or edited."""

    issue_id: str
    issue_key: str
    reporter_account_id: str | None = None


class Author(Frozen):
    """Who wrote or edited. `account_type` is Jira's own word: atlassian, app or customer.

    `overwritten`: somebody else has edited the comment since, so its words may be theirs.
    """

    account_id: str | None
    account_type: str | None = None
    overwritten: bool = False


class CommentMeaning(Frozen):
    """What a comment means to us, without its words."""

    side: Side
    gratitude: bool = False
    command: JiraCommand | None = None


class EditMeaning(Frozen):
    """Who edited, and as whom they act."""

    side: Side
    actor: Actor | None = None


class Interpreter(Protocol):
    """Reads a comment or an edit by a person. Never asked about our own account."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: Moment, *, public: bool
    ) -> CommentMeaning:
        """What this comment means; `public` when the customer can see it. Never keep the text."""
        ...

    def edit(
        self, issue: IssueContext, author: Author, field: str, at: Moment, after: str | None = None
    ) -> EditMeaning:
        """Who stands behind this edit of `field` (Jira's field id), `after` being its new value."""
        ...
