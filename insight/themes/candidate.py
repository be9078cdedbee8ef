"""An item as the search for themes sees it."""

from __future__ import annotations

from collections.abc import Sequence

from models.base import Frozen, Moment


class Candidate(Frozen):
    """An item as far as grouping looks at it. `customer` is a pseudonym, None when nobody knows."""

    issue_id: str
    customer: str | None = None
    arrived_at: Moment
    signature: tuple[int, ...] = ()


def customers_hit(customers: Sequence[str | None]) -> int:
    """How many customers these are, each unknown one counting as somebody of its own."""
    known = {one for one in customers if one is not None}
    return len(known) + sum(one is None for one in customers)
