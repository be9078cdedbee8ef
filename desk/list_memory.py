"""What was found out of long lists a moment ago, since a count of visibility looks at every row."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

FRESH_SECONDS = 10.0
MOST_KEPT = 500


class ListMemory:
    """How long lists were, and the due time that parted a page from the rest; by visibility query."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._totals: dict[str, tuple[float, int]] = {}
        self._bounds: dict[tuple[str, int], datetime] = {}

    def total(self, query: str) -> int | None:
        """How many there were a few seconds ago; None when nobody counted since."""
        until, count = self._totals.get(query, (0.0, 0))
        return count if until > self._clock() else None

    def keep_total(self, query: str, count: int) -> None:
        """They have just been counted."""
        if len(self._totals) >= MOST_KEPT:
            self._totals.clear()
        self._totals[query] = (self._clock() + FRESH_SECONDS, count)

    def bound(self, query: str, needed: int) -> datetime | None:
        """Where the first `needed` ended when somebody last looked; it has to be tried again."""
        return self._bounds.get((query, needed))

    def keep_bound(self, query: str, needed: int, bound: datetime) -> None:
        """The first `needed` and not many more are due before this."""
        if len(self._bounds) >= MOST_KEPT:
            self._bounds.clear()
        self._bounds[query, needed] = bound

    def forget_totals(self) -> None:
        """Somebody did something."""
        self._totals.clear()
