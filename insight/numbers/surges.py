"""Whether more came than usual: a span's volume against up to eight before it, however they vary."""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from insight.numbers.buckets import Counts
from insight.numbers.weekly import BASELINE, LEAST_BASELINE, LEAST_IN_SPAN, Values


def surge(total: Counts) -> Values:
    """How surprising each span's volume is if it only varied as before: p, upper side; NaN unasked.

    The variance is that of the spans before, and at least a Poisson's; so few spans make Student's t.
    The last axis is spans.
    """
    p = np.full(total.shape, np.nan)
    for place in range(LEAST_BASELINE, total.shape[-1]):
        before = total[..., max(0, place - BASELINE) : place]
        many = before.shape[-1]
        mean = before.mean(axis=-1)
        variance = np.maximum(before.var(axis=-1, ddof=1), mean) * (1 + 1 / many)
        excess = (total[..., place] - mean) / np.sqrt(np.maximum(variance, 1e-9))
        p[..., place] = np.where(mean >= LEAST_IN_SPAN, student.sf(excess, many - 1), np.nan)
    return p
