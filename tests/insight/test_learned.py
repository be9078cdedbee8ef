from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "learning"))

from lessons import lesson

from insight.learned import Learnable, LearnedModel, learned_suggestion, suggest_with
from insight.learning.training import train
from models.lifecycle import Severity
from models.taxonomy import CategoryEntry, Taxonomy
from policies.loader import DEFAULT_DIRECTORY, load


def taxonomy(*names: str, floor: float = 0.3) -> Taxonomy:
    entries = tuple(
        CategoryEntry(
            name=name, title=name, description="", phrases=(f"only {name}",), severity=Severity.S3
        )
        for name in (*names, "other")
    )
    return Taxonomy(categories=entries, fallback_category="other", confidence_floor=floor)


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    texts, labels = lesson()
    return LearnedModel(
        "category-20260301-0a1b2c3d", Learnable.CATEGORY, train(texts, labels, None)
    )


def test_what_the_team_taught_is_suggested_with_the_models_id(model: LearnedModel):
    found = suggest_with("the app crashes", taxonomy("crash", "refund"), [model], None)
    assert (found.category.value, found.category.model) == ("crash", model.id)


def test_the_words_that_decided_are_the_reason(model: LearnedModel):
    reason = learned_suggestion(model, "the app crashes", None).reasons[0]
    assert "crashes" in reason.words


def test_a_label_that_the_policy_no_longer_has_is_not_suggested(model: LearnedModel):
    found = suggest_with("the app crashes", taxonomy("refund"), [model], None)
    assert (found.category.value, found.category.model) == ("other", None)


def test_a_label_that_the_model_never_saw_is_left_to_the_taxonomy(model: LearnedModel):
    text = "only shipping\nonly shipping, only shipping"
    found = suggest_with(text, taxonomy("crash", "shipping"), [model], None)
    assert (found.category.value, found.category.model) == ("shipping", None)


def test_without_models_the_taxonomy_suggests():
    found = suggest_with("only refund", taxonomy("refund"), [], None)
    assert (found.category.value, found.category.model) == ("refund", None)


def test_a_learned_severity_never_undercuts_sure_words_of_the_policy():
    texts = [f"{opening} production is down" for opening in ("hello", "again", "today", "help")]
    texts += [f"{opening} a small typo" for opening in ("hello", "again", "today", "look")]
    learnt = train(texts, ["S3"] * 4 + ["S4"] * 4, None)
    model = LearnedModel("severity-20260301-0a1b2c3d", Learnable.SEVERITY, learnt)
    rules = load(DEFAULT_DIRECTORY).taxonomy
    assert suggest_with("production is down", rules, [model], None).severity.value == "S1"
