"""Drift while contacts come in, one by one (ADWIN: Bifet and Gavaldà, 2007), by river.

It answers sooner than a week, and with less certainty where in the stream it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from river.drift import ADWIN

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
    """A category of which the share of the stream changed, found at a contact that began `at`."""

    category: str
    at: Moment
    contact: str
    before: float
    after: float


class Watch:
    """One share, watched; keep it and go on with it, it is small."""

    def __init__(self, delta: float = DELTA) -> None:
        self._detector: Any = ADWIN(delta=delta)  # type: ignore[no-untyped-call]  # river's detectors carry no types

    @property
    def share(self) -> float:
        """What the share is now taken to be."""
        return float(self._detector.estimation)

    def add(self, is_one: bool) -> bool:
        """One more contact; whether it makes plain that the share has changed."""
        self._detector.update(int(is_one))
        return bool(self._detector.drift_detected)


def stream_drifts(
    contacts: Sequence[Contact], since: datetime | None = None
) -> tuple[StreamDrift, ...]:
    """Watch every category of contacts in their order; told are the drifts found from `since` on."""
    ordered = sorted(contacts, key=lambda one: (one.opened_at, one.reference))
    found = []
    for category in sorted({one.category for one in ordered}):
        if sum(one.category == category for one in ordered) < LEAST:
            continue
        watch = Watch()
        for one in ordered:
            before = watch.share
            if watch.add(one.category == category) and (since is None or one.opened_at >= since):
                found.append(
                    StreamDrift(
                        category=category,
                        at=one.opened_at,
                        contact=one.reference,
                        before=before,
                        after=watch.share,
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.at, one.category)))
