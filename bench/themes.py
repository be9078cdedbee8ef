"""What looking for themes costs: the first look at many items, and the hourly look that follows.

The items are made up of hashed words as real ones are: some of a problem's own, some of everybody's.
Nothing is said about how good the groups are; docs/themes.md has that, of real texts.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from insight.themes.candidate import Candidate
from insight.themes.grouping import Grouping, group

SIZES = (1_000, 4_000, 10_000)
NEW_IN_AN_HOUR = 100
PROBLEMS = 60
OWN_WORDS = 12
COMMON_WORDS = 3_000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
AT_LEAST_CUSTOMERS = 3
ALIKE = 0.3


@dataclass(frozen=True)
class ThemesSpeed:
    """Seconds of the first look at so many items, and of the next one, with a few more of them.

    The next look tries again what found no place, and sees whether it joins a theme by now.
    """

    items: int
    themes: int
    first_look_seconds: float
    next_look_seconds: float


def measure_themes() -> list[ThemesSpeed]:
    """One row a size."""
    return [_measured(size) for size in SIZES]


def _measured(size: int) -> ThemesSpeed:
    items = _items(size + NEW_IN_AN_HOUR)
    began = time.perf_counter()
    found = _group(items[:size], {})
    first = time.perf_counter() - began
    places = {issue_id: f"theme-{members[0]}" for members in found.founded for issue_id in members}
    began = time.perf_counter()
    _group(items, places)
    return ThemesSpeed(
        items=size,
        themes=len(found.founded),
        first_look_seconds=round(first, 2),
        next_look_seconds=round(time.perf_counter() - began, 2),
    )


def _group(items: list[Candidate], places: dict[str, str]) -> Grouping:
    return group(items, places, at_least_customers=AT_LEAST_CUSTOMERS, alike=ALIKE)


def _items(many: int) -> list[Candidate]:
    """Items an hour apart; half of them tell of a problem, the others of nothing in common."""
    chance = random.Random(20_260_101)
    own = [
        [1_000_000 + problem * OWN_WORDS + n for n in range(OWN_WORDS)]
        for problem in range(PROBLEMS)
    ]
    made = []
    for number in range(many):
        words = {int(chance.paretovariate(0.8)) % COMMON_WORDS for _ in range(8)}
        if chance.random() < 0.5:
            words.update(chance.sample(chance.choice(own), 8))
        else:
            words.update(chance.randrange(COMMON_WORDS, 500_000) for _ in range(8))
        made.append(
            Candidate(
                issue_id=str(number),
                customer=f"customer-{number}",
                arrived_at=BEGAN + timedelta(hours=number),
                signature=tuple(sorted(words)),
            )
        )
    return made
