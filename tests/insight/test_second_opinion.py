from __future__ import annotations

import pytest
from pydantic import ValidationError

from insight.second_opinion import (
    MOST_CHARACTERS,
    Opinion,
    instructions,
    is_wanted,
    opinion_type,
    sent,
    with_opinion,
)
from insight.suggest import Suggestions, suggest
from policies.loader import DEFAULT_DIRECTORY, load

TAXONOMY = load(DEFAULT_DIRECTORY).taxonomy
MODEL = "provider:name"


def opinion(**changes: str) -> Opinion:
    values = {"category": "bug", "severity": "S3", "sentiment": "neutral"} | changes
    return Opinion.model_validate(values)


def guessed(text: str, **changes: str) -> Suggestions:
    return with_opinion(suggest(text, TAXONOMY), opinion(**changes), TAXONOMY, MODEL)


def test_only_an_unsure_text_is_asked_about():
    assert is_wanted(suggest("The gizmo wobbles", TAXONOMY), TAXONOMY)
    assert not is_wanted(suggest("I want a refund, a refund please", TAXONOMY), TAXONOMY)


def test_a_guess_names_its_model_and_leaves_the_item_unsure():
    found = guessed("The gizmo wobbles", category="bug").category
    assert (found.value, found.model) == ("bug", MODEL)
    assert found.confidence < TAXONOMY.confidence_floor
    assert found.reasons[0].words == ()


def test_what_triage_says_itself_is_not_signed_by_the_model():
    assert guessed("The gizmo wobbles", category="other").category.model is None


@pytest.mark.parametrize(
    ("text", "guess", "stays"),
    [("The gizmo wobbles", "S1", "S1"), ("It is urgent, very urgent", "S4", "S2")],
)
def test_a_severity_is_raised_and_never_lowered(text: str, guess: str, stays: str):
    assert guessed(text, severity=guess).severity.value == stays


def test_a_sentiment_that_the_words_are_sure_of_stays():
    text = "The gizmo is great, excellent, I love it, thank you"
    assert guessed(text, sentiment="negative").sentiment.value == "positive"
    assert guessed("The gizmo wobbles", sentiment="negative").sentiment.model == MODEL


def test_a_category_that_the_policy_has_not_is_no_answer():
    with pytest.raises(ValidationError, match="no category of the policy"):
        opinion_type(TAXONOMY)(category="conspiracy", severity="S1", sentiment="neutral")


def test_every_category_is_offered_with_its_description():
    told = instructions(TAXONOMY)
    assert all(
        f"- {one.name}: {one.title}. {one.description}" in told for one in TAXONOMY.categories
    )
    offered = opinion_type(TAXONOMY).model_json_schema()["properties"]["category"]["enum"]
    assert offered == [one.name for one in TAXONOMY.categories]


def test_what_is_sent_has_no_personal_data_of_a_known_form_and_an_end():
    text = "Write to ann@example.com or +49 30 901820, card 4111 1111 1111 1111. " + "x" * 9000
    message = sent(text)
    assert message.startswith("Write to [mail address] or [phone number], card [card number]. x")
    assert len(message) == MOST_CHARACTERS
