from __future__ import annotations

import numpy as np
import pytest

from insight.learning.classifier import ranked
from insight.learning.measures import Measures, calibration_error, macro_f1, measure


def measured_of(gold: list[str], shares: np.ndarray, classes: list[str]) -> Measures | None:
    return measure(gold, shares, ranked(shares, np.zeros(len(classes))), classes)


def test_accuracy_is_the_share_of_right_first_choices():
    shares = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    measured = measured_of(["a", "b", "b", "b"], shares, ["a", "b"])
    assert measured is not None
    assert measured.accuracy == 0.75


def test_macro_f1_counts_a_rare_label_as_much_as_a_common_one():
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)


def test_recall_looks_further_than_the_first_choice():
    shares = np.array([[0.5, 0.3, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4]])
    measured = measured_of(["b", "a"], shares, ["a", "b", "c", "d"])
    assert measured is not None
    assert measured.recall_at == {1: 0.0, 3: 0.5}


def test_confidence_that_keeps_its_word_has_no_calibration_error():
    confidence = np.array([0.75] * 4)
    assert calibration_error(confidence, np.array([True, True, True, False])) == 0


def test_confidence_that_promises_too_much_is_measured_by_the_gap():
    confidence = np.array([0.95] * 4)
    right = np.array([True, True, False, False])
    assert calibration_error(confidence, right) == pytest.approx(0.45)


def test_a_label_that_was_never_learnt_counts_as_a_miss():
    measured = measured_of(["new"], np.array([[0.9, 0.1]]), ["a", "b"])
    assert measured is not None
    assert measured.accuracy == 0


def test_nothing_to_compare_gives_no_figures():
    assert measured_of([], np.empty((0, 2)), ["a", "b"]) is None
