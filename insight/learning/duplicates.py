"""Which texts are about the same thing, for a person to confirm. Nothing is ever merged here.

Two rankings are fused: how much two texts share in rare words and pieces of words, and how close
they lie in the space of an embedding, if there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insight.learning.embedding import Embedder, Vectors
from insight.learning.features import TextFeatures, readable

WORDS_SHARE = 0.7
"""What the likeness of words counts beside the likeness of meaning. On 129 linked issues of a
tracker 0.7 found 78 % within five candidates, 0.5 found 74 %, words alone 72 %."""
BLOCK = 256
"""Texts compared at once, so that memory stays flat."""


@dataclass(frozen=True)
class Candidate:
    """One text that resembles another, by its place in the pool. `score` is 0 to 1."""

    place: int
    score: float


class Pool:
    """Texts made ready for being compared."""

    def __init__(self, texts: Sequence[str], embedder: Embedder | None) -> None:
        read = [readable(text) for text in texts]
        self._sparse = TextFeatures.learn(read).of(read)
        self._vectors: Vectors | None = None
        if embedder:
            self._vectors = np.stack([embedder.meaning(text) for text in read])

    def nearest(self, wanted: Sequence[int], most: int) -> list[tuple[Candidate, ...]]:
        """For each wanted place the `most` others that resemble it most, best first."""
        found: list[tuple[Candidate, ...]] = []
        for start in range(0, len(wanted), BLOCK):
            block = np.array(wanted[start : start + BLOCK], dtype=np.int64)
            scores = self._scores(block)
            scores[np.arange(len(block)), block] = -np.inf
            best = np.argsort(-scores, axis=1, kind="stable")[:, :most]
            found += [
                tuple(
                    Candidate(int(place), round(float(scores[row, place]), 4))
                    for place in best[row]
                    if np.isfinite(scores[row, place])
                )
                for row in range(len(block))
            ]
        return found

    def _scores(self, block: NDArray[np.int64]) -> NDArray[np.float64]:
        # Both halves of the features have length 1, hence the product is at most 2.
        shared = np.asarray((self._sparse[block] @ self._sparse.T).todense()) / 2
        if self._vectors is None:
            return shared
        close = np.maximum(self._vectors[block] @ self._vectors.T, 0.0)
        return np.asarray(WORDS_SHARE * shared + (1 - WORDS_SHARE) * close, dtype=np.float64)
