"""Whether people are the happier with a release, the more of them use it.

A correlation over releases; it says that both go together, and not which of them leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from insight.numbers.intervals import BOOTSTRAP, RESAMPLES, SEED
from insight.numbers.metric import Definition, Metric, Unit
from insight.numbers.satisfaction import scores
from models.contact import Contact
from models.rollout import ReleaseUse

LEAST_SCORES = 5
"""A release with fewer scores has no mean that says anything."""

ADOPTION_AND_SCORE = Definition(
    id="adoption_and_score",
    name="Adoption and satisfaction",
    words="Over the releases whose use is known and that have at least five scores in the period: "
    "the rank correlation (Spearman) of the share of people who use a release, of those who have "
    "it, with its mean score from 1 to 5. +1 says that the more used, the better liked; 0 that "
    "neither tells anything of the other. The sample is the number of releases.",
    unit=Unit.CORRELATION,
    minimum=8,
)


def adoption_and_score(contacts: Sequence[Contact], uses: Sequence[ReleaseUse]) -> Metric:
    """The correlation, bounded by a bootstrap over the releases.

    It has no value where every release is used alike, or liked alike.
    """
    by_release: dict[str, list[Contact]] = defaultdict(list)
    for one in contacts:
        if one.release:
            by_release[one.release].append(one)
    pairs, items = [], []
    for use in uses:
        scored = scores(by_release[use.release])
        if use.adopted is None or not use.exposed or len(scored) < LEAST_SCORES:
            continue
        pairs.append((use.adopted / use.exposed, sum(score for _, score in scored) / len(scored)))
        items += [reference for reference, _ in scored]
    value, low, high = _bounded(pairs)
    return Metric(
        definition=ADOPTION_AND_SCORE,
        denominator=len(pairs),
        value=value,
        low=low,
        high=high,
        method=BOOTSTRAP,
        items=tuple(items),
    )


def _bounded(
    pairs: Sequence[tuple[float, float]],
) -> tuple[float | None, float | None, float | None]:
    value = _correlation(pairs)
    if value is None:
        return None, None, None
    chance = np.random.default_rng(SEED)
    drawn = (
        _correlation([pairs[place] for place in chance.integers(0, len(pairs), len(pairs))])
        for _ in range(RESAMPLES)
    )
    told = [one for one in drawn if one is not None]
    low, high = np.percentile(told, [2.5, 97.5]) if told else (value, value)
    return value, float(low), float(high)


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    used, liked = zip(*pairs, strict=True) if pairs else ((), ())
    if len(set(used)) < 2 or len(set(liked)) < 2:
        return None
    return float(spearmanr(used, liked).statistic)
