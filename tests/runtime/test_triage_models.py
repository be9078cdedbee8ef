from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from insight.learned import Learnable
from insight.learning.embedding import installed_embedder
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


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As Python has it where the extra `nlp` is not installed: its packages are not found."""
    for name in ("onnxruntime", "vaderSentiment", "tokenizers"):
        monkeypatch.setitem(sys.modules, name, None)
    installed_embedder.cache_clear()
    yield
    installed_embedder.cache_clear()


def with_the_extra(store: ModelStore) -> ModelCard:
    """A model that was learnt with the extra, kept and in use."""
    embedder = installed_embedder()
    assert embedder is not None, "the tests run with the extra nlp: make venv"
    card = store.save(Learnable.CATEGORY, train(TEXTS, LABELS, embedder), LABELS, "made up", AT)
    store.use(Learnable.CATEGORY, card.id)
    return card


def test_a_model_learnt_with_an_extra_that_is_gone_leaves_triage_to_the_taxonomy(
    store: ModelStore, tmp_path: Path, request: pytest.FixtureRequest
):
    card = with_the_extra(store)
    request.getfixturevalue("without_the_extra")
    elsewhere = ModelStore(tmp_path)
    taxonomy = load(DEFAULT_DIRECTORY).taxonomy
    with capture_logs() as told:
        assert elsewhere.suggest("the kettle leaks", taxonomy).category.model is None
    assert [(one["event"], one["model"]) for one in told] == [("model_not_loaded", card.id)]


@pytest.mark.usefixtures("without_the_extra")
def test_without_the_extra_a_model_is_learnt_and_suggests_by_words_alone(store: ModelStore):
    assert installed_embedder() is None
    card = store.save(
        Learnable.CATEGORY, train(TEXTS, LABELS, installed_embedder()), LABELS, "made up", AT
    )
    store.use(Learnable.CATEGORY, card.id)
    found = store.suggest("the kettle leaks", load(DEFAULT_DIRECTORY).taxonomy)
    assert found.category.model == card.id


def test_a_model_can_be_taken_out_of_use(store: ModelStore):
    card = saved(store)
    store.use(Learnable.CATEGORY, card.id)
    store.use(Learnable.CATEGORY, None)
    assert store.loaded(Learnable.CATEGORY) is None
