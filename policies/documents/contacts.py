"""Which column of an export means what; the shape of `import --mapping FILE.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from models.contact import ScoreKind
from policies.documents.base import Document, Name
from policies.documents.history import zone_name


def _listed(written: object) -> object:
    return (written,) if isinstance(written, str) else written


Columns = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
"""One column, or several of which the first that the row has is taken. `a.b` looks into a nested
object; `=text` is no column but the value itself."""
Values = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One value or several; upper and lower case are the same."""


class YesOrNo(Document):
    """A column that says yes or no. Any other value is not known."""

    column: Columns
    yes: Values = ("true", "yes", "1")
    no: Values = ("false", "no", "0")


class PathColumn(Document):
    """A column that says which way a contact was handled."""

    column: Columns
    bot: Values = ("bot", "ai", "automation")
    agent: Values = ("agent", "human", "person")
    escalated: Values = ("escalated",)
    policy_action: Values = ("policy_action",)


class ResolutionColumn(Document):
    """A column that says what the customer made of the resolution."""

    column: Columns
    confirmed: Values = ("confirmed",)
    assumed: Values = ("assumed",)
    failed: Values = ("failed",)


class ScoreColumn(Document):
    """A column with the customer's score."""

    column: Columns
    kind: ScoreKind = ScoreKind.CSAT
    words: dict[str, float] = {}
    """What scores that are written as words mean, such as good: 5."""


class LogColumns(Document):
    """For exports that hold a row for each change: the rows of an item become one contact."""

    number: Columns
    """The column that numbers an item's rows. The last row of an item is what counts."""
    changes: dict[str, Columns] = {}
    """Name of a count → the column of which changes are counted."""


class MessageColumns(Document):
    """Where a conversation's messages stand, in each row as a list."""

    list: Columns
    at: Columns = ("at", "created_at")
    role: Columns = ("role", "author.type")
    author: Columns = ("author", "author.id", "author_id")
    text: Columns = ("text", "body", "plain_body")
    customer: Values = ("customer", "user", "end-user", "contact", "lead")
    ours: Values = ("agent", "admin", "bot", "team")


class ContactColumns(Document):
    """One row of the file is one contact, unless `log` says otherwise. What is left out is unknown."""

    source: Columns | None = None
    """Where the contacts come from; `--source` overrules it, and without both it is the shape's name."""
    id: Columns | None = None
    customer: Columns | None = None
    category: Columns | None = None
    theme: Columns | None = None
    opened_at: Columns | None = None
    answered_at: Columns | None = None
    recommended_at: Columns | None = None
    resolved_at: Columns | None = None
    escalated_at: Columns | None = None
    acknowledged_at: Columns | None = None
    joined_at: Columns | None = None
    segment: Columns | None = None
    release: Columns | None = None
    revenue_minor: Columns | None = None
    """Yearly revenue in minor units of one currency."""
    reopened: Columns | None = None
    reassigned: Columns | None = None
    score: ScoreColumn | None = None
    path: PathColumn | None = None
    contained: YesOrNo | None = None
    resolution: ResolutionColumn | None = None
    kept: YesOrNo | None = None
    complaint: YesOrNo | None = None
    automated: YesOrNo | None = None
    facts: dict[Name, Columns] = {}
    """Name → column of short words that numbers are broken down by. Never a column of free text."""
    log: LogColumns | None = None
    messages: MessageColumns | None = None
    zone: Annotated[str, AfterValidator(zone_name)] = "UTC"
    """The zone of moments that are written without one."""
    moments: str | None = None
    """How moments are written, such as %d/%m/%Y %H:%M; left out, as in ISO 8601."""
    empty: Values = ("", "?", "n/a", "null", "none")
    """What a cell without a value holds."""
