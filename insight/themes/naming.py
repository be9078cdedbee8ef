"""What to call a theme before a person names it: words that several of its customers used.

The items' texts are not read for it. Their signatures are compared with a published list of words,
so nothing can stand in a name that is not an everyday word: no person, no order, no address. A word
that fewer than `FEWEST_CUSTOMERS` customers used is left out even so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from insight.concepts import name_of_concept
from insight.learning.embedding import VOCABULARY
from insight.similar import feature_of
from insight.themes.candidate import Candidate, customers_hit
from insight.words import stem

FEWEST_CUSTOMERS = 3
WORDS = 3
SHORTEST = 3
"""Letters of a word; shorter ones say little."""


def words_of(members: Sequence[Candidate], everybody: Sequence[Candidate]) -> tuple[str, ...]:
    """The words that tell these members from everybody, the most telling first; empty without any.

    A word tells the more, the more of the members have it and the fewer of the others.
    """
    if not members:
        return ()
    used: dict[int, list[str | None]] = defaultdict(list)
    for one in members:
        for feature in one.signature:
            used[feature].append(one.customer)
    known = _words()
    common = _counts(everybody)
    worth = {
        feature: (len(by) / len(members)) ** 2 / (1 + common.get(feature, 0) / len(everybody))
        for feature, by in used.items()
        if feature in known and customers_hit(by) >= FEWEST_CUSTOMERS
    }
    best = sorted(worth, key=lambda feature: (-worth[feature], known[feature]))
    return tuple(dict.fromkeys(known[feature] for feature in best))[:WORDS]


def _counts(items: Sequence[Candidate]) -> Mapping[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for one in items:
        for feature in one.signature:
            counts[feature] += 1
    return counts


@lru_cache(maxsize=1)
def _words() -> Mapping[int, str]:
    """Feature → the commonest word of the list that has it; for a concept its own name."""
    found: dict[int, str] = {}
    for word in VOCABULARY.read_text(encoding="utf-8").split():  # the commonest come first
        stemmed = stem(word)
        feature = feature_of(stemmed) if _is_word(word) else None
        if feature is not None:
            found.setdefault(feature, name_of_concept(stemmed) or word)
    return found


def _is_word(entry: str) -> bool:
    return len(entry) >= SHORTEST and entry.isascii() and entry.isalpha()
