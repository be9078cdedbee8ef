"""A theme: one recurring problem, the items that tell of it, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum

from models.approval import Money
from models.base import Frozen, Moment
from models.sheet import QuestionStatus, Sheet, SheetRules

KEYS_SHOWN = 20
"""Issue keys that a reading names, the newest last; the ledger has all of them."""


class ThemePhase(StrEnum):
    """Where a theme stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    DELIVERED = "delivered"
    MERGED = "merged"


class ThemeChoice(StrEnum):
    """What may be said to a theme: make a delivery issue of it, or leave it."""

    ACCEPT = "accept"
    DISMISS = "dismiss"


class LoopChoice(StrEnum):
    """Whether its customers are told that a theme was delivered."""

    TELL = "tell"
    LEAVE = "leave"


class ThemeRules(Frozen):
    """What is pinned to a theme. Durations are in seconds, `grown` is a share from 0 up.

    A dismissed theme is asked about anew once it has `grown` by so much and hits at least
    `at_least_customers` more; a delivered one once so many `after_delivery` are hit all the same.
    """

    sheet: SheetRules
    owner: str
    deputies: tuple[str, ...] = ()
    answers_within: int
    at_least_customers: int
    grown: float
    after_delivery: int
    link: str
    closing_words: str
    look_every: int

    @property
    def deciders(self) -> tuple[str, ...]:
        """Those who may decide about it, name, merge and split it."""
        return (self.owner, *self.deputies)


class Pain(Frozen):
    """What the customers of a theme suffered beyond having to come at all; each counts a point."""

    came_back: int = 0
    escalated: int = 0
    promise_broken: int = 0
    unhappy: int = 0

    @property
    def points(self) -> int:
        """All of them together."""
        return self.came_back + self.escalated + self.promise_broken + self.unhappy


class ThemeFigures(Frozen):
    """A theme as it was counted at a moment.

    `customers` counts each unknown customer as somebody of their own. `revenue` is the yearly
    revenue of the distinct customers of whom it is known; that of `revenue_unknown` of them is not
    known, or is in another currency. `pain` is 1 plus the points of all items divided by the items,
    `worth` the revenue's minor units times pain. `words` are everyday words that several customers
    used; `keys` the newest issues.
    """

    items: int
    customers: int
    revenue: Money | None = None
    revenue_unknown: int = 0
    points: Pain = Pain()
    pain: float = 1.0
    worth: float = 0.0
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    first_at: Moment | None = None
    last_at: Moment | None = None
    keys: tuple[str, ...] = ()


class VersionSeen(Frozen):
    """A version in which the delivery issue is to be, or was, released."""

    name: str
    released: bool


class DeliveryFacts(Frozen):
    """The delivery issue as it stands: `done` in whatever status of that category."""

    done: bool
    resolution: str | None = None
    versions: tuple[VersionSeen, ...] = ()

    @property
    def release(self) -> str:
        """What it was released in, or "" when it names no version."""
        return ", ".join(one.name for one in self.versions if one.released)

    @property
    def delivered(self) -> bool:
        """Whether customers have it: done, and every version that it names was released."""
        return self.done and all(one.released for one in self.versions)


class LoopPlace(Frozen):
    """How far the telling has come: every item up to this one, by age, has been seen to."""

    created_at: Moment
    issue_id: str


class LoopClosed(Frozen):
    """How many items were told; `missed` could not be: their issues are gone or refuse comments.

    `until` is set where more items are to be told after these.
    """

    told: int
    missed: int = 0
    until: LoopPlace | None = None


class ThemeState(Frozen):
    """Everything that a theme's workflow holds.

    `customers_then` is how many customers it hit when it was last decided on or delivered. `asked`
    counts the questions about it. `accepted_as` and `accepted_text` are what the delivery issue
    says. `reopening` says that the delivery issue was done before this was accepted once more.
    `closing` is what customers are to be told and have not been, `telling` how many of them have
    been already. `linked` and `told` are how many
    items are linked to the delivery issue, and how many were told of the delivery.
    """

    theme_id: str
    sheet: Sheet
    rules: ThemeRules | None = None
    phase: ThemePhase = ThemePhase.PROPOSED
    name: str = ""
    figures: ThemeFigures | None = None
    counted_at: Moment | None = None
    customers_then: int = 0
    asked: int = 0
    accepted_as: str = ""
    accepted_text: str = ""
    reopening: bool = False
    delivery: DeliveryFacts | None = None
    looked_at: Moment | None = None
    closing: str = ""
    telling: LoopClosed | None = None
    linked: int = 0
    told: int = 0
    into: str | None = None


class ThemeStart(Frozen):
    """Starts `ThemeWorkflow`. `carried` is set only by continue-as-new."""

    theme_id: str
    carried: ThemeState | None = None


class ThemeStatus(Frozen):
    """What `ThemeWorkflow` answers to the query `status`, and what lists of themes show.

    `deciders` are the people who may decide about it, name, merge and split it.
    """

    theme_id: str
    name: str = ""
    phase: ThemePhase = ThemePhase.PROPOSED
    figures: ThemeFigures | None = None
    issue_key: str = ""
    delivery: DeliveryFacts | None = None
    linked: int = 0
    told: int = 0
    into: str | None = None
    deciders: tuple[str, ...] = ()
    questions: tuple[QuestionStatus, ...] = ()
    policy_version: str | None = None
    problem: str | None = None
