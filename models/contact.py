"""One contact of a customer, from our own items or from another tool: what the numbers are made of.

No word of the customer's is here. What of a text is needed was counted where the text was read.
"""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.decision import Confidence


class Path(StrEnum):
    """Which way a contact was handled. The furthest counts: escalated beats agent."""

    BOT = "bot"
    AGENT = "agent"
    ESCALATED = "escalated"
    POLICY_ACTION = "policy_action"


class ScoreKind(StrEnum):
    """What a customer's score is: 1 to 5 for `CSAT` and `STARS`, 0 to 10 for `NPS`."""

    CSAT = "csat"
    STARS = "stars"
    NPS = "nps"


class Information(StrEnum):
    """What customers have to say over and over."""

    ORDER_NUMBER = "order_number"
    DEVICE = "device"
    STEPS = "steps"


class Thread(Frozen):
    """What was counted in a conversation. Silences are hours, those before a customer's message.

    "After" is after the first answer by a person or bot of ours; only the customer who opened the
    thread is counted. `silences` run from our last message before each. `said_again` is what the
    customer gave, was asked for, and gave once more.
    """

    messages: int
    customer_messages_after: int = 0
    silences: tuple[float, ...] = ()
    customer_last: bool = False
    said_again: tuple[Information, ...] = ()


class Contact(Frozen):
    """One contact. What is not known is None, and such contacts count in no number about it.

    `id` is unique within `source`. `customer` is a pseudonym. `opened_at` begins every duration.
    `recommended_at` is the first proposal or decision. `kept` says whether what was promised was
    kept, `complaint` whether this is one, `contained` whether a bot's customer asked for nobody.
    `revenue_minor` is the customer's
    yearly revenue in minor units. `came_back_at` is a return that is on record. `changes` counts changes by name; `facts` are
    short words to break numbers down by.
    """

    source: str
    id: str
    customer: str | None = None
    category: str = ""
    theme: str | None = None
    opened_at: Moment
    answered_at: Moment | None = None
    recommended_at: Moment | None = None
    resolved_at: Moment | None = None
    escalation_due_at: Moment | None = None
    escalated_at: Moment | None = None
    acknowledged_at: Moment | None = None
    came_back_at: Moment | None = None
    path: Path | None = None
    contained: bool | None = None
    resolution: Confidence | None = None
    kept: bool | None = None
    complaint: bool | None = None
    automated: bool | None = None
    score: float | None = None
    score_kind: ScoreKind = ScoreKind.CSAT
    reopened: int | None = None
    reassigned: int | None = None
    segment: str | None = None
    release: str | None = None
    joined_at: Moment | None = None
    revenue_minor: int | None = None
    revenue_currency: str | None = None
    changes: dict[str, int] = {}
    facts: dict[str, str] = {}
    thread: Thread | None = None

    @property
    def reference(self) -> str:
        """How people find it: its id, and where it is from when that is not this product."""
        return self.id if self.source == OWN else f"{self.source}/{self.id}"


OWN = "followthrough"
"""The source of contacts that are this product's own items."""


class ImportSummary(Frozen):
    """How many records a batch made, changed, or found as they stood."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
