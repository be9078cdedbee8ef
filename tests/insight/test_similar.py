from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.similar import (
    FEWEST_FEATURES,
    HASH_BITS,
    MOST_FEATURES,
    most_similar,
    signature,
    similarity,
)

ROOT = Path(__file__).resolve().parents[2]
ONE_BUG = (
    "I was charged twice for my subscription this month",
    "Double billing on my credit card after renewal",
    "You debited my account two times for the same plan",
    "My invoice shows a duplicate charge for November",
    "Payment taken twice, please refund one of them",
)
ELSE = (
    "App crashes on start after the update",
    "How do I export my data to PDF",
    "Please delete my account and all data",
    "Love the new dark theme",
    "Cannot log in after password reset",
    "The parcel never arrived at my door",
    "Could you add a calendar view for teams",
    "Search finds nothing when I type an umlaut",
    "Notifications arrive hours too late on my phone",
    "The video stops playing after ten seconds",
)


@pytest.mark.parametrize("place", range(len(ONE_BUG)))
def test_five_reports_of_one_bug_in_own_words_find_each_other_first(place):
    pool = [signature(text) for text in (*ONE_BUG, *ELSE)]
    wanted = pool.pop(place)
    found = most_similar(wanted, pool, floor=0.05, limit=3)
    assert found
    assert found[0].place < len(ONE_BUG) - 1, "the nearest must be another report of the bug"


def test_the_same_text_is_wholly_similar_and_nothing_shared_is_nothing():
    first, second = signature(ONE_BUG[0]), signature(ELSE[3])
    assert similarity(first, first) == pytest.approx(1)
    assert similarity(first, second) == 0
    assert most_similar(first, [first, second], 0.5)[0].score == pytest.approx(1)


def test_texts_of_too_few_words_resemble_nothing():
    short = signature("broken")
    assert len(short) < FEWEST_FEATURES
    assert similarity(short, short) == 0
    assert most_similar(short, [short], 0.0) == ()
    assert most_similar(signature(ONE_BUG[0]), [(), short], 0.0) == ()


def test_at_most_as_many_as_asked_for_come_back_best_first():
    pool = [signature(ONE_BUG[0])] * 4 + [signature(ONE_BUG[1])]
    found = most_similar(signature(ONE_BUG[0]), pool, 0.0, limit=2)
    assert [match.place for match in found] == [0, 1]
    assert most_similar(signature(ONE_BUG[0]), pool, 0.99, limit=9)[-1].place == 3


def test_reports_in_a_script_without_spaces_are_compared_too():
    first = signature("アプリが起動時に落ちてしまいます")
    second = signature("起動時にアプリが落ちる")
    other = signature("請求書の住所を変更したいです")
    assert similarity(first, second) > 0.3 > similarity(first, other)


def test_numbers_addresses_and_handles_leave_no_trace():
    plain = signature("My card was refused in the shop yesterday evening")
    told = signature(
        "My card 4111111111111111 was refused in the shop yesterday evening"
        " jane@example.com @jane https://example.com/jane"
    )
    assert told == plain


def test_a_signature_is_small_numbers_and_no_longer_than_allowed():
    long_text = " ".join(f"word{chr(97 + a)}{chr(97 + b)}" for a in range(26) for b in range(26))
    made = signature(long_text)
    assert len(made) == MOST_FEATURES
    assert all(0 <= feature < 2**HASH_BITS for feature in made)
    assert list(made) == sorted(set(made))


def test_every_process_makes_the_same_signature():
    code = f"from insight.similar import signature; print(*signature({ONE_BUG[0]!r}))"
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        == [str(feature) for feature in signature(ONE_BUG[0])]
        for seed in ("1", "2")
    }
    assert made == {True}, "a stored signature must mean the same tomorrow"


def test_the_signature_of_a_known_text_never_changes():
    kept = (140269627, 239906936, 246522555)
    assert signature("refund my crash") == kept, "signatures in ledgers would no longer match"


@given(st.text(max_size=200), st.text(max_size=200))
def test_similarity_is_between_nothing_and_everything_both_ways(first, second):
    one, two = signature(first), signature(second)
    assert 0 <= similarity(one, two) <= 1.0000001
    assert similarity(one, two) == similarity(two, one)
    assert all(0 <= match.score <= 1 for match in most_similar(one, [two], 0.0))
