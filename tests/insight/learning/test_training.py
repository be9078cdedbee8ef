from __future__ import annotations

import numpy as np
import pytest
from lessons import lesson

from insight.learning.classifier import TrainedClassifier
from insight.learning.embedding import installed_embedder
from insight.learning.training import Aim, CannotLearn, train


def label_of(model: TrainedClassifier, text: str) -> str:
    return model.classes[int(model.probabilities([text], None).argmax())]


def test_what_was_learnt_is_recognised_in_another_sentence(by_words: TrainedClassifier):
    assert label_of(by_words, "my phone crashes all day") == "crash"


def test_probabilities_sum_to_one(by_words: TrainedClassifier):
    assert by_words.probabilities(["refund", ""], None).sum(axis=1) == pytest.approx([1, 1])


def test_an_empty_text_is_not_sure(by_words: TrainedClassifier):
    assert by_words.probabilities([""], None).max() < 0.6


def test_the_words_that_decided_are_named(by_words: TrainedClassifier):
    assert "refund" in by_words.deciding_words("a refund for the lamp, please", "refund")


def test_a_word_of_a_single_customer_is_never_shown():
    texts, labels = lesson()
    texts[0] += " says Zebedee Quux"
    texts[1] += " says Zebedee Quux"
    model = train(texts, labels, None)
    shown = {
        word
        for label in model.classes
        for word in model.deciding_words("Zebedee Quux says hello", label)
    }
    assert shown.isdisjoint({"zebedee", "quux", "zebedee quux"})


def test_the_same_texts_give_the_same_model(by_words: TrainedClassifier):
    texts, labels = lesson()
    again = train(texts, labels, None)
    assert np.array_equal(again.layer.coefficients, by_words.layer.coefficients)


def test_one_label_alone_cannot_be_learnt():
    with pytest.raises(CannotLearn, match="two labels"):
        train(["one text", "another text"], ["same", "same"], None)


def test_texts_without_a_common_word_cannot_be_learnt():
    with pytest.raises(CannotLearn, match="No word"):
        train(["xyzzy", "plugh"], ["a", "b"], None)


def test_a_label_seen_once_does_not_stop_the_learning():
    texts, labels = lesson()
    model = train([*texts, "where is the manual"], [*labels, "question"], None)
    assert "question" in model.classes


def test_an_embedding_hears_what_no_learnt_word_says():
    texts, labels = lesson()
    embedder = installed_embedder()
    assert embedder is not None
    model = train(texts, labels, embedder)
    said = model.probabilities(["kindly reimburse what was paid"], embedder)
    assert model.classes[int(said.argmax())] == "refund"


def test_a_model_refuses_another_embedding_than_its_own(by_words: TrainedClassifier):
    with pytest.raises(ValueError, match="was learnt with"):
        by_words.probabilities(["text"], installed_embedder())


def test_a_rare_label_is_leant_towards_when_every_label_matters():
    texts = [f"the door squeaks {number}" for number in range(40)]
    texts += [f"the door squeaks and burns {number}" for number in range(4)]
    texts += [f"the door squeaks loudly {number}" for number in range(4)]
    labels = ["low"] * 40 + ["severe"] * 8
    leant = train(texts, labels, None, Aim.EVERY_LABEL)
    plain = train(texts, labels, None)
    assert leant.leaning[leant.classes.index("severe")] >= leant.leaning[leant.classes.index("low")]
    assert not plain.leaning.any()
