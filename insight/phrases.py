"""Finding the policy's phrases in a text, at word boundaries, in time bounded by both lengths."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from insight.words import Word, clean, is_unspaced, words

MOST_BETWEEN = 2
"""Words that may stand between the words of a phrase: "charged me twice" speaks for "charged twice"."""
LOOSE = 0.75
"""What a phrase with other words in between is worth, beside 1 for the exact phrase."""
HEADLINE = 1.5
"""What a phrase in the first line is worth: there people say what it is about."""
_NEGATIONS = (
    "not no never without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't "
    "wouldn't couldn't hasn't haven't ain't nicht kein keine pas sin não non niet inte ikke"
)
NEGATION_WORDS = frozenset(_NEGATIONS.split())
NEGATION_REACH = 2
"""How many words before a phrase a negation still speaks about it."""


class Hit(NamedTuple):
    """A phrase found. `strength` is 0.75 to 1.5; `negated` when a "not" stands closely before.

    `covers` are the places in the text that it stands on, comparable among hits of one reading.
    """

    phrase: str
    strength: float
    negated: bool
    covers: frozenset[int]

    @property
    def weight(self) -> float:
        """What it is worth as evidence. Longer phrases say more: one word 1, two 1.5, more 2."""
        return self.strength * min(1 + 0.5 * self.phrase.strip().count(" "), 2.0)


def independent(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits without those that only repeat a heavier one: "refund" within "want a refund"."""
    covered: set[int] = set()
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: -one.weight):
        if not hit.covers <= covered:
            kept.append(hit)
            covered |= hit.covers
    return tuple(kept)


class _Wanted(NamedTuple):
    """A phrase made ready: its stems, or the whole of it where words are not spaced."""

    stems: tuple[str, ...]
    whole: str | None


@lru_cache(maxsize=20_000)
def _prepared(phrase: str) -> _Wanted:
    cleaned = clean(phrase).strip()
    stems = tuple(word.stem for word in words(cleaned))
    # A phrase of signs alone is looked for as it stands, too.
    return _Wanted(stems, cleaned if is_unspaced(cleaned) or not stems else None)


class Reading:
    """A text prepared once for looking up many phrases."""

    def __init__(self, text: str) -> None:
        self._cleaned = clean(text)
        self._headline = self._cleaned.split("\n", 1)[0]
        self._words = words(self._cleaned)
        self._headline_words = len(words(self._headline))
        self._places: dict[str, list[Word]] = defaultdict(list)
        for word in self._words:
            self._places[word.stem].append(word)

    @property
    def empty(self) -> bool:
        """Nothing in it can be read as a word."""
        return not self._words

    def find(self, phrases: tuple[str, ...]) -> tuple[Hit, ...]:
        """The best hit of each phrase that occurs, in the order given, each phrase once."""
        found = (self._look_up(phrase) for phrase in dict.fromkeys(phrases))
        return tuple(hit for hit in found if hit is not None)

    def _look_up(self, phrase: str) -> Hit | None:
        wanted = _prepared(phrase)
        if wanted.whole is not None:
            return self._look_up_unspaced(phrase, wanted.whole)
        hits = [
            hit
            for start in self._places.get(wanted.stems[0], ())
            if (hit := self._follow(phrase, wanted.stems, start))
        ]
        return max(hits, key=lambda hit: (not hit.negated, hit.strength), default=None)

    def _look_up_unspaced(self, phrase: str, whole: str) -> Hit | None:
        begin = self._cleaned.find(whole)
        if begin < 0 or not whole:
            return None
        strength = HEADLINE if begin < len(self._headline) else 1.0
        # Negative, so that characters are never taken for the places of words.
        return Hit(phrase, strength, False, frozenset(range(-begin - len(whole), -begin)))

    def _follow(self, phrase: str, stems: tuple[str, ...], start: Word) -> Hit | None:
        """The hit that begins at `start`, if the rest of the phrase follows closely enough."""
        place, loose = start.place, False
        covers = {place}
        for wanted in stems[1:]:
            following = self._next(wanted, place, start.clause)
            if following is None:
                return None
            loose = loose or following != place + 1
            place = following
            covers.add(place)
        strength = LOOSE if loose else 1.0
        if place < self._headline_words:
            strength *= HEADLINE
        return Hit(phrase, strength, self._negated(start), frozenset(covers))

    def _next(self, stem: str, place: int, clause: int) -> int | None:
        for word in self._words[place + 1 : place + 2 + MOST_BETWEEN]:
            if word.clause == clause and word.stem == stem:
                return word.place
        return None

    def _negated(self, start: Word) -> bool:
        before = self._words[max(start.place - NEGATION_REACH, 0) : start.place]
        return any(word.stem in NEGATION_WORDS for word in before if word.clause == start.clause)
