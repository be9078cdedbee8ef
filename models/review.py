"""A review: what happened since the last one, and what is to be decided about it."""

from __future__ import annotations

from enum import StrEnum

from models.approval import Money
from models.base import Frozen, Moment
from models.sheet import QuestionStatus, Sheet, SheetRules
from models.theme import ThemePhase


class FigureName(StrEnum):
    """The figures of a digest: counts of items, then measures, each of which is better lower."""

    RECEIVED = "received"
    DECIDED = "decided"
    BREACHES = "breaches"
    ESCALATIONS = "escalations"
    EXCEPTIONS = "exceptions"
    RECONTACTS = "recontacts"
    UNSURE = "unsure"
    CORRECTED = "corrected"
    DUPLICATES = "duplicates"
    SILENT_ROLLOUTS = "silent_rollouts"
    RECONTACT_PERCENT = "recontact_percent"
    FIRST_RESPONSE_HOURS = "first_response_hours"
    DECISION_HOURS = "decision_hours"
    ESCALATION_LAG_HOURS = "escalation_lag_hours"
    EXCEPTION_PERCENT = "exception_percent"


class Choice(StrEnum):
    """What may be said to a decision that a review asks for."""

    ACCEPT = "accept"
    DECLINE = "decline"
    POSTPONE = "postpone"


class Figure(Frozen):
    """One figure, with what it counts in words, its value in the period before, and what is behind.

    `behind` are the keys of up to twenty issues: of a count the newest last, of a measure those
    that count most. `of` is what a count is a part of, or how many observations a measure is of.
    `unit` is "" for a count. `low` and `high` bound a measure at 95 %; `before` is None where there
    were too few to say.
    """

    name: FigureName
    words: str
    value: float
    before: float | None
    of: float | None = None
    behind: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None


class ThemeLine(Frozen):
    """A theme as it stood, with what it was called then. `revenue` is what its customers pay a year, as far as that is known."""

    theme_id: str
    name: str
    phase: ThemePhase
    items: int
    customers: int
    revenue: Money | None = None
    issue_key: str = ""


class Share(Frozen):
    """How often something happened in this period and in the one before."""

    name: str
    value: int
    before: int


class LastDecision(Frozen):
    """What was asked in the last review, what was said, and how its figure stands now.

    `worked` is None unless something was accepted: then whether the figure has fallen.
    """

    question: str
    words: str
    figure: str
    value_then: float | None
    value_now: float | None
    choice: str | None
    person: str | None
    reason: str = ""
    worked: bool | None = None


class Digest(Frozen):
    """What a review looks at: the time from `since` on and before `until`."""

    since: Moment
    until: Moment
    figures: tuple[Figure, ...]
    categories: tuple[Share, ...] = ()
    product_time: tuple[Share, ...] = ()
    last: tuple[LastDecision, ...] = ()
    themes: tuple[ThemeLine, ...] = ()


class AskRule(Frozen):
    """A decision that is asked for when its figure reaches `at_least`."""

    figure: FigureName
    at_least: float
    words: str
    owner: str
    deputies: tuple[str, ...] = ()


class ReviewRules(Frozen):
    """What is pinned to a review. Durations are in seconds; `product_people` are person ids."""

    sheet: SheetRules
    owner: str
    deputies: tuple[str, ...] = ()
    answers_within: int
    closes_after: int
    asks: tuple[AskRule, ...] = ()
    product_people: tuple[str, ...] = ()


class ReviewState(Frozen):
    """Everything that a review's workflow holds."""

    sheet: Sheet
    rules: ReviewRules | None = None
    held_at: Moment
    digest: Digest | None = None
    ended_at: Moment | None = None


class ReviewStart(Frozen):
    """Starts `ReviewWorkflow`. `carried` is set only by continue-as-new."""

    carried: ReviewState | None = None


class ReviewStatus(Frozen):
    """What `ReviewWorkflow` answers to the query `status`; the digest also as text."""

    workflow_id: str
    held_at: Moment
    issue_key: str
    questions: tuple[QuestionStatus, ...]
    digest: Digest | None
    markdown: str
    html: str
    signed_off_by: str | None
    ended_at: Moment | None
    policy_version: str | None
    problem: str | None


class PinReviewInput(Frozen):
    """Pin review.yaml as it is now, for a new review."""

    workflow_id: str


class DigestInput(Frozen):
    """What happened until now, since the last review?"""

    until: Moment
    product_people: tuple[str, ...]
