"""Summaries are kept to a length that Temporal takes, whatever script they are written in."""

from __future__ import annotations

from policies.fitting import SUMMARY_BYTES, fitting
from workflows import options


def test_a_text_is_cut_by_bytes_and_never_inside_a_letter() -> None:
    assert fitting("é" * 150, 201) == "é" * 100


def test_a_short_text_stays_as_it_is() -> None:
    assert fitting("Record: Closed.") == "Record: Closed."


def test_every_set_of_options_keeps_its_summary_to_the_length() -> None:
    summary = options.planning("x" * 1000)["summary"]

    assert summary is not None
    assert len(summary) == SUMMARY_BYTES
