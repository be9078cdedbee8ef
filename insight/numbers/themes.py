"""Which themes cost most: the revenue of the customers they hit, times how much they hurt.

The sum is shown with its terms, so that somebody may disagree with a term rather than with the rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from insight.numbers.recontact import Resolution
from models.base import Frozen
from models.contact import Contact, ScoreKind
from models.decision import Confidence

MOST_THEMES = 20
UNHAPPY_TO = 2.0
"""A score from 1 to 5 up to which a customer is unhappy."""


class Pain(Frozen):
    """What a contact suffered beyond having to come at all; each counts a point."""

    came_back: int = 0
    escalated: int = 0
    promise_broken: int = 0
    unhappy: int = 0

    @property
    def points(self) -> int:
        """All of them together."""
        return self.came_back + self.escalated + self.promise_broken + self.unhappy


class Theme(Frozen):
    """A theme, or a category where no theme is known.

    `revenue_minor` is the yearly revenue of the distinct customers whose revenue is known, in minor
    units; `unknown` customers count as 0. `pain` is 1 plus the points of all contacts divided by the
    contacts. `worth` is revenue times pain.
    """

    name: str
    contacts: int
    customers: int
    unknown: int
    revenue_minor: int
    points: Pain
    pain: float
    worth: float
    items: tuple[str, ...] = ()
    items_left_out: int = 0

    @property
    def sum_in_words(self) -> str:
        """The sum with its terms."""
        points = self.points
        return (
            f"{self.revenue_minor:,} × (1 + ({points.came_back} came back + {points.escalated} "
            f"escalated + {points.promise_broken} promises broken + {points.unhappy} unhappy) / "
            f"{self.contacts})"
        )


def ranked(
    within: Sequence[Contact], found: Sequence[Resolution], now: datetime
) -> tuple[Theme, ...]:
    """The themes of the period's contacts by what they are worth, then by contacts."""
    back = {one.contact.reference for one in found if one.back_by(now)}
    named: dict[str, list[Contact]] = defaultdict(list)
    for one in within:
        named[one.theme or one.category].append(one)
    themes = [_theme(name, contacts, back) for name, contacts in named.items() if name]
    return tuple(
        sorted(themes, key=lambda one: (-one.worth, -one.contacts, one.name))[:MOST_THEMES]
    )


def _theme(name: str, contacts: Sequence[Contact], back: set[str]) -> Theme:
    revenue = {one.customer: one.revenue_minor for one in contacts if one.customer}
    points = Pain(
        came_back=sum(
            one.reference in back or one.resolution is Confidence.FAILED for one in contacts
        ),
        escalated=sum(one.escalated_at is not None for one in contacts),
        promise_broken=sum(one.kept is False for one in contacts),
        unhappy=sum(
            one.score is not None
            and one.score_kind is not ScoreKind.NPS
            and one.score <= UNHAPPY_TO
            for one in contacts
        ),
    )
    known = sum(one for one in revenue.values() if one is not None)
    pain = 1 + points.points / len(contacts)
    return Theme(
        name=name,
        contacts=len(contacts),
        customers=len(revenue),
        unknown=sum(one is None for one in revenue.values()),
        revenue_minor=known,
        points=points,
        pain=pain,
        worth=known * pain,
        items=tuple(one.reference for one in contacts),
    )
