"""What was found out of long lists a moment ago, since a count of visibility looks at every row.

Visibility is seconds behind by itself. Whoever watches for changes looks anew and keeps what was
found, so that a browser that is told of a change finds just that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

FRESH_SECONDS = 10.0
STRETCH_SECONDS = 3.0
MOST_KEPT = 500
StretchKey = tuple[tuple[str, ...], int, int]
"""The queries of a list's ranks, where the stretch begins, and how long it is at most."""


class ListMemory:
    """Stretches of lists, how long the lists were, and the due time that ended a stretch."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._totals: dict[str, tuple[float, int]] = {}
        self._bounds: dict[tuple[str, int], datetime] = {}
        self._stretches: dict[StretchKey, tuple[float, Any]] = {}

    def stretch(self, key: StretchKey) -> Any:
        """The stretch that somebody has just looked at; None when nobody has."""
        until, found = self._stretches.get(key, (0.0, None))
        return found if until > self._clock() else None

    def keep_stretch(self, key: StretchKey, found: Any) -> None:
        """It has just been looked at."""
        if len(self._stretches) >= MOST_KEPT:
            self._stretches.clear()
        self._stretches[key] = (self._clock() + STRETCH_SECONDS, found)

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

    def forget(self) -> None:
        """Somebody did something. A bound stays, since it is tried again anyway."""
        self._totals.clear()
        self._stretches.clear()
