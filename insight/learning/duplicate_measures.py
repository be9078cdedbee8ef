"""How good proposed duplicates are, and from which score on one is proposed at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.base import Frozen

DEPTHS = (1, 3, 5)
PROPOSED_SHARE = 0.1
"""Share of all items for which a duplicate is proposed. People confirm proposals by hand, so what
is bounded is their work; trackers mark a few in a hundred items as duplicates."""


class DuplicateMeasures(Frozen):
    """What proposed duplicates are worth.

    `recall_at` maps k to the share of items with a known duplicate whose first k candidates hold
    one; `false_alarm_rate` is the share of the items without one for which one is proposed.
    """

    items: int
    recall_at: dict[int, float]
    false_alarm_rate: float | None


def proposal_floor(best_scores: Sequence[float]) -> float:
    """The score that the best candidate of one item in ten reaches."""
    if not best_scores:
        return 1.0
    return float(np.quantile(best_scores, 1 - PROPOSED_SHARE))


def measure(
    candidates: Mapping[str, Sequence[str]],
    proposed: set[str],
    pairs: Sequence[tuple[str, str]],
) -> DuplicateMeasures:
    """Compare candidates (best first, by item) with pairs that people linked."""
    partners: dict[str, set[str]] = {}
    for first, second in pairs:
        partners.setdefault(first, set()).add(second)
        partners.setdefault(second, set()).add(first)
    linked = [name for name in candidates if name in partners]
    alone = [name for name in candidates if name not in partners]
    return DuplicateMeasures(
        items=len(linked),
        recall_at={depth: _recall(candidates, partners, linked, depth) for depth in DEPTHS}
        if linked
        else {},
        false_alarm_rate=sum(name in proposed for name in alone) / len(alone)
        if alone and pairs
        else None,
    )


def _recall(
    candidates: Mapping[str, Sequence[str]],
    partners: Mapping[str, set[str]],
    linked: Sequence[str],
    depth: int,
) -> float:
    hits = [not partners[name].isdisjoint(candidates[name][:depth]) for name in linked]
    return sum(hits) / len(hits)
