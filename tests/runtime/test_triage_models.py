from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from insight.learned import Learnable
from insight.learning.training import train
from policies.loader import DEFAULT_DIRECTORY, load
from runtime.problems import WrongSettings
from runtime.triage_models import ModelCard, ModelStore

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXTS = ["the kettle leaks water", "water leaks from the kettle", "a kettle that leaks",
         "charged twice for it", "I was charged twice", "twice charged, again"]  # fmt: skip
LABELS = ["bug", "bug", "bug", "billing", "billing", "billing"]


def saved(store: ModelStore) -> ModelCard:
    return store.save(Learnable.CATEGORY, train(TEXTS, LABELS, None), LABELS, "made up", AT)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path)


def test_a_kept_model_suggests_only_once_it_is_in_use(store: ModelStore):
    taxonomy = load(DEFAULT_DIRECTORY).taxonomy
    card = saved(store)
    assert store.suggest("the kettle leaks", taxonomy).category.model is None
    store.use(Learnable.CATEGORY, card.id)
    assert store.suggest("the kettle leaks", taxonomy).category.model == card.id


def test_another_process_sees_which_model_is_in_use(store: ModelStore, tmp_path: Path):
    card = saved(store)
    running = ModelStore(tmp_path)
    assert running.loaded(Learnable.CATEGORY) is None
    store.use(Learnable.CATEGORY, card.id)
    assert running.in_use(Learnable.CATEGORY) == card.id


def test_the_card_tells_what_was_learnt_from_and_no_text(store: ModelStore, tmp_path: Path):
    saved(store)
    (card,) = store.cards()
    assert (card.examples, card.labels) == (6, {"billing": 3, "bug": 3})
    (file,) = (tmp_path / "models").glob("*/category-*.json")
    assert "kettle" not in file.read_text()


def test_a_model_that_is_not_there_cannot_be_used(store: ModelStore):
    with pytest.raises(WrongSettings, match="no model"):
        store.use(Learnable.CATEGORY, "category-20260302-ffffffff")


def test_a_damaged_model_leaves_triage_to_the_taxonomy(store: ModelStore, tmp_path: Path):
    card = saved(store)
    store.use(Learnable.CATEGORY, card.id)
    (tmp_path / "models" / "category" / f"{card.id}.npz").write_bytes(b"damaged")
    found = store.suggest("I want a refund", load(DEFAULT_DIRECTORY).taxonomy)
    assert (found.category.value, found.category.model) == ("refund", None)


def test_a_model_can_be_taken_out_of_use(store: ModelStore):
    card = saved(store)
    store.use(Learnable.CATEGORY, card.id)
    store.use(Learnable.CATEGORY, None)
    assert store.loaded(Learnable.CATEGORY) is None
