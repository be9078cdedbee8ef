"""Numbers by groups, and whether the groups differ by more than chance among so many tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.stats import chi2_contingency, false_discovery_control, kruskal, spearmanr

from insight.numbers.metric import (
    Breakdown,
    Definition,
    Group,
    Observation,
    grouped,
    mean,
    share,
)
from models.contact import Contact

MOST_GROUPS = 40
FALSE_DISCOVERIES = 0.05
CHI_SQUARED = "chi-squared"
KRUSKAL = "Kruskal-Wallis"
SPEARMAN = "Spearman"
LEAST_IN_GROUP = 5
"""Smaller groups are shown and left out of the test."""

NameOf = Callable[[Contact], str | None]
ValueOf = Callable[[Contact], float | None]


def shares_by(
    definition: Definition,
    contacts: Sequence[Contact],
    counts: Callable[[Contact], bool | None],
    by: str,
    name_of: NameOf,
) -> Breakdown | None:
    """A share by groups; None unless there are two. `counts` None leaves a contact out."""
    values, left_out = _observed(contacts, counts, name_of)
    if len(values) < 2:
        return None
    groups = tuple(
        Group(
            name=name,
            metric=share(definition, (ref for ref, value in seen if value), len(seen)),
        )
        for name, seen in values.items()
    )
    return Breakdown(
        id=f"{definition.id}_by_{by}",
        of=definition.id,
        by=by,
        groups=groups,
        left_out=left_out,
        test=CHI_SQUARED,
        p=_chi_squared(values),
    )


def means_by(
    definition: Definition,
    contacts: Sequence[Contact],
    value_of: ValueOf,
    by: str,
    name_of: NameOf,
) -> Breakdown | None:
    """A mean by groups; None unless there are two."""
    values, left_out = _observed(contacts, value_of, name_of)
    if len(values) < 2:
        return None
    tested = [[v for _, v in seen] for seen in values.values() if len(seen) >= LEAST_IN_GROUP]
    alike = len({value for one in tested for value in one}) < 2
    return Breakdown(
        id=f"{definition.id}_by_{by}",
        of=definition.id,
        by=by,
        groups=tuple(
            Group(name=name, metric=mean(definition, seen)) for name, seen in values.items()
        ),
        left_out=left_out,
        test=KRUSKAL,
        p=None if len(tested) < 2 or alike else float(kruskal(*tested).pvalue),
    )


def rising_with(pairs: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Spearman's rank correlation and its p; None when one side never changes."""
    if len({a for a, _ in pairs}) < 2 or len({b for _, b in pairs}) < 2:
        return None
    found = spearmanr([a for a, _ in pairs], [b for _, b in pairs])
    return float(found.statistic), float(found.pvalue)


def adjusted(breakdowns: Sequence[Breakdown]) -> tuple[Breakdown, ...]:
    """All of them, with p adjusted for how many were tested (Benjamini and Hochberg, 1995)."""
    tested = [one for one in breakdowns if one.p is not None]
    if not tested:
        return tuple(breakdowns)
    mended = false_discovery_control([one.p for one in tested if one.p is not None])
    by_id = {one.id: float(p) for one, p in zip(tested, mended, strict=True)}
    return tuple(
        one.model_copy(update={"adjusted": by_id[one.id]}) if one.id in by_id else one
        for one in breakdowns
    )


def _observed(
    contacts: Sequence[Contact], value_of: Callable[[Contact], float | None], name_of: NameOf
) -> tuple[Mapping[str, Sequence[Observation]], int]:
    values: dict[str, list[Observation]] = defaultdict(list)
    for contact in contacts:
        value, name = value_of(contact), name_of(contact)
        if value is not None and name:
            values[name].append((contact.reference, float(value)))
    return grouped(values, MOST_GROUPS)


def _chi_squared(values: Mapping[str, Sequence[Observation]]) -> float | None:
    table = [
        (sum(value for _, value in seen), sum(not value for _, value in seen))
        for seen in values.values()
        if len(seen) >= LEAST_IN_GROUP
    ]
    if len(table) < 2 or not all(np.sum(table, axis=0)):
        return None
    return float(chi2_contingency(table).pvalue)
