"""How sure a number is: Wilson's interval for shares, a seeded bootstrap for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, spearmanr

CONFIDENCE = 0.95
RESAMPLES = 1000
SEED = 20_161_128
"""Fixed, so that a report printed twice says the same."""
WILSON = "Wilson, 95 %"
BOOTSTRAP = f"bootstrap of {RESAMPLES}, 95 %"
_AT_A_TIME = 2_000_000
"""Values drawn at a time; bounds memory to some 30 MB whatever the sample."""

Values = NDArray[np.float64]
Statistic = Callable[[Values], Values]


class Bounded(NamedTuple):
    """A value between its bounds; all three None without an observation."""

    value: float | None
    low: float | None
    high: float | None


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """Wilson's score interval of a share. E. B. Wilson, JASA 22 (1927)."""
    if not trials:
        return None, None
    found = binomtest(successes, trials).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def percentile(values: Sequence[float], which: float) -> Bounded:
    """The percentile `which` (0 to 100), linear between observations."""
    return _bootstrapped(values, partial(np.percentile, q=which, axis=-1))


def mean(values: Sequence[float]) -> Bounded:
    """The arithmetic mean."""
    return _bootstrapped(values, lambda drawn: np.asarray(np.mean(drawn, axis=-1)))


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> Bounded:
    """Spearman's, bounded over the pairs; no value where either side is the same in all of them.

    A resample in which nothing varies has no correlation and is left out.
    """
    if any(len(set(side)) < 2 for side in zip(*pairs, strict=True)):
        return Bounded(None, None, None)
    sides = np.asarray(pairs, dtype=np.float64)

    def of(places: Values) -> float:
        used, liked = sides[places.astype(int)].T
        varies = np.ptp(used) > 0 and np.ptp(liked) > 0
        return float(spearmanr(used, liked).statistic) if varies else np.nan

    return _bootstrapped(range(len(pairs)), lambda drawn: np.apply_along_axis(of, -1, drawn))


def _bootstrapped(values: Sequence[float], statistic: Statistic) -> Bounded:
    if not values:
        return Bounded(None, None, None)
    sample = np.asarray(values, dtype=np.float64)
    chance = np.random.default_rng(SEED)
    rows = max(1, min(RESAMPLES, _AT_A_TIME // len(sample)))
    drawn = [
        statistic(sample[chance.integers(0, len(sample), (many, len(sample)))])
        for many in _parts(RESAMPLES, rows)
    ]
    edge = 100 * (1 - CONFIDENCE) / 2
    low, high = np.nanpercentile(np.concatenate(drawn), [edge, 100 - edge])
    return Bounded(float(statistic(sample)), float(low), float(high))


def _parts(whole: int, part: int) -> list[int]:
    full, rest = divmod(whole, part)
    return [part] * full + ([rest] if rest else [])
