"""Which themes cost most: the revenue of the customers they hit, times how much they hurt.

The sum is shown with its terms, so that somebody may disagree with a term rather than with the rank.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from insight.numbers.recontact import Resolution
from models.base import Frozen
from models.contact import Contact, ScoreKind
from models.decision import Confidence
from models.theme import Pain

MOST_THEMES = 20
UNHAPPY_TO = 2.0
"""A score from 1 to 5 up to which a customer is unhappy."""


class Theme(Frozen):
    """A theme, or a category where no theme is known.

    `revenue_minor` is the yearly revenue of the distinct customers whose revenue is known, in minor
    units of `currency`; `unknown` customers count as 0. `pain` is 1 plus the points of all contacts divided by the
    contacts. `worth` is revenue times pain.
    """

    name: str
    contacts: int
    customers: int
    unknown: int
    revenue_minor: int
    currency: str | None = None
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


class Revenue(NamedTuple):
    """The yearly revenue, in minor units, of distinct customers; `unknown` of them have none here.

    Amounts in different currencies are not added up: the currency of most customers counts.
    """

    minor: int
    currency: str | None
    unknown: int


def revenue_of(contacts: Iterable[Contact]) -> Revenue:
    """What the customers of these contacts pay. The last that is known of each counts."""
    known: dict[str, tuple[int, str | None] | None] = {}
    for one in contacts:
        if one.customer:
            told = one.revenue_minor
            known[one.customer] = None if told is None else (told, one.revenue_currency)
    currencies = Counter(told[1] for told in known.values() if told is not None)
    if not currencies:
        return Revenue(minor=0, currency=None, unknown=len(known))
    currency = min(currencies, key=lambda one: (-currencies[one], one or ""))
    amounts = [told[0] for told in known.values() if told is not None and told[1] == currency]
    return Revenue(minor=sum(amounts), currency=currency, unknown=len(known) - len(amounts))


def pain_of(contacts: Sequence[Contact], back: Collection[str]) -> Pain:
    """What these contacts suffered; `back` are the references of those whose customer came back."""
    return Pain(
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


def _theme(name: str, contacts: Sequence[Contact], back: set[str]) -> Theme:
    points, revenue = pain_of(contacts, back), revenue_of(contacts)
    pain = 1 + points.points / len(contacts)
    return Theme(
        name=name,
        contacts=len(contacts),
        customers=len({one.customer for one in contacts if one.customer}),
        unknown=revenue.unknown,
        revenue_minor=revenue.minor,
        currency=revenue.currency,
        points=points,
        pain=pain,
        worth=revenue.minor * pain,
        items=tuple(one.reference for one in contacts),
    )
