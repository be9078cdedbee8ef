"""Learning to label texts from texts that people labelled: one recipe for every task.

How strongly to learn and how much weight an embedding gets are chosen inside the training texts,
by held-out parts of them, and so is the temperature that makes confidence honest. Nothing is tuned
to one task; the same texts and the same seed give the same model.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insight.learning.classifier import LinearLayer, Scaling, TrainedClassifier, ranked, softmax
from insight.learning.embedding import Embedder, Vectors
from insight.learning.features import TextFeatures, readable
from insight.learning.measures import macro_f1

SEED = 20_260_101
INNER_PARTS = 3
FEWEST_OF_A_LABEL = 2
FEWEST_TO_CHOOSE = 30
"""Texts. With fewer, holding some out would cost more than choosing could gain."""
TELLING_TEXTS = 3
"""A word is shown as a reason only if it stood in this many training texts, so that no name of one
customer is shown to another."""
PUSHES = tuple(float(one) for one in np.linspace(0, 1, 11))
"""0 takes the likeliest label, 1 judges as if all labels were equally common."""
UNKNOWN_LABEL_SCORE = -5.0
TEMPERATURES = tuple(float(one) for one in np.geomspace(0.1, 4, 60))


class Aim(StrEnum):
    """What a suggestion should serve where it cannot be sure.

    `MOST_RIGHT`: as many right ones as possible. `EVERY_LABEL`: the mean F1 over the labels, for
    labels such as a severity, where the rare one matters as much as the common one.
    """

    MOST_RIGHT = "most_right"
    EVERY_LABEL = "every_label"


class CannotLearn(Exception):  # noqa: N818 - named for what it says
    """The texts do not suffice to learn from; the message is a sentence for a person."""


@dataclass(frozen=True)
class Recipe:
    """`strength` is the inverse of the regularisation; `embedding_weight` scales an embedding."""

    strength: float
    embedding_weight: float


WITH_EMBEDDING = (
    Recipe(0.1, 0.03),
    Recipe(0.03, 0.05),
    Recipe(0.1, 0.05),
    Recipe(0.3, 0.05),
    Recipe(1.0, 0.03),
)
WORDS_ONLY = (Recipe(0.1, 0.0), Recipe(0.3, 0.0), Recipe(1.0, 0.0))


@dataclass(frozen=True)
class Lesson:
    """Labelled texts made ready: vectors are there if an embedder is."""

    texts: tuple[str, ...]
    labels: NDArray[np.str_]
    vectors: Vectors | None
    emphasis: Vectors | None = None

    def part(self, rows: NDArray[np.int64]) -> Lesson:
        """Some of it."""
        vectors = None if self.vectors is None else self.vectors[rows]
        return Lesson(
            tuple(self.texts[row] for row in rows), self.labels[rows], vectors, self.emphasis
        )


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    embedder: Embedder | None,
    aim: Aim = Aim.MOST_RIGHT,
) -> TrainedClassifier:
    """Learn from labelled texts. Raises `CannotLearn`.

    Takes about a minute for 10,000 short texts of 77 labels once they are embedded.
    """
    counts = Counter(labels)
    if len(counts) < 2:
        raise CannotLearn("There must be texts of at least two labels to tell apart.")
    read = tuple(readable(text) for text in texts)
    lesson = Lesson(read, np.array(labels), None)
    if embedder:
        lesson = replace(lesson, vectors=embedder.embed(read), emphasis=embedder.emphasis)
    recipe, temperature, leaning = _chosen(lesson, counts, aim)
    features, scaling = _features(lesson), _scaling(lesson, recipe)
    sparse = features.of(lesson.texts)
    classes, layer = _fit(_matrix(sparse, scaling, lesson), lesson.labels, recipe)
    texts_with = np.asarray((sparse[:, : len(features.words[0])] > 0).sum(axis=0)).ravel()
    return TrainedClassifier(
        classes=tuple(str(name) for name in classes),
        features=features,
        embedder_name=embedder.name if embedder else None,
        scaling=scaling,
        layer=layer,
        temperature=temperature,
        leaning=leaning,
        telling=texts_with >= TELLING_TEXTS,
    )


def _chosen(
    lesson: Lesson, counts: Counter[str], aim: Aim
) -> tuple[Recipe, float, NDArray[np.float64]]:
    """The recipe that held-out texts like best (by log loss after calibration), its temperature,
    and how far to lean towards rare labels."""
    recipes = WORDS_ONLY if lesson.vectors is None else WITH_EMBEDDING
    if len(lesson.texts) < FEWEST_TO_CHOOSE:
        return recipes[0], 1.0, np.zeros(len(counts))
    # A label seen once cannot be held out and known at the same time; then it counts as missed.
    parts = min(INNER_PARTS, max(FEWEST_OF_A_LABEL, min(counts.values())))
    gold, scores = _held_out_scores(lesson, recipes, parts)
    found = [
        (_log_loss(tried / heat, gold), heat, place)
        for place, tried in enumerate(scores)
        for heat in TEMPERATURES
    ]
    _, temperature, place = min(found)
    leaning = np.zeros(len(counts))
    if aim is Aim.EVERY_LABEL:
        leaning = _leaning(softmax(scores[place] / temperature), gold)
    return recipes[place], temperature, leaning


def _held_out_scores(
    lesson: Lesson, recipes: Sequence[Recipe], parts: int
) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """The right class of each text, and for each recipe the scores of a model that never saw it."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - takes seconds; only learning needs it

    classes, gold = np.unique(lesson.labels, return_inverse=True)
    scores = [np.full((len(gold), len(classes)), UNKNOWN_LABEL_SCORE) for _ in recipes]
    split = StratifiedKFold(parts, shuffle=True, random_state=SEED)
    with warnings.catch_warnings():
        # A label seen once is in no learnt part when it is held out; that is meant.
        warnings.simplefilter("ignore", UserWarning)
        folds = list(split.split(lesson.texts, gold))
    for learnt, held_out in folds:
        known, rest = lesson.part(learnt), lesson.part(held_out)
        features = _features(known)
        learnt_sparse, rest_sparse = features.of(known.texts), features.of(rest.texts)
        for recipe, kept in zip(recipes, scores, strict=True):
            scaling = _scaling(known, recipe)
            names, layer = _fit(_matrix(learnt_sparse, scaling, known), known.labels, recipe)
            columns = np.searchsorted(classes, names)
            kept[np.ix_(held_out, columns)] = layer.scores(_matrix(rest_sparse, scaling, rest))
    return gold, scores


