from __future__ import annotations

import pytest

from insight.repeated_information import said_again
from models.contact import Information

CUSTOMER, OURS = True, False


@pytest.mark.parametrize(
    ("given", "asked", "again", "kind"),
    [
        (
            "My order 4711821 never came",
            "Sorry! Could you send your order number?",
            "It is order 4711821",
            Information.ORDER_NUMBER,
        ),
        (
            "The app dies on my iPhone",
            "Which device are you using?",
            "As I said, an iPhone",
            Information.DEVICE,
        ),
        (
            "I restarted it twice already",
            "Have you tried to restart it?",
            "Yes, restarted, twice",
            Information.STEPS,
        ),
    ],
)
def test_what_was_given_asked_for_and_given_again_is_a_burden(given, asked, again, kind):
    messages = [(CUSTOMER, given), (OURS, asked), (CUSTOMER, again)]
    assert said_again(messages) == (kind,)


def test_an_answer_to_a_question_is_no_burden():
    messages = [
        (CUSTOMER, "It never came"),
        (OURS, "What is your order number?"),
        (CUSTOMER, "4711821"),
    ]
    assert said_again(messages) == ()


def test_saying_it_again_unasked_is_no_burden():
    assert (
        said_again([(CUSTOMER, "order 4711821"), (OURS, "One moment"), (CUSTOMER, "order 4711821")])
        == ()
    )
