from __future__ import annotations

import pytest

from insight.personal_data import PersonalData, marks, masked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.doe+shop@example.co.uk, please", PersonalData.MAIL_ADDRESS),
        ("my card 4111 1111 1111 1111 was charged", PersonalData.CARD_NUMBER),
        ("pay it to DE89 3704 0044 0532 0130 00", PersonalData.BANK_ACCOUNT),
        ("call me at +49 30 1234567 after six", PersonalData.PHONE_NUMBER),
        ("call (020) 7946 0018", PersonalData.PHONE_NUMBER),
        ("blocked from 192.0.2.17", PersonalData.NETWORK_ADDRESS),
    ],
)
def test_what_has_a_form_is_marked_with_its_kind(text: str, kind: PersonalData):
    assert [mark.kind for mark in marks(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "order 4111111111111112 never came",
        "GB12 ABCD EFGH IJKL MNOP is no account",
        "version 300.1.2.3 crashes",
        "release 2024.11.25 broke it",
        "it happened 12 times in 2024",
        "mail me @ home",
    ],
)
def test_what_only_looks_alike_is_not_marked(text: str):
    assert marks(text) == ()


def test_a_mark_says_from_where_to_where():
    text = "from jo@example.org today"
    (mark,) = marks(text)
    assert text[mark.start : mark.end] == "jo@example.org"


def test_a_masked_text_keeps_all_but_the_finds():
    text = "jo@example.org paid with 4111-1111-1111-1111."
    assert masked(text) == "[mail address] paid with [card number]."


def test_a_long_run_of_digits_is_read_in_bounded_time():
    assert marks("1 " * 50_000) == ()
