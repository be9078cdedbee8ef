"""Which words of a text made it resemble another one, for a person who compares the two."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from insight.similar import feature_of
from insight.words import clean, words

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


class Piece(NamedTuple):
    """A stretch of a text as it was written; `shared` when it stands in the other one too."""

    text: str
    shared: bool


def features_in(text: str) -> frozenset[int]:
    """The features of the single words that tell something."""
    found = (feature_of(word.stem) for word in words(clean(text)))
    return frozenset(one for one in found if one is not None)


def pieces(text: str, shared: Collection[int]) -> tuple[Piece, ...]:
    """The text, cut where its words have one of the features `shared`; together it is the text."""
    found: list[Piece] = []
    read = 0
    for match in _TOKEN.finditer(text):
        if not features_in(match.group()) & set(shared):
            continue
        if match.start() > read:
            found.append(Piece(text[read : match.start()], shared=False))
        found.append(Piece(match.group(), shared=True))
        read = match.end()
    if read < len(text):
        found.append(Piece(text[read:], shared=False))
    return tuple(found)
