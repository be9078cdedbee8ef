"""Our own items as the numbers see them, read from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.records import IndexedItem
from ledger.store import Ledger
from policies.themes.words import title

if TYPE_CHECKING:
    from insight.numbers.own_items import OwnItem


def own_items(ledger: Ledger, since: datetime, until: datetime) -> tuple[OwnItem, ...]:
    """The items that arrived from `since` on and before `until`, with their themes, oldest first.

    Raises `LedgerUnavailable`.
    """
    return read(ledger, ledger.items_created(since, until), _themes_of_items(ledger))


def own_items_of(ledger: Ledger, customers: Collection[str]) -> tuple[OwnItem, ...]:
    """The items of one customer, whom each of these pseudonyms means, as above.

    Raises `LedgerUnavailable`.
    """
    return read(ledger, ledger.items_of(customers), _themes_of_items(ledger))


def read(
    ledger: Ledger, items: Sequence[IndexedItem], themes: Mapping[str, str | None]
) -> tuple[OwnItem, ...]:
    """These items; `themes` says by issue id what the theme of an item is called."""
    from insight.numbers.own_items import own_item  # noqa: PLC0415 - a worker starts faster without

    events = ledger.events_of_each([one.issue_id for one in items])
    return tuple(
        own_item(
            one.issue_key,
            one.customer,
            one.category,
            one.created_at,
            [row.event for row in events.get(one.issue_id, ())],
            themes.get(one.issue_id),
        )
        for one in items
    )


def _themes_of_items(ledger: Ledger) -> Mapping[str, str | None]:
    shown = _names_of_themes(ledger)
    return {issue: shown.get(theme) for issue, theme in ledger.themes.placements().items()}


def _names_of_themes(ledger: Ledger) -> Mapping[str, str]:
    """Theme id → what it is called; where two are called the same, with the id beside it.

    Raises `LedgerUnavailable`.
    """
    shown = {
        one.theme_id: title(one.name, one.theme_id, one.figures)
        for one in ledger.themes.all(limit=None)
    }
    often = Counter(shown.values())
    return {
        theme_id: name if often[name] == 1 else f"{name} ({theme_id})"
        for theme_id, name in shown.items()
    }
