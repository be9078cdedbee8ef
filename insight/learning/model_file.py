"""A learned model as bytes, and back: tables of numbers and a JSON header, and no code in them.

A pickle would run whatever its author wrote when it is opened. Here numbers are read as numbers
(NumPy's own format, with pickling refused) and names as JSON, so that the worst that a wrong file
can do is not to open.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insight.learning.classifier import LinearLayer, Scaling, TrainedClassifier
from insight.learning.features import TextFeatures

FORMAT = 1
_HEADER = "header"


class NotAModel(Exception):  # noqa: N818 - named for what it says
    """The bytes are no model of this version; the message is a sentence for a person."""


def to_bytes(model: TrainedClassifier) -> bytes:
    """The model as one file's content; the same model gives the same bytes."""
    words, word_rarity = model.features.words
    pieces, piece_rarity = model.features.pieces
    header = {
        "format": FORMAT,
        "classes": model.classes,
        "embedder": model.embedder_name,
        "temperature": model.temperature,
        "words": words,
        "pieces": pieces,
    }
    tables: dict[str, NDArray[Any]] = {
        _HEADER: np.frombuffer(json.dumps(header).encode(), dtype=np.uint8),
        "word_rarity": word_rarity,
        "piece_rarity": piece_rarity,
        "coefficients": model.layer.coefficients,
        "intercepts": model.layer.intercepts,
        "leaning": model.leaning,
        "telling": model.telling,
    }
    if model.scaling is not None:
        tables |= {"centre": model.scaling.centre, "factor": model.scaling.factor}
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=False, **tables)
    return target.getvalue()


def from_bytes(content: bytes) -> TrainedClassifier:
    """The model that `to_bytes` wrote. Raises `NotAModel`."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            tables = {name: file[name] for name in file.files}
        header = json.loads(tables[_HEADER].tobytes())
        if header["format"] != FORMAT:
            raise NotAModel("The model was written by another version; train it again.")
        return _assembled(header, tables)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, zipfile.BadZipFile):
        raise NotAModel("The file is no model, or is damaged; train it again.") from None


def _assembled(header: dict[str, Any], tables: dict[str, NDArray[Any]]) -> TrainedClassifier:
    words, pieces = tuple(header["words"]), tuple(header["pieces"])
    features = TextFeatures.restore(
        (words, tables["word_rarity"]), (pieces, tables["piece_rarity"])
    )
    scaling = Scaling(tables["centre"], tables["factor"]) if "centre" in tables else None
    placed = len(tables["centre"]) if "centre" in tables else 0
    wanted = (len(header["classes"]), len(words) + len(pieces) + placed)
    if tables["coefficients"].shape != wanted or len(tables["telling"]) != len(words):
        raise ValueError("tables do not fit together")
    return TrainedClassifier(
        classes=tuple(header["classes"]),
        features=features,
        embedder_name=header["embedder"],
        scaling=scaling,
        layer=LinearLayer(tables["coefficients"], tables["intercepts"]),
        temperature=float(header["temperature"]),
        leaning=tables["leaning"],
        telling=tables["telling"],
    )
