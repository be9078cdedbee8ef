"""Counts every HTTP call where it leaves the process, so that no hidden call escapes the books."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


@dataclass
class Tally:
    """Calls made by one thread since the tally was opened."""

    calls: int = 0


class CallCounter:
    """Counts calls for each operation over the whole process, and for one operation in a thread."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._local = threading.local()

    @contextmanager
    def operation(self, name: str) -> Iterator[Tally]:
        """Count this thread's calls until the end of the block under `name`."""
        outer: tuple[str, Tally] | None = getattr(self._local, "current", None)
        tally = Tally()
        self._local.current = (name, tally)
        try:
            yield tally
        finally:
            self._local.current = outer

    def one_more(self) -> None:
        """A call leaves now."""
        current: tuple[str, Tally] | None = getattr(self._local, "current", None)
        name = "other" if current is None else current[0]
        if current is not None:
            current[1].calls += 1
        with self._lock:
            self._totals[name] += 1

    def totals(self) -> dict[str, int]:
        """Calls for each operation since the process started."""
        with self._lock:
            return dict(self._totals)


class CountingAdapter(HTTPAdapter):
    """The ordinary transport, with a count. A call that fails was a call too."""

    def __init__(self, counter: CallCounter) -> None:
        super().__init__()
        self._counter = counter

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Count, then send."""
        self._counter.one_more()
        return super().send(request, *args, **kwargs)
