"""Which earlier items resemble this one, without keeping anybody's words.

A signature is a set of short hashes of the text's words. It is not anonymous: who guesses a word
can test for it. It only makes sure that no text, name or number lies about. Numbers and addresses
are left out of it. What is found here is proposed; a person confirms a duplicate.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from itertools import combinations

from insight.concepts import concept_of, is_concept
from insight.words import clean, unspaced_pairs, words
from models.base import Frozen

MOST_FEATURES = 192
"""A longer text keeps the features with the smallest hashes, which is a fair sample of all."""
MOST_CONCEPTS = 6
HASH_BITS = 28
PROPOSED_FLOOR = 0.35
"""A score from which proposing is worth a person's glance: of 400 unrelated complaints about one
trade, one in twenty had a stranger above it, while reports of one bug in own words reach 0.35 to
0.65 with their nearest."""
LOOKED_AT = 2000
"""Items that are compared with one. Older ones are a theme rather than a duplicate."""
RARITY_EXPONENT = 1.5
"""How much rare features outweigh common ones; 1 to 3 were tried on tracker duplicates and
questions to a bank, and 1.5 found the most of both together."""
FEWEST_FEATURES = 3
"""Texts with fewer words are alike by accident."""
_LONGEST_NUMBER = 4
_COMMON = (
    "a about after all also am an and any are as at be because been before being but by can "
    "could did do doe don't even every for from get got had has hav having he her here hi him "
    "hello his how i i'm i've if in into is it its it's just like me more most my no not now "
    "of on one only or our out over own pleas she should so some such than thank that the "
    "their them then there these they thi this those to too up us very wa want was we were "
    "what when where which while who why will with would you your since again still need "
    "help make made use der die das und ist ich nicht mit le la les et de je ne pas el los "
    "que y en no es un una il che di non per o os da"
)
_COMMON_WORDS = frozenset(_COMMON.split())


class Match(Frozen):
    """One candidate that resembles, by its place in the candidates. `score` is 0 to 1."""

    place: int
    score: float


def signature(text: str) -> tuple[int, ...]:
    """The hashed fingerprint of a text: the same in every process and on every machine."""
    cleaned = clean(text)
    stems = {word.stem for word in words(cleaned)}
    features = {concept_of(stemmed) for stemmed in stems if _tells(stemmed)}
    features.update(_meetings(features))
    features.update(unspaced_pairs(cleaned))
    return tuple(sorted({_hash(feature) for feature in features})[:MOST_FEATURES])


def feature_of(stemmed: str) -> int | None:
    """The feature that a stemmed word has in every signature; None for one that is left out."""
    return _hash(concept_of(stemmed)) if _tells(stemmed) else None


def similarity(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """How much two signatures share, 0 to 1, every feature counting alike (cosine of two sets)."""
    if min(len(first), len(second)) < FEWEST_FEATURES:
        return 0.0
    return len(set(first) & set(second)) / math.sqrt(len(first) * len(second))


def most_similar(
    wanted: tuple[int, ...],
    candidates: Iterable[tuple[int, ...]],
    floor: float,
    limit: int = 5,
) -> tuple[Match, ...]:
    """The candidates that score at least `floor`, best first, at most `limit`.

    A feature that few candidates have counts for more than one that most have (cosine of sets,
    weighted by inverse document frequency), so that shared jargon of a product does not count much.
    """
    if len(wanted) < FEWEST_FEATURES:
        return ()
    pool = list(candidates)
    weights = _rarity(pool, wanted)
    own = set(wanted)
    length = _length(own, weights)
    matches = []
    for place, candidate in enumerate(pool):
        if len(candidate) < FEWEST_FEATURES:
            continue
        features = set(candidate)
        shared = sum(weights[feature] for feature in own & features)
        score = round(shared / (length * _length(features, weights)), 3)
        if score >= floor:
            matches.append(Match(place=place, score=score))
    return tuple(sorted(matches, key=lambda match: -match.score)[:limit])


def _rarity(pool: list[tuple[int, ...]], wanted: tuple[int, ...]) -> dict[int, float]:
    counts = Counter(feature for candidate in pool for feature in candidate)
    counts.update(wanted)
    everything = len(pool) + 1
    return {
        feature: math.log(1 + everything / seen) ** RARITY_EXPONENT
        for feature, seen in counts.items()
    }


def _length(features: set[int], weights: dict[int, float]) -> float:
    return math.sqrt(sum(weights[feature] for feature in features))


def _meetings(features: set[str]) -> set[str]:
    """Concepts that occur together: "charge" beside "twice" tells far more than each alone."""
    concepts = sorted(feature for feature in features if is_concept(feature))[:MOST_CONCEPTS]
    return {f"{first} with {second}" for first, second in combinations(concepts, 2)}


def _tells(stemmed: str) -> bool:
    if stemmed in _COMMON_WORDS or (len(stemmed) < 2 and stemmed.isascii()):
        return False
    digits = sum(character.isdigit() for character in stemmed)
    return digits <= _LONGEST_NUMBER


def _hash(feature: str) -> int:
    digest = blake2b(feature.encode(), digest_size=8, person=b"followthrough").digest()
    return int.from_bytes(digest, "big") >> (64 - HASH_BITS)
