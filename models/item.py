"""The item itself: what arrived, from whom, and what triage made of it.

The customer's words stay in Jira. They are read where they are needed (inside an activity) and
never travel through Temporal; an item holds a digest of them instead.
"""

from __future__ import annotations

from datetime import date

from models.base import Frozen, Moment
from models.lifecycle import Severity
from models.people import Proof

ANONYMOUS = "anonymous"
"""The reference of feedback without any customer. Two such items share nobody: never compare it."""


class CustomerFacts(Frozen):
    """What was known of the customer when the item arrived; pinned, never looked up again.

    `reference` is a stable pseudonym (HMAC digest), safe in ids and logs. `annual_revenue_minor`
    is in minor units of `currency`. `zone` is an IANA name or None when unknown; `subdivision` is a
    part of the country, such as BE for Berlin. `joined` is the day on which they became a customer.
    """

    reference: str
    known: bool = False
    segment: str = "standard"
    plan: str | None = None
    annual_revenue_minor: int | None = None
    currency: str | None = None
    zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    joined: date | None = None


class FeedbackItem(Frozen):
    """One piece of feedback, as received from its Jira issue."""

    issue_id: str
    issue_key: str
    project: str
    issue_type: str
    created_at: Moment
    reporter_account_id: str | None = None
    text_digest: str
    text_length: int
    customer: CustomerFacts
    release: str | None = None
    source: str | None = None
    submission_id: str | None = None


class Reason(Frozen):
    """Why a suggestion was made: the rule or signal, and the words that decided.

    `words` are the policy's own, or those of a learned model's vocabulary that stood in several
    items; never words that only this customer wrote.
    """

    rule: str
    words: tuple[str, ...] = ()


class Suggestion(Frozen):
    """One suggested value with its confidence (0 to 1) and reasons.

    `model` is the id of the learned model that suggested it, the name of a language model such as
    `openai:gpt-5-mini`, or None for the taxonomy.
    """

    value: str
    confidence: float
    reasons: tuple[Reason, ...] = ()
    model: str | None = None


class SimilarItem(Frozen):
    """An earlier item that resembles this one. `score` is 0 to 1; a person confirms duplicates."""

    issue_id: str
    issue_key: str
    score: float
    same_customer: bool = False


class ProposedAction(Frozen):
    """A policy action that triage suggests, for a person or a rule to propose for real.

    `asked` is the worker's proof that a rule of the policy asks for it by itself.
    """

    kind: str
    why: str
    automatic: bool = False
    asked: Proof | None = None


class Recontact(Frozen):
    """An earlier, decided item that this customer comes back about within its watch window."""

    issue_id: str
    issue_key: str
    workflow_id: str


class TriageResult(Frozen):
    """What triage found. `unsure` asks a person to look before anything is promised.

    `personal_data` names the kinds of personal data in the text, never what was found.
    """

    category: Suggestion
    severity: Suggestion
    sentiment: Suggestion
    language: Suggestion
    owner: str | None
    owner_account_id: str | None = None
    routed_by: str
    similar: tuple[SimilarItem, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    recontact_of: Recontact | None = None
    unsure: bool = False
    personal_data: tuple[str, ...] = ()

    @property
    def severity_level(self) -> Severity:
        """The suggested severity as a level."""
        return Severity(self.severity.value)
