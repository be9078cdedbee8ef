"""Learned models in the data directory: each kept under its id, one of a task in use.

models/category/category-20260301-4f2a9c10.npz     the model
models/category/category-20260301-4f2a9c10.json    what it was learnt from
models/category/in-use.json                        which one suggests
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import ValidationError

from insight.learned import Learnable, LearnedModel, suggest_with
from insight.learning.classifier import TrainedClassifier
from insight.learning.embedding import installed_embedder
from insight.learning.model_file import NotAModel, from_bytes, to_bytes
from insight.suggest import Suggestions
from models.base import Frozen, Moment
from models.taxonomy import Taxonomy
from runtime.problems import WrongSettings

log = structlog.get_logger(__name__)

IN_USE = "in-use.json"


class ModelCard(Frozen):
    """What is known of a model. `source` says where its examples came from; no text is kept."""

    id: str
    task: Learnable
    learnt_at: Moment
    examples: int
    labels: dict[str, int]
    source: str
    embedder: str | None


class ModelInUse(Frozen):
    """The content of `in-use.json`."""

    id: str | None


class ModelStore:
    """The models of one installation. Reading is safe from many threads."""

    def __init__(self, data_dir: Path) -> None:
        self._directory = data_dir / "models"
        self._loaded: dict[str, LearnedModel | None] = {}

    def save(
        self,
        task: Learnable,
        model: TrainedClassifier,
        labels: Sequence[str],
        source: str,
        learnt_at: datetime,
    ) -> ModelCard:
        """Keep a model under an id made of its task, the date and its content."""
        content = to_bytes(model)
        digest = hashlib.sha256(content).hexdigest()[:8]
        card = ModelCard(
            id=f"{task}-{learnt_at:%Y%m%d}-{digest}",
            task=task,
            learnt_at=learnt_at,
            examples=len(labels),
            labels=dict(sorted(Counter(labels).items())),
            source=source,
            embedder=model.embedder_name,
        )
        _replace(self._directory / task / f"{card.id}.npz", content)
        _replace(
            self._directory / task / f"{card.id}.json", card.model_dump_json(indent=2).encode()
        )
        return card

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model by task, oldest first. A card that cannot be read is passed over."""
        found = []
        for path in self._directory.glob("*/*.json"):
            if path.name == IN_USE:
                continue
            try:
                found.append(ModelCard.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError):
                log.warning("model_card_unreadable", file=path.name)
        return tuple(sorted(found, key=lambda card: (card.task, card.learnt_at)))

    def use(self, task: Learnable, model_id: str | None) -> None:
        """Let a model suggest from now on, or none. Raises `WrongSettings` for an unknown one."""
        known = {card.id for card in self.cards() if card.task is task}
        if model_id is not None and model_id not in known:
            raise WrongSettings(
                f"there is no model {model_id}.",
                remedy="`followthrough triage list` names those there are.",
            )
        content = ModelInUse(id=model_id).model_dump_json().encode()
        _replace(self._directory / task / IN_USE, content)

    def in_use(self, task: Learnable) -> str | None:
        """The id of the model that suggests, or None."""
        try:
            content = (self._directory / task / IN_USE).read_bytes()
            return ModelInUse.model_validate_json(content).id
        except (OSError, ValidationError):
            return None

    def loaded(self, task: Learnable) -> LearnedModel | None:
        """The model in use, or None when there is none that can be used here.

        Which one is in use is read each time, so that `use` reaches a worker that runs.
        """
        model_id = self.in_use(task)
        if model_id is None:
            return None
        if model_id not in self._loaded:
            self._loaded[model_id] = self._load(task, model_id)
        return self._loaded[model_id]

    def suggest(self, text: str, taxonomy: Taxonomy) -> Suggestions:
        """What the models in use and the taxonomy suggest for a text."""
        models = [model for task in Learnable if (model := self.loaded(task))]
        embedder = None
        if any(model.classifier.embedder_name for model in models):
            embedder = installed_embedder()
        return suggest_with(text, taxonomy, models, embedder)

    def _load(self, task: Learnable, model_id: str) -> LearnedModel | None:
        """The model, or None with a warning: triage goes on by the taxonomy, and says so."""
        try:
            content = (self._directory / task / f"{model_id}.npz").read_bytes()
            model = from_bytes(content)
        except (OSError, NotAModel) as error:
            log.warning("model_not_loaded", model=model_id, why=type(error).__name__)
            return None
        embedder = installed_embedder() if model.embedder_name else None
        if model.embedder_name != (embedder.name if embedder else None):
            log.warning("model_not_loaded", model=model_id, why="the extra nlp differs")
            return None
        return LearnedModel(model_id, task, model)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; readers see the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    draft.write_bytes(content)
    os.replace(draft, path)
