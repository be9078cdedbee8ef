"""How good predictions are, each measure with its definition in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.base import Frozen

CALIBRATION_BINS = 10
RECALL_DEPTHS = (1, 3, 5)

Probabilities = NDArray[np.float64]


class Measures(Frozen):
    """What predictions are worth. Every figure is 0 to 1.

    `accuracy` is the share of right predictions. `macro_f1` is the mean over the labels of the
    harmonic mean of precision and recall, so that a rare label counts as much as a common one.
    `recall_at` maps k to the share whose right label is among the k likeliest.
    `calibration_error` is the expected calibration error over ten equally wide bins of confidence:
    how far confidence and the share of right predictions lie apart, weighted by the bins' sizes.
    """

    items: int
    accuracy: float
    macro_f1: float
    recall_at: dict[int, float]
    calibration_error: float


def measure(
    gold: Sequence[str],
    probabilities: Probabilities,
    ranking: NDArray[np.int64],
    classes: Sequence[str],
) -> Measures | None:
    """Measure predictions against what is right; None when there is nothing to compare.

    `ranking` has the places of `classes` for each row, the suggested one first. A right label that
    the model does not know counts as a miss everywhere.
    """
    if not gold:
        return None
    predicted = [classes[place] for place in ranking[:, 0]]
    confidence = np.take_along_axis(probabilities, ranking[:, :1], axis=1)[:, 0]
    right = np.array([said == wanted for said, wanted in zip(predicted, gold, strict=True)])
    return Measures(
        items=len(gold),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(gold, predicted),
        recall_at={
            depth: _recall(gold, ranking[:, :depth], classes)
            for depth in RECALL_DEPTHS
            if depth < len(classes)
        },
        calibration_error=calibration_error(confidence, right),
    )


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean F1 over every label that is right or was predicted at least once."""
    scores = []
    for label in {*gold, *predicted}:
        both = sum(one == label == other for one, other in zip(gold, predicted, strict=True))
        either = gold.count(label) + list(predicted).count(label)
        scores.append(2 * both / either)
    return float(np.mean(scores))


def calibration_error(confidence: Probabilities, right: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between confidence and success over the bins."""
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(confidence[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(sum(gaps))


def _recall(gold: Sequence[str], ranked: NDArray[np.int64], classes: Sequence[str]) -> float:
    found = [
        wanted in {classes[place] for place in row}
        for wanted, row in zip(gold, ranked, strict=True)
    ]
    return float(np.mean(found))
