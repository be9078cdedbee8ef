from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.suggest import confidence, suggest
from insight.words import READ_LIMIT
from models.lifecycle import Severity
from models.taxonomy import CategoryEntry, SeverityEntry, Taxonomy


def _category(name: str, severity: Severity, *phrases: str) -> CategoryEntry:
    return CategoryEntry(
        name=name, title=name.title(), description="", phrases=phrases, severity=severity
    )


TAXONOMY = Taxonomy(
    categories=(
        _category(
            "billing", Severity.S3, "charged twice", "refund", "want a refund", "請求", "二重"
        ),
        _category("crash", Severity.S2, "crash", "app freezes", "落ちる"),
        _category("login", Severity.S3, "log in", "password"),
        _category("other", Severity.S4),
    ),
    severities=(
        SeverityEntry(severity=Severity.S1, phrases=("outage", "data loss", "urgent")),
        SeverityEntry(severity=Severity.S2, phrases=("deadline",)),
    ),
    positive=("great", "love"),
    negative=("useless", "angry", "怒"),
    fallback_category="other",
)


def _words(suggestion):
    return [word for reason in suggestion.reasons for word in reason.words]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("I was charged twice", "billing"),
        ("You CHARGED my card TWICE!", "billing"),
        ("charges twice every month", "billing"),
        ("It crashes", "crash"),
        ("crashing all day", "crash"),
        ("the app is freezing", "crash"),
        ("I cannot log in any more", "login"),
        ("二重に請求されました", "billing"),
        ("アプリが落ちる", "crash"),
        ("ｒｅｆｕｎｄ please", "billing"),
        ("Refund.", "billing"),
    ],
)
def test_a_category_is_recognised_by_its_words_in_any_form(text, category):
    assert suggest(text, TAXONOMY).category.value == category


@pytest.mark.parametrize(
    "text",
    [
        "the blog inside is nice",
        "crashaw wrote poems",
        "charged. Twice I asked",
        "we charged the battery and it went well twice",
        "passwordless entry",
    ],
)
def test_words_within_words_or_far_apart_are_not_found(text):
    category = suggest(text, TAXONOMY).category
    assert (category.value, category.confidence) == ("other", 0.0)


@pytest.mark.parametrize("text", ["", "   \n\n ", "🙂🙂", "...!?"])
def test_a_text_without_words_falls_back_without_any_confidence(text):
    found = suggest(text, TAXONOMY)
    assert (found.category.value, found.category.confidence) == ("other", 0.0)
    assert found.severity.value == Severity.S4
    assert (found.language.value, found.language.confidence) == ("und", 0.0)
    assert found.category.reasons[0].rule == "there was no text to read"


def test_more_evidence_is_more_confidence_and_a_rival_is_less():
    one = suggest("About\nmy refund", TAXONOMY).category.confidence
    two = suggest("About\nmy refund: I was charged twice", TAXONOMY).category.confidence
    rivals = suggest("About\nmy refund and the crash", TAXONOMY).category.confidence
    assert rivals < TAXONOMY.confidence_floor < one < two < 1


def test_two_categories_that_stand_level_are_never_sure():
    assert confidence(10, 10, 20) < 0.3
    assert confidence(10, 0, 10) > 0.99
    assert confidence(0, 0, 0) == 0


def test_a_phrase_within_a_longer_one_is_not_counted_twice():
    nested = suggest("About\nI want a refund", TAXONOMY).category
    assert _words(nested) == ["want a refund"]


def test_the_first_line_counts_more_than_what_follows():
    found = suggest("The app crashes\nI would like to log in", TAXONOMY).category
    assert found.value == "crash"


def test_a_denied_subject_is_still_the_subject():
    assert suggest("I never got a refund", TAXONOMY).category.value == "billing"


def test_severity_is_the_usual_one_until_words_raise_it():
    assert suggest("a crash", TAXONOMY).severity.value == Severity.S2
    raised = suggest("I want a refund, it is urgent", TAXONOMY).severity
    assert raised.value == Severity.S1
    assert _words(raised) == ["urgent"]


def test_words_of_a_milder_severity_never_lower_it():
    assert suggest("outage and a deadline", TAXONOMY).severity.value == Severity.S1
    assert suggest("a refund before the deadline", TAXONOMY).severity.value == Severity.S2


@pytest.mark.parametrize("text", ["a refund, not urgent", "a refund, without data loss"])
def test_what_is_denied_raises_nothing(text):
    assert suggest(text, TAXONOMY).severity.value == Severity.S3


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("I love it, great work", "positive"),
        ("useless", "negative"),
        ("this is not great", "negative"),
        ("とても怒っています", "negative"),
        ("it is an application", "neutral"),
        ("great and useless", "neutral"),
    ],
)
def test_sentiment_is_the_side_that_outweighs(text, sentiment):
    assert suggest(text, TAXONOMY).sentiment.value == sentiment


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I was charged twice for my subscription", "en"),
        ("Ich wurde zweimal für mein Abonnement belastet", "de"),
        ("Me cobraron dos veces la suscripción este mes", "es"),
        ("サブスクリプションの料金が二重に請求されました", "ja"),
        ("С меня дважды списали деньги за подписку", "ru"),
    ],
)
def test_the_language_is_named_by_its_code(text, language):
    found = suggest(text, TAXONOMY).language
    assert found.value == language
    assert found.confidence > 0.5


def test_only_the_first_part_of_a_huge_text_is_read_and_the_reasons_say_so():
    huge = "refund " + "x" * READ_LIMIT + " crash"
    found = suggest(huge, TAXONOMY).category
    assert found.value == "billing"
    assert any(str(READ_LIMIT) in reason.rule for reason in found.reasons)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it_and_reasons_hold_only_words_of_the_taxonomy(text):
    known = {
        phrase for group in (*TAXONOMY.categories, *TAXONOMY.severities) for phrase in group.phrases
    } | {*TAXONOMY.positive, *TAXONOMY.negative}
    found = suggest(text, TAXONOMY)
    for suggestion in (found.category, found.severity, found.sentiment, found.language):
        assert 0 <= suggestion.confidence <= 1
        assert set(_words(suggestion)) <= known


@pytest.mark.parametrize("text", ["\ud800 refund", "\x00refund\x07", "@" * 100_000, "ab@" * 40_000])
def test_hostile_texts_are_read_like_any_other(text):
    assert suggest(text, TAXONOMY).category.value in {"billing", "other"}


def test_a_policy_with_empty_phrases_finds_nothing_by_them():
    odd = TAXONOMY.model_copy(update={"positive": ("", " ", "!!"), "negative": ()})
    assert suggest("some words", odd).sentiment.value == "neutral"
