"""Suggestions by models that learnt from the team, with the taxonomy as the fallback.

A model answers for what it learnt. The taxonomy is asked where the model is unsure, names a label
that the policy no longer has, or could not know better, since the taxonomy is sure of a label that
the model never saw. Of two unsure answers the surer one stands, and a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from insight.learning.classifier import TrainedClassifier
from insight.learning.embedding import Embedder
from insight.suggest import NEGATIVE, NEUTRAL, POSITIVE, Suggestions, suggest
from models.item import Reason, Suggestion
from models.lifecycle import PRIORITY_KEY, Severity
from models.taxonomy import Taxonomy


class Learnable(StrEnum):
    """What a model can be learnt for."""

    CATEGORY = "category"
    SEVERITY = "severity"
    SENTIMENT = "sentiment"


@dataclass(frozen=True)
class LearnedModel:
    """A model and the id that its suggestions are recorded with."""

    id: str
    task: Learnable
    classifier: TrainedClassifier


def labels_of(task: Learnable, taxonomy: Taxonomy) -> frozenset[str]:
    """The labels that the policy has for a task; a model's other labels are never suggested."""
    if task is Learnable.CATEGORY:
        return frozenset(entry.name for entry in taxonomy.categories)
    if task is Learnable.SEVERITY:
        return frozenset(Severity)
    return frozenset({POSITIVE, NEGATIVE, NEUTRAL})


def suggest_with(
    text: str, taxonomy: Taxonomy, models: Sequence[LearnedModel], embedder: Embedder | None
) -> Suggestions:
    """What models and taxonomy together suggest for a text (its summary in the first line)."""
    by_words = suggest(text, taxonomy)
    chosen = {
        model.task.value: _surer(
            learned_suggestion(model, text, embedder), by_words, model, taxonomy
        )
        for model in models
    }
    return by_words.model_copy(update=chosen)


def learned_suggestion(model: LearnedModel, text: str, embedder: Embedder | None) -> Suggestion:
    """What one model suggests, with the words of its own vocabulary that decided."""
    (shares,) = model.classifier.probabilities([text], embedder)
    chosen = int(model.classifier.ranking(shares[np.newaxis])[0, 0])
    label = model.classifier.classes[chosen]
    words = model.classifier.deciding_words(text, label)
    return Suggestion(
        value=label,
        confidence=round(float(shares[chosen]), 3),
        reasons=(Reason(rule=f"learnt from your team's items as {label}", words=words),),
        model=model.id,
    )


def _surer(
    learned: Suggestion, suggestions: Suggestions, model: LearnedModel, taxonomy: Taxonomy
) -> Suggestion:
    by_words: Suggestion = getattr(suggestions, model.task)
    floor = taxonomy.confidence_floor
    if learned.value not in labels_of(model.task, taxonomy):
        return by_words
    words_are_sure = by_words.confidence >= floor
    if words_are_sure and by_words.value not in model.classifier.classes:
        return by_words
    if words_are_sure and model.task is Learnable.SEVERITY and worse(by_words.value, learned.value):
        return by_words  # the policy says "at least this bad"; a model may raise it only
    if learned.confidence >= floor or learned.confidence >= by_words.confidence:
        return learned
    return by_words


def worse(severity: str, than: str) -> bool:
    """Whether one severity is worse than another."""
    return PRIORITY_KEY[Severity(severity)] < PRIORITY_KEY[Severity(than)]
