"""A learned reading of texts: one linear layer over words and, if there is one, an embedding.

Linear on purpose: what a word did to the answer is a product of two numbers, so the words that
decided can be named; and a model is a table of numbers that can be saved without code in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insight.learning.embedding import Embedder, Vectors
from insight.learning.features import TextFeatures, readable

MOST_WORDS = 5

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Scaling:
    """How an embedding's dimensions are brought to one scale beside TF-IDF."""

    centre: Vectors
    factor: Vectors

    @classmethod
    def learn(cls, vectors: Vectors, weight: float, emphasis: Vectors) -> Scaling:
        """Each dimension to mean 0 and a standard deviation of `weight` times its emphasis."""
        spread = np.maximum(vectors.std(axis=0), 1e-6)
        return cls(vectors.mean(axis=0), (weight * emphasis / spread).astype(np.float32))

    def apply(self, vectors: Vectors) -> Vectors:
        """The scaled vectors."""
        return (vectors - self.centre) * self.factor


@dataclass(frozen=True)
class LinearLayer:
    """A row of coefficients and an intercept for each class."""

    coefficients: Matrix
    intercepts: Matrix

    def scores(self, matrix: Any) -> NDArray[np.float64]:
        """A row of scores for each row of features."""
        return np.asarray(matrix @ self.coefficients.T + self.intercepts, dtype=np.float64)


@dataclass(frozen=True)
class TrainedClassifier:
    """A model that was learnt from labelled texts.

    The columns of `layer` are words, pieces of words, then the embedding's dimensions. `telling`
    marks the words that may be shown as reasons. `temperature` makes confidence honest.
    `leaning` is added to the logarithm of a class's probability before the likeliest is chosen.
    """

    classes: tuple[str, ...]
    features: TextFeatures
    embedder_name: str | None
    scaling: Scaling | None
    layer: LinearLayer
    temperature: float
    leaning: NDArray[np.float64]
    telling: NDArray[np.bool_]

    def probabilities(self, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float64]:
        """A row of probabilities for each text, in the order of `classes`.

        `embedder` must be the one the model was learnt with, or None if there was none.
        """
        return softmax(self.scores(texts, embedder) / self.temperature)

    def ranking(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """The places of `classes` for each row, the one to suggest first."""
        return ranked(probabilities, self.leaning)

    def scores(self, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float64]:
        """The linear scores before they are made probabilities."""
        if (embedder.name if embedder else None) != self.embedder_name:
            raise ValueError(f"this model was learnt with {self.embedder_name}")
        read = [readable(text) for text in texts]
        sparse = self.features.of(read)
        width = sparse.shape[1]
        words = LinearLayer(self.layer.coefficients[:, :width], self.layer.intercepts)
        scores = words.scores(sparse)
        if embedder is not None and self.scaling is not None:
            placed = self.scaling.apply(embedder.embed(read))
            scores = scores + placed @ self.layer.coefficients[:, width:].T
        return scores

    def deciding_words(self, text: str, label: str) -> tuple[str, ...]:
        """The words of the model's own vocabulary that spoke most for a label, strongest first."""
        row: Any = self.features.of([readable(text)])
        names, _ = self.features.words
        chosen = self.classes.index(label)
        coefficients = self.layer.coefficients
        lead = coefficients[chosen] - coefficients.mean(axis=0)
        spoke = [
            (value * lead[place], names[place])
            for place, value in zip(row.indices, row.data, strict=True)
            if place < len(names) and self.telling[place] and value * lead[place] > 0
        ]
        return tuple(name for _, name in sorted(spoke, reverse=True)[:MOST_WORDS])


def ranked(probabilities: NDArray[np.float64], leaning: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places by probability and leaning, best first; level ones keep their order."""
    leant = np.log(np.maximum(probabilities, 1e-12)) + leaning
    return np.argsort(-leant, axis=1, kind="stable")


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores to probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
