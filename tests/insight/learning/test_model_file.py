from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from insight.learning.classifier import TrainedClassifier
from insight.learning.model_file import NotAModel, from_bytes, to_bytes

TEXTS = ["please refund the lamp", "it crashes", "", "thank you so much"]


def test_a_saved_model_answers_as_before(by_words: TrainedClassifier):
    again = from_bytes(to_bytes(by_words))
    assert np.allclose(again.probabilities(TEXTS, None), by_words.probabilities(TEXTS, None))


def test_a_saved_model_names_the_same_words(by_words: TrainedClassifier):
    again = from_bytes(to_bytes(by_words))
    assert again.deciding_words(TEXTS[0], "refund") == by_words.deciding_words(TEXTS[0], "refund")


def test_the_same_model_gives_the_same_bytes(by_words: TrainedClassifier):
    assert to_bytes(by_words) == to_bytes(by_words)


def test_what_is_no_model_does_not_open():
    with pytest.raises(NotAModel):
        from_bytes(b"no model")


def test_a_pickle_is_never_opened():
    opened = []

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return opened.append, ("opened",)

    target = io.BytesIO()
    np.savez(target, header=np.array([Trap()], dtype=object), allow_pickle=True)
    for content in (target.getvalue(), pickle.dumps(Trap())):
        with pytest.raises(NotAModel):
            from_bytes(content)
    assert opened == []


def test_tables_that_do_not_fit_together_do_not_open(by_words: TrainedClassifier):
    with np.load(io.BytesIO(to_bytes(by_words))) as file:
        tables = {name: file[name] for name in file.files}
    tables["coefficients"] = tables["coefficients"][:, :-1]
    target = io.BytesIO()
    np.savez(target, **tables)
    with pytest.raises(NotAModel):
        from_bytes(target.getvalue())
