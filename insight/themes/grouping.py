"""Which items tell of one recurring problem: by the signatures of their texts, without the texts.

Who is in a theme stays in it, so ids and members never jump between two looks: a new item joins the
theme whose members it resembles most, and only those that resemble none are grouped among
themselves. Grouping is by average linkage, which unlike a chain of pairs does not run from one
problem into the next through an item that mentions both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

from insight.similar import FEWEST_FEATURES, RARITY_EXPONENT
from insight.themes.candidate import Candidate, customers_hit
from models.base import Frozen

NEAREST = 3
"""So many members have to be like an item, so that one odd member draws nothing in by itself."""
MEMBERS_COMPARED = 60
"""The newest members stand for a theme; what it was about long ago does not hold it together."""
MOST_UNPLACED = 4_000
"""The newest items without a theme that are grouped at once: 60 MB and a few seconds."""

Matrix = NDArray[np.float32]


class Grouping(Frozen):
    """What a look found: items that joined a known theme, and groups that no theme covers yet.

    Everything is named by issue id; a group's oldest item comes first.
    """

    joined: dict[str, tuple[str, ...]]
    founded: tuple[tuple[str, ...], ...]


def group(
    candidates: Sequence[Candidate],
    themes: Mapping[str, str],
    *,
    at_least_customers: int,
    alike: float,
) -> Grouping:
    """Place every candidate that has no place in `themes` (issue id → theme).

    `alike`, 0 to 1, is how like each other on average a group's items are, and how like a theme's
    nearest members an item must be to join it. A group is one from `at_least_customers` on. An
    item without a customer counts as somebody of its own, since nothing says otherwise.
    """
    usable = [one for one in candidates if len(one.signature) >= FEWEST_FEATURES]
    known: dict[str, list[Candidate]] = defaultdict(list)
    fresh: list[Candidate] = []
    for one in sorted(usable, key=lambda one: (one.arrived_at, one.issue_id)):
        theme = themes.get(one.issue_id)
        (fresh if theme is None else known[theme]).append(one)
    fresh = fresh[-MOST_UNPLACED:]
    if not fresh:
        return Grouping(joined={}, founded=())
    rarity = _rarity(usable)
    joined, rest = _join(fresh, known, rarity, alike)
    groups = _groups(rest, rarity, alike) if len(rest) > 1 else []
    return Grouping(
        joined={theme: tuple(ids) for theme, ids in joined.items()},
        founded=tuple(
            tuple(one.issue_id for one in members)
            for members in groups
            if customers_hit([one.customer for one in members]) >= at_least_customers
        ),
    )


def _join(
    fresh: Sequence[Candidate],
    known: Mapping[str, Sequence[Candidate]],
    rarity: Mapping[int, float],
    alike: float,
) -> tuple[dict[str, list[str]], list[Candidate]]:
    """Who joins which theme, and who is left."""
    names = sorted(known)
    if not names:
        return {}, list(fresh)
    likeness = np.stack([_likeness_to(fresh, known[name], rarity) for name in names], axis=1)
    best = likeness.argmax(axis=1)
    joined: dict[str, list[str]] = defaultdict(list)
    rest = []
    for place, one in enumerate(fresh):
        if likeness[place, best[place]] >= alike:
            joined[names[best[place]]].append(one.issue_id)
        else:
            rest.append(one)
    return joined, rest


def _likeness_to(
    fresh: Sequence[Candidate], members: Sequence[Candidate], rarity: Mapping[int, float]
) -> Matrix:
    """The mean likeness of each item to the members of a theme that it resembles most."""
    likeness = _likeness(fresh, members[-MEMBERS_COMPARED:], rarity)
    nearest = np.sort(likeness, axis=1)[:, -NEAREST:]
    mean: Matrix = nearest.mean(axis=1)
    return mean


def _groups(
    items: Sequence[Candidate], rarity: Mapping[int, float], alike: float
) -> list[list[Candidate]]:
    distance = np.clip(1 - _likeness(items, items, rarity), 0, None)
    np.fill_diagonal(distance, 0)
    merged = linkage(squareform(distance, checks=False), method="average")
    labels = fcluster(merged, 1 - alike, criterion="distance")
    groups: dict[int, list[Candidate]] = defaultdict(list)
    for label, one in zip(labels, items, strict=True):
        groups[int(label)].append(one)
    return [members for members in groups.values() if len(members) > 1]


def _likeness(
    rows: Sequence[Candidate], columns: Sequence[Candidate], rarity: Mapping[int, float]
) -> Matrix:
    """Cosine of the items' features, weighted as `insight.similar` weighs them."""
    places = {feature: place for place, feature in enumerate(rarity)}
    left, right = (_matrix(items, rarity, places) for items in (rows, columns))
    likeness: Matrix = (left @ right.T).toarray()
    return likeness


def _matrix(
    items: Sequence[Candidate], rarity: Mapping[int, float], places: Mapping[int, int]
) -> csr_matrix:
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for one in items:
        weights = [rarity[feature] for feature in one.signature]
        length = sum(weights) ** 0.5
        values += [weight**0.5 / length for weight in weights]
        columns += [places[feature] for feature in one.signature]
        ends.append(len(columns))
    return csr_matrix(
        (np.array(values, dtype=np.float32), columns, ends), shape=(len(items), len(places))
    )


def _rarity(items: Sequence[Candidate]) -> dict[int, float]:
    features, seen = np.unique(
        np.concatenate([np.array(one.signature, dtype=np.int64) for one in items]),
        return_counts=True,
    )
    weights = np.log(1 + len(items) / seen) ** RARITY_EXPONENT
    return dict(zip(features.tolist(), weights.tolist(), strict=True))
