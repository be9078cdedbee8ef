"""The items that resemble one, with what they share, for a person who compares them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.finding import ItemReference
from insight.shared_words import Piece, features_in, pieces
from insight.similar import LOOKED_AT, Match, most_similar
from models.item import ANONYMOUS

if TYPE_CHECKING:
    from desk.words_of_items import WordsOfItems
    from ledger.records import IndexedItem
    from ledger.store import Ledger

MOST_BESIDE = 3
BESIDE_FLOOR = 0.15
"""Lower than what triage proposes by itself: here somebody asked, and judges by the texts."""
MOST_SHOWN = 2000
"""Characters of a text; who needs more opens Jira."""


@dataclass(frozen=True)
class Resembling:
    """An item and how much it resembles, 0 to 1; `known` is what the ledger's index has of it.

    `score` is None for an item that is too old to be compared by its words, or not known.
    """

    reference: ItemReference
    known: IndexedItem | None = None
    score: float | None = None
    same_customer: bool = False


@dataclass(frozen=True)
class Compared:
    """One of the texts side by side; `text` is None when Jira did not give it in time."""

    text: tuple[Piece, ...] | None
    cut: bool = False


def resembling(
    ledger: Ledger, item: ItemReference, chosen: ItemReference | None = None
) -> tuple[Resembling, ...]:
    """The most similar items known by now, also later ones, or the one that a person chose.

    Raises `LedgerUnavailable`.
    """
    own = ledger.indexed_item(item.issue_id)
    others = [one for one in ledger.recent_items(LOOKED_AT) if one.issue_id != item.issue_id]
    signatures = [one.signature for one in others]
    if own is None:
        near: tuple[Match, ...] = ()
    elif chosen is None:
        near = most_similar(own.signature, signatures, BESIDE_FLOOR, MOST_BESIDE)
    else:
        ranked = most_similar(own.signature, signatures, 0.0, len(others))
        near = tuple(one for one in ranked if others[one.place].issue_id == chosen.issue_id)
    found = tuple(_resembling(own, others[match.place], match.score) for match in near)
    if chosen is not None and not found:
        return (Resembling(chosen, ledger.indexed_item(chosen.issue_id)),)
    return found


def _resembling(own: IndexedItem | None, other: IndexedItem, score: float) -> Resembling:
    customer = own.customer if own else None
    return Resembling(
        reference=ItemReference(issue_id=other.issue_id, issue_key=other.issue_key),
        known=other,
        score=score,
        same_customer=customer not in (None, ANONYMOUS) and other.customer == customer,
    )


async def compared(
    words: WordsOfItems, issue_id: str, others: tuple[Resembling, ...]
) -> tuple[Compared, tuple[Compared, ...]]:
    """The item's text and the others', each marked where it shares words."""
    own, *found = await asyncio.gather(
        words.text(issue_id), *(words.text(one.reference.issue_id) for one in others)
    )
    features = features_in(own or "")
    theirs = [features_in(text or "") for text in found]
    shared_by_any = features & frozenset().union(*theirs)
    beside = zip(found, theirs, strict=True)
    return _cut(own, shared_by_any), tuple(_cut(text, features & has) for text, has in beside)


def _cut(text: str | None, shared: frozenset[int]) -> Compared:
    if text is None:
        return Compared(None)
    return Compared(pieces(text[:MOST_SHOWN].strip(), shared), cut=len(text) > MOST_SHOWN)
