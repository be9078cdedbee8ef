"""Which words two texts share, told by marking them and by nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from insight.shared_words import features_in, pieces


def marked(text: str, other: str) -> list[str]:
    shared = features_in(text) & features_in(other)
    return [piece.text for piece in pieces(text, shared) if piece.shared]


def test_words_that_both_have_are_marked_as_they_were_written():
    assert marked("The Parcel never arrived", "where is my parcel") == ["Parcel"]


def test_another_form_of_a_word_and_another_word_for_it_are_shared():
    assert marked("I was charged twice", "a charge came two times") == ["charged", "twice"]


def test_words_that_tell_nothing_are_not_marked():
    assert marked("this is the one", "the one that is this") == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_together_the_pieces_are_the_text(text, other):
    cut = pieces(text, features_in(text) & features_in(other))
    assert "".join(piece.text for piece in cut) == text