def _log_loss(scores: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    """The mean surprise at the right labels, as if one more text had been labelled by chance.

    Without that a handful of texts that are all told apart would earn boundless confidence.
    """
    surprise = -np.log(np.maximum(softmax(scores), 1e-9))
    by_chance = 1 / (len(gold) + 1)
    right = surprise[np.arange(len(gold)), gold]
    return float(((1 - by_chance) * right + by_chance * surprise.mean(axis=1)).mean())


def _leaning(probabilities: NDArray[np.float64], gold: NDArray[np.int64]) -> NDArray[np.float64]:
    """The push against common labels that gives held-out texts the best macro-F1."""
    rarity = -np.log(np.bincount(gold, minlength=probabilities.shape[1]) / len(gold))
    right = [str(one) for one in gold]
    found = []
    for push in PUSHES:
        chosen = ranked(probabilities, push * rarity)[:, 0]
        found.append((macro_f1(right, [str(one) for one in chosen]), -push))
    return np.asarray(-max(found)[1] * rarity, dtype=np.float64)


def _features(lesson: Lesson) -> TextFeatures:
    try:
        return TextFeatures.learn(lesson.texts)
    except ValueError:
        raise CannotLearn("No word stands in two of the texts, so nothing can be learnt.") from None


def _scaling(lesson: Lesson, recipe: Recipe) -> Scaling | None:
    if lesson.vectors is None or lesson.emphasis is None:
        return None
    return Scaling.learn(lesson.vectors, recipe.embedding_weight, lesson.emphasis)


def _fit(
    matrix: Any, labels: NDArray[np.str_], recipe: Recipe
) -> tuple[NDArray[np.str_], LinearLayer]:
    """The labels in the order of the layer's rows, and the layer."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - as above

    fitted = LinearSVC(C=recipe.strength, random_state=SEED).fit(matrix, labels)
    coefficients, intercepts = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    layer = LinearLayer(coefficients.astype(np.float32), intercepts.astype(np.float32))
    return fitted.classes_, layer


def _matrix(sparse: Any, scaling: Scaling | None, lesson: Lesson) -> Any:
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - as above

    if scaling is None or lesson.vectors is None:
        return sparse
    return hstack([sparse, csr_matrix(scaling.apply(lesson.vectors))]).tocsr()
