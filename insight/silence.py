"""Notices that nothing is said although something should be.

Feedback is taken to come in at a known rate, as a Poisson process. A pause of `g` days is then
silence when pauses that long are rare enough over the whole watch of `T` days. A pause begins at
the release or at a piece of feedback, of which `rate * T` are to be expected, and each lasts `g`
days with the chance exp(-rate * g); so some pause is that long with a chance of at most
exp(-rate * g) * (1 + rate * T). Solved for `g`, that is both the delay after which silence is
noticed and the guarantee that it is not called so too often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log

DAY = timedelta(days=1)


def pause_that_is_silence(rate: float, watched_days: float, false_alarm: float) -> float | None:
    """After how many days without anything it counts as silence; None: the watch is too short.

    `rate` is what is to be expected on a day, `false_alarm` the share of rollouts that may be
    called silent over the whole watch although feedback comes at this rate.
    """
    if rate <= 0:
        return None
    pause = log((1 + rate * watched_days) / false_alarm) / rate
    return pause if pause <= watched_days else None


def silent_from(
    begun: datetime, moments: Sequence[datetime], pause_days: float, until: datetime
) -> datetime | None:
    """When the pause that lasts now becomes silence; None when the watch ends before that."""
    last = max((begun, *(moment for moment in moments if moment > begun)))
    at = last + pause_days * DAY
    return at if at <= until else None
