"""When a source that always spoke has gone quiet for longer than chance would have it.

Arrivals are taken for a Poisson process whose rate is known from its gaps so far only, so the wait
for the next has the Lomax distribution: P(longer than t) = (1 + t/S)^-n after n gaps that sum to S.
Nights and weekends make real gaps longer; what sleeps by the clock needs `slack`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from models.base import Frozen, Moment

FALSE_ALARMS = 0.001
"""How often a source that is as lively as ever is called silent, at each look."""
LEAST_GAPS = 20
MOST_GAPS = 200
"""Gaps looked back on, the newest ones: what was usual long ago is not."""


class Silence(Frozen):
    """Nothing since `since`, and that for longer than `patience` by now."""

    since: Moment
    patience: timedelta
    p: float


def patience(gaps: Sequence[float], false_alarms: float = FALSE_ALARMS) -> float | None:
    """How long, in the unit of the gaps, to wait for the next; None after too few gaps to say."""
    known = [gap for gap in gaps[-MOST_GAPS:] if gap >= 0]
    if len(known) < LEAST_GAPS or not sum(known):
        return None
    return float(sum(known) * (false_alarms ** (-1 / len(known)) - 1))


def silence(
    arrivals: Sequence[datetime],
    now: datetime,
    false_alarms: float = FALSE_ALARMS,
    slack: float = 1.0,
) -> Silence | None:
    """Whether it is too quiet at `now`; `slack` times as long is waited."""
    ordered = sorted(arrivals)
    gaps = [(after - before).total_seconds() for before, after in pairwise(ordered)][-MOST_GAPS:]
    longest = patience(gaps, false_alarms)
    if longest is None:
        return None
    quiet = (now - ordered[-1]).total_seconds() / slack
    if quiet <= longest:
        return None
    return Silence(
        since=ordered[-1],
        patience=timedelta(seconds=longest * slack),
        p=float((1 + quiet / sum(gaps)) ** -len(gaps)),
    )
