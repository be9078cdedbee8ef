"""What a theme costs: whom it hits, what they pay, and what they suffered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from insight.numbers.recontact import resolutions
from insight.numbers.themes import pain_of, revenue_of
from insight.themes.candidate import customers_hit
from models.approval import Money
from models.contact import Contact
from models.theme import KEYS_SHOWN, ThemeFigures


def figures_of(contacts: Sequence[Contact], words: tuple[str, ...], now: datetime) -> ThemeFigures:
    """Count the theme's items, oldest first; `words` are what its customers share."""
    if not contacts:
        return ThemeFigures(items=0, customers=0)
    back = {one.contact.reference for one in resolutions(contacts, now) if one.back_by(now)}
    points = pain_of(contacts, back)
    pain = 1 + points.points / len(contacts)
    revenue = revenue_of(contacts)
    categories = Counter(one.category for one in contacts if one.category)
    return ThemeFigures(
        items=len(contacts),
        customers=customers_hit([one.customer for one in contacts]),
        revenue=Money(minor=revenue.minor, currency=revenue.currency) if revenue.currency else None,
        revenue_unknown=revenue.unknown,
        points=points,
        pain=pain,
        worth=revenue.minor * pain,
        categories=tuple(name for name, _ in categories.most_common(3)),
        words=words,
        first_at=min(one.opened_at for one in contacts),
        last_at=max(one.opened_at for one in contacts),
        keys=tuple(one.reference for one in contacts[-KEYS_SHOWN:]),
    )
