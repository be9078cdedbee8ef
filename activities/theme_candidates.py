"""Items of the ledger's index as the search for themes sees them."""

from __future__ import annotations

from insight.themes.candidate import Candidate
from ledger.records import IndexedItem


def candidate_of(item: IndexedItem) -> Candidate:
    """The item with its signature; without a word of anybody's."""
    return Candidate(
        issue_id=item.issue_id,
        customer=item.customer,
        arrived_at=item.created_at,
        signature=item.signature,
    )
