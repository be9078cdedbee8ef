"""Whether a category's share of a week differs from the weeks before, and when it changed.

Two questions, two methods. `surprise` compares each week with up to eight before it by Fisher's exact
test; over all weeks and categories asked about, Benjamini and Hochberg keep false alarms at 1 in 100
reports. `change_points` looks back over the whole series (PELT: Killick, Fearnhead and Eckley, 2012).
Both are calibrated on series without any change; `make bench` counts their false alarms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import ruptures
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, hypergeom

from insight.numbers.buckets import Counts

BASELINE = 8
"""Spans before a span that it is compared with."""
LEAST_BASELINE = 3
LEAST_IN_SPAN = 20
"""Contacts; a span with fewer is not asked about."""
FALSE_ALARMS = 0.01
"""Of reports on series without any change, at most this share names one."""
PENALTY = 22.0
"""What a further change has to gain, in variances; held to `FALSE_ALARMS` for ten categories and a
year of weeks."""
LEAST_CHANGE = 1.25
"""A share that is not at least so many times another is no drift, however sure the difference."""

Values = NDArray[np.float64]


def surprise(counts: Counts) -> Values:
    """How surprising each count is after the spans before it: p, two-sided; NaN where not asked.

    The last two axes are categories and spans; any before them are series of their own.
    """
    before = _sums_before(counts)
    total, total_before = counts.sum(axis=-2, keepdims=True), before.sum(axis=-2, keepdims=True)
    drawn = np.broadcast_to(total, counts.shape)
    both, of_kind = drawn + total_before, counts + before
    lower = hypergeom.cdf(counts, both, of_kind, drawn)
    upper = hypergeom.sf(counts - 1, both, of_kind, drawn)
    p = np.minimum(1.0, 2 * np.minimum(lower, upper))
    asked = (drawn >= LEAST_IN_SPAN) & (total_before >= LEAST_IN_SPAN)
    asked[..., : min(LEAST_BASELINE, counts.shape[-1])] = False
    return np.where(asked & (of_kind > 0), p, np.nan)


def adjusted(p: Values) -> Values:
    """The same after Benjamini and Hochberg over all that was asked about."""
    asked = np.isfinite(p)
    mended = np.full(p.shape, np.nan)
    if asked.any():
        mended[asked] = false_discovery_control(p[asked])
    return mended


def shares(counts: Counts, category: int, place: int) -> tuple[float, float]:
    """The category's share in the spans before this one, and in it."""
    before = _sums_before(counts)[:, place]
    now = counts[:, place]
    return (
        float(before[category] / max(before.sum(), 1)),
        float(now[category] / max(now.sum(), 1)),
    )


def change_points(kind: Counts, total: Counts) -> tuple[int, ...]:
    """The spans at which the share of one category changed, in a series without empty spans."""
    usable = np.flatnonzero(total >= LEAST_IN_SPAN)
    if len(usable) < 2 * LEAST_BASELINE:
        return ()
    signal = stabilised(kind[usable], total[usable])
    found: Any = ruptures.KernelCPD(kernel="linear", min_size=2).fit(signal.reshape(-1, 1))
    return tuple(int(usable[place]) for place in found.predict(pen=PENALTY)[:-1])


def stabilised(kind: Counts, total: Counts) -> Values:
    """Shares with a variance of 1 wherever they lie (Anscombe, Biometrika 35, 1948)."""
    angle = np.arcsin(np.sqrt((kind + 0.375) / (total + 0.75)))
    middle = np.average(angle, weights=total)
    return np.asarray(2 * np.sqrt(total + 0.5) * (angle - middle))


def _sums_before(counts: Counts) -> Counts:
    """For each span the sum of up to `BASELINE` spans before it."""
    summed = np.cumsum(counts, axis=-1)
    until = np.concatenate([np.zeros_like(summed[..., :1]), summed[..., :-1]], axis=-1)
    gone = np.zeros_like(until)
    gone[..., BASELINE:] = until[..., :-BASELINE] if until.shape[-1] > BASELINE else 0
    return np.asarray(until - gone)
