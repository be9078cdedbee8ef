from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.triage import DATA, Exercise, RememberingEmbedder, cross_validated, main
from insight.learning.embedding import installed_embedder


def test_without_data_nothing_is_measured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(DATA, raising=False)
    assert main() == 2


def test_a_task_is_judged_on_texts_that_were_not_learnt(tmp_path: Path):
    said = {"refund": "please refund the {}", "crash": "the app crashes with the {}"}
    things = ("lamp", "chair", "shelf", "table", "clock", "kettle", "mirror", "carpet")
    rows = [
        {"said": sentence.format(thing), "kind": kind}
        for thing in things
        for kind, sentence in said.items()
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    exercise = Exercise("made up", file.name, ("said",), "kind", 0.9)
    outcome = cross_validated(exercise, tmp_path, None)
    assert (outcome.items, outcome.accuracy) == (16, 1.0)


def test_an_embedding_is_remembered_by_digest_and_no_text_is_kept(tmp_path: Path):
    embedder = installed_embedder()
    assert embedder is not None
    file = tmp_path / "kept" / "embeddings.npz"
    first = RememberingEmbedder(embedder, file)
    wanted = first.embed(["the kettle leaks"])
    first.save()
    again = RememberingEmbedder(embedder, file)
    assert np.array_equal(again.embed(["the kettle leaks"]), wanted)
    assert b"kettle leaks" not in file.read_bytes()
