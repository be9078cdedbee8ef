"""Answers of items that were given a moment ago, for lists that many people look at.

When something changes, every open inbox asks for the same items at once. An answer is good for a
few seconds while visibility shows no change of the item and nobody has done anything on this desk.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desk.list_memory import ListMemory
from desk.listing import ListedItem

FRESH_SECONDS = 5.0
MOST_KEPT = 2000


class RecentAnswers:
    """Listed items with their answers, by the same items as visibility knows them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.lists = ListMemory(clock)
        self._kept: dict[str, tuple[float, ListedItem, ListedItem]] = {}

    def of(self, listed: ListedItem) -> ListedItem | None:
        """The item with its answer; None when nobody asked lately, or it has changed since."""
        kept = self._kept.get(listed.workflow_id)
        if kept is None or kept[0] <= self._clock() or kept[1] != listed:
            return None
        return kept[2]

    def keep(self, listed: ListedItem, answered: ListedItem) -> None:
        """The item has just been asked. What did not answer is asked again next time."""
        if answered.status is None:
            return
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[listed.workflow_id] = (self._clock() + FRESH_SECONDS, listed, answered)

    def forget(self) -> None:
        """Somebody did something: whoever looks next sees what came of it."""
        self._kept.clear()
        self.lists.forget()
