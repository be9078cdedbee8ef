"""Whether people are the happier with a release, the more of them use it.

A correlation over releases; it says that both go together, and not which of them leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from insight.numbers import definitions
from insight.numbers.intervals import BOOTSTRAP, rank_correlation
from insight.numbers.metric import Metric
from insight.numbers.satisfaction import scores
from models.contact import Contact
from models.rollout import ReleaseUse

LEAST_SCORES = 5
"""A release with fewer scores has no mean that says anything."""


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
    found = rank_correlation(pairs)
    return Metric(
        definition=definitions.ADOPTION_AND_SCORE,
        denominator=len(pairs),
        value=found.value,
        low=found.low,
        high=found.high,
        method=BOOTSTRAP,
        items=tuple(items),
    )
