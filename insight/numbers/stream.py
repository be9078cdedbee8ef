"""Drift while contacts come in, one by one (ADWIN: Bifet and Gavaldà, 2007), by river.

It answers sooner than a week, and with less certainty where in the stream it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from river.drift import ADWIN
from scipy.special import xlogy

from models.base import Frozen, Moment
from models.contact import Contact

DELTA = 0.002
"""ADWIN's own bound on a false alarm at each comparison; over streams of 1,000 contacts without any
change fewer than 1 in 100 raise one, which `make bench` counts."""
DELAY = 1500
"""Contacts within which a share that doubles from 10 to 20 % is found, in 95 of 100 streams."""
LEAST = 30
"""A category with fewer contacts is not watched."""


class StreamDrift(Frozen):
    """A category of which the share changed: most likely at `began`, plain at contact `contact`.

    `before` is its share since the change before this one, `after` from `began` until it was plain.
    """

    category: str
    began: Moment
    at: Moment
    contact: str
    before: float
    after: float


class Watch:
    """One share, watched; keep it and go on with it, it is small."""

    def __init__(self, delta: float = DELTA) -> None:
        self._detector: Any = ADWIN(delta=delta)  # type: ignore[no-untyped-call]  # river's detectors carry no types

    def add(self, is_one: bool) -> bool:
        """One more contact; whether it makes plain that the share has changed."""
        self._detector.update(int(is_one))
        return bool(self._detector.drift_detected)


def stream_drifts(
    contacts: Sequence[Contact], since: datetime | None = None
) -> tuple[StreamDrift, ...]:
    """Watch every category of contacts in their order; told are the drifts found from `since` on."""
    ordered = sorted(contacts, key=lambda one: (one.opened_at, one.reference))
    found: list[StreamDrift] = []
    for category in sorted({one.category for one in ordered}):
        seen = [one.category == category for one in ordered]
        if sum(seen) < LEAST:
            continue
        for place, split, start in _drifts(seen):
            at = ordered[place].opened_at
            if since is None or at >= since:
                found.append(
                    StreamDrift(
                        category=category,
                        began=ordered[split].opened_at,
                        at=at,
                        contact=ordered[place].reference,
                        before=sum(seen[start:split]) / (split - start),
                        after=sum(seen[split : place + 1]) / (place + 1 - split),
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.at, one.category)))


def _drifts(seen: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """Where a drift was plain, where it most likely began, and where the stretch before it began."""
    start, watch = 0, Watch()
    for place, one in enumerate(seen):
        if watch.add(one):
            split = start + _most_likely(np.asarray(seen[start : place + 1], dtype=np.float64))
            yield place, split, start
            start, watch = split, Watch()
            for again in seen[split : place + 1]:
                watch.add(again)


def _most_likely(seen: NDArray[np.float64]) -> int:
    """Where one share most likely gave way to another: the split of the greatest likelihood."""
    many = len(seen)
    place = np.arange(1, many)
    ones = np.cumsum(seen)[:-1]
    left, right = ones / place, (seen.sum() - ones) / (many - place)
    sides = ((place, left), (many - place, right))
    gain = sum(n * (xlogy(p, p) + xlogy(1 - p, 1 - p)) for n, p in sides)
    return int(np.argmax(gain)) + 1
