"""What a learned model sees of a text: words, word pairs and pieces of words, by TF-IDF.

Pieces of words make it hear "refunded" when it learnt "refund", and survive typing errors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insight.words import READ_LIMIT

MOST_PIECES = 40_000
WORD_OR_SIGN = "\\b\\w+\\b|[!?]+|[\U0001f300-\U0001faff\u2600-\u27bf]"
"""Repeated question marks, and faces, say how somebody feels."""

Vocabulary = tuple[tuple[str, ...], NDArray[np.float32]]
"""The features of one kind, and the inverse document frequency of each."""


def readable(text: str) -> str:
    """The part of a text that is read, in one spelling; case is kept."""
    return unicodedata.normalize("NFKC", text[:READ_LIMIT]).replace("’", "'")


class TextFeatures:
    """TF-IDF of words and of pieces of words, side by side, each of length 1."""

    def __init__(self, words: Any, pieces: Any) -> None:
        self._words = words
        self._pieces = pieces

    @classmethod
    def learn(cls, texts: Sequence[str]) -> TextFeatures:
        """Take the vocabulary from texts. Raises `ValueError` when they hold no word twice."""
        words, pieces = _word_vectorizer(min_df=2), _piece_vectorizer(min_df=2)
        words.fit(texts)
        pieces.fit(texts)
        return cls(words, pieces)

    @classmethod
    def restore(cls, words: Vocabulary, pieces: Vocabulary) -> TextFeatures:
        """The features of a saved model."""
        made = []
        for vectorizer, (names, rarity) in (
            (_word_vectorizer(vocabulary=names_to_places(words[0])), words),
            (_piece_vectorizer(vocabulary=names_to_places(pieces[0])), pieces),
        ):
            if len(names) != len(rarity):
                raise ValueError("a rarity is missing")
            vectorizer.idf_ = rarity.astype(np.float64)
            made.append(vectorizer)
        return cls(*made)

    @property
    def words(self) -> Vocabulary:
        """The words and word pairs, in the order of their columns, which come first."""
        return _vocabulary(self._words)

    @property
    def pieces(self) -> Vocabulary:
        """The pieces of words, in the order of their columns, which follow."""
        return _vocabulary(self._pieces)

    def of(self, texts: Sequence[str]) -> Any:
        """A sparse row for each text."""
        from scipy.sparse import hstack  # noqa: PLC0415 - takes a second; a worker without models need not load it

        return hstack([self._words.transform(texts), self._pieces.transform(texts)]).tocsr()


def names_to_places(names: Sequence[str]) -> dict[str, int]:
    """Each feature's column."""
    return {name: place for place, name in enumerate(names)}


def _word_vectorizer(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes seconds; a worker without models need not load it

    return TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD_OR_SIGN, **options
    )


def _piece_vectorizer(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - as above

    limits = {} if "vocabulary" in options else {"max_features": MOST_PIECES}
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, **limits, **options
    )


def _vocabulary(vectorizer: Any) -> Vocabulary:
    names = tuple(str(name) for name in vectorizer.get_feature_names_out())
    return names, vectorizer.idf_.astype(np.float32)
