"""`make bench-triage`: how good triage learns, by cross-validation on labelled files of yours.

The files are in the directory that FOLLOWTHROUGH_BENCH_DATA names; none of them comes with the
project. Every task is learnt by the one recipe of `insight.learning.training`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median, pstdev
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from insight.learning import duplicate_measures
from insight.learning.duplicates import Pool
from insight.learning.embedding import Embedder, Vectors, installed_embedder
from insight.learning.measures import Measures, calibration_error, measure
from insight.learning.training import Aim, train
from runtime.intake_lines import BadRow, read_records
from runtime.labelled_files import read_pairs

DATA = "FOLLOWTHROUGH_BENCH_DATA"
RESULTS = Path(__file__).parent / "results"
FOLDS = 5
SEED = 20_260_102
"""Of the folds; another one than the recipe's own, so that its inner parts are not these."""
SINGLE_ITEMS = 200
GOAL_SINGLE_MILLISECONDS = 50.0
GOAL_CALIBRATION = 0.05
POLARITY = {f"{much}{side}": side for much in ("", "very ") for side in ("positive", "negative")}
HARM = dict.fromkeys(("blocker", "critical", "major"), "severe") | dict.fromkeys(
    ("minor", "trivial"), "low"
)


@dataclass(frozen=True)
class Exercise:
    """One task: its file, its fields, the figure that is judged, and the goal for it.

    `renamed` maps the file's labels to those that are learnt; a label that it lacks is left out.
    """

    name: str
    file: str
    text: tuple[str, ...]
    label: str
    goal: float
    figure: str = "accuracy"
    renamed: Mapping[str, str] | None = None


EXERCISES = (
    Exercise("airline sentiment", "airline_tweets.jsonl", ("text",), "sentiment", 0.82),
    Exercise(
        "app review category", "app_reviews_labelled.jsonl", ("title", "text"), "category", 0.78
    ),
    Exercise(
        "app review sentiment", "app_reviews_labelled.jsonl", ("title", "text"), "sentiment", 0.72,
        renamed=POLARITY | {"neutral": "neutral"},
    ),
    Exercise("bank intents", "banking77.jsonl", ("text",), "intent", 0.93),
    Exercise("complaint product", "cfpb_narratives.jsonl", ("text",), "product_group", 0.83),
    Exercise(
        "bug severity", "bug_severity.jsonl", ("title",), "severity", 0.66,
        figure="macro_f1", renamed=HARM,
    ),
)  # fmt: skip
DUPLICATES = ("issues_hadoop.jsonl", "issues_hadoop.duplicate_links.jsonl", 0.75)


@dataclass(frozen=True)
class Outcome:
    """The mean over the folds of each figure, and the spread of the one that is judged.

    `calibration_error` is that of all held-out texts together: over the few hundred of one fold
    chance alone makes some 0.03.
    """

    name: str
    items: int
    figure: str
    goal: float
    reached: float
    spread: float
    accuracy: float
    macro_f1: float
    calibration_error: float


class RememberingEmbedder:
    """An embedder that places each text once, and remembers it on disk by a digest."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder, self._file = embedder, file
        self.name, self.emphasis = embedder.name, embedder.emphasis
        self._known: dict[str, Vectors] = {}
        if file.is_file():
            with np.load(file) as kept:
                self._known = {name: kept[name] for name in kept.files}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        return np.stack([self._one(text) for text in texts])

    def meaning(self, text: str) -> Vectors:
        """The part that tells what a text is about."""
        return self._one(text)[: -(len(self.emphasis) - 384)]

    def save(self) -> None:
        """Write down what is known."""
        self._file.parent.mkdir(exist_ok=True)
        np.savez(self._file, **self._known)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options

    def _one(self, text: str) -> Vectors:
        digest = hashlib.sha256(f"{self.name}\n{text}".encode()).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._embedder.embed([text])[0]
        return self._known[digest]


def main() -> int:
    """Returns 1 when a goal is missed, 2 when there is no data."""
    data = Path(os.environ.get(DATA, ""))
    if not os.environ.get(DATA) or not data.is_dir():
        print(f"Name a directory with labelled files by {DATA}.", file=sys.stderr)
        return 2
    console = Console(width=110)
    installed = installed_embedder()
    embedder = None
    if installed:
        embedder = RememberingEmbedder(installed, RESULTS / "embeddings.npz")
    exercises = [one for one in EXERCISES if (data / one.file).is_file()]
    if not exercises:
        print(f"{data} has none of the files that bench/triage.py names.", file=sys.stderr)
        return 2
    outcomes = []
    for exercise in exercises:
        outcomes.append(cross_validated(exercise, data, embedder))
        console.print(_line(outcomes[-1]))
        if embedder:
            embedder.save()
    console.print(_table(outcomes))
    found = _duplicates(data, embedder)
    console.print(_duplicates_line(found))
    speed = _single_item_milliseconds(exercises[0], data, installed)
    console.print(
        f"A single item: {speed['median']:.1f} ms in the median, {speed['most']:.1f} ms for 95 of "
        f"100; goal under {GOAL_SINGLE_MILLISECONDS:g} ms on a quiet machine."
    )
    written = {
        "tasks": [asdict(one) for one in outcomes],
        "duplicates": found.model_dump(),
        "single_item_milliseconds": speed,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "triage.json").write_text(json.dumps(written, indent=2) + "\n")
    kept = all(one.reached >= one.goal for one in outcomes)
    missed = found.items and found.recall_at[5] < DUPLICATES[2]
    return 0 if kept and not missed else 1


def cross_validated(exercise: Exercise, data: Path, embedder: Embedder | None) -> Outcome:
    """Five stratified folds; settings and temperature are chosen inside the training part."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - takes seconds; only this needs it

    texts, labels = _labelled(exercise, data)
    measured: list[Measures] = []
    confidence: list[float] = []
    right: list[bool] = []
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learnt, held_out in split.split(texts, labels):
        model = train(
            [texts[row] for row in learnt],
            [labels[row] for row in learnt],
            embedder,
            Aim.EVERY_LABEL if exercise.figure == "macro_f1" else Aim.MOST_RIGHT,
        )
        shares = model.probabilities([texts[row] for row in held_out], embedder)
        gold = [labels[row] for row in held_out]
        ranking = model.ranking(shares)
        confidence += np.take_along_axis(shares, ranking[:, :1], axis=1)[:, 0].tolist()
        right += [
            model.classes[place] == label for place, label in zip(ranking[:, 0], gold, strict=True)
        ]
        found = measure(gold, shares, ranking, model.classes)
        assert found is not None, "a fold is never empty"
        measured.append(found)
    judged = [float(getattr(one, exercise.figure)) for one in measured]
    return Outcome(
        name=exercise.name,
        items=len(texts),
        figure=exercise.figure,
        goal=exercise.goal,
        reached=mean(judged),
        spread=pstdev(judged),
        accuracy=mean(one.accuracy for one in measured),
        macro_f1=mean(one.macro_f1 for one in measured),
        calibration_error=calibration_error(np.array(confidence), np.array(right)),
    )


def _labelled(exercise: Exercise, data: Path) -> tuple[list[str], list[str]]:
    texts, labels = [], []
    for values in _rows(data / exercise.file):
        label = values.get(exercise.label)
        if exercise.renamed is not None:
            label = exercise.renamed.get(str(label))
        if label:
            texts.append("\n".join(str(values.get(name) or "") for name in exercise.text))
            labels.append(str(label))
    return texts, labels


def _rows(path: Path) -> list[dict[str, Any]]:
    return [one.values for one in read_records(path) if not isinstance(one, BadRow)]


def _duplicates(data: Path, embedder: Embedder | None) -> duplicate_measures.DuplicateMeasures:
    """Every item against all others; nothing is learnt from the links."""
    items, links, _ = DUPLICATES
    if not (data / items).is_file():
        return duplicate_measures.measure({}, set(), [])
    rows = _rows(data / items)
    names = [str(values["id"]) for values in rows]
    texts = [f"{values.get('title') or ''}\n{values.get('description') or ''}" for values in rows]
    found = Pool(texts, embedder).nearest(range(len(names)), 5)
    floor = duplicate_measures.proposal_floor([best[0].score for best in found])
    return duplicate_measures.measure(
        {name: [names[one.place] for one in best] for name, best in zip(names, found, strict=True)},
        {name for name, best in zip(names, found, strict=True) if best[0].score >= floor},
        read_pairs(data / links),
    )


def _single_item_milliseconds(
    exercise: Exercise, data: Path, embedder: Embedder | None
) -> dict[str, float]:
    """Embedding, prediction and reasons of one item at a time, after a first one."""
    texts, labels = _labelled(exercise, data)
    model = train(texts[:400], labels[:400], embedder)
    took = []
    for text in texts[: SINGLE_ITEMS + 1]:
        began = perf_counter()
        (shares,) = model.probabilities([text], embedder)
        model.deciding_words(text, model.classes[int(shares.argmax())])
        took.append(1000 * (perf_counter() - began))
    return {"median": median(took[1:]), "most": float(np.quantile(took[1:], 0.95))}


def _duplicates_line(found: duplicate_measures.DuplicateMeasures) -> str:
    if not found.items:
        return f"Duplicates: not measured; {DUPLICATES[0]} is not there."
    return (
        f"Duplicates: recall@5 {found.recall_at[5]:.3f} (goal {DUPLICATES[2]}) over "
        f"{found.items} linked items; false alarms {found.false_alarm_rate or 0:.1%}."
    )


def _line(one: Outcome) -> str:
    return f"{one.name}: {one.figure} {one.reached:.3f} ± {one.spread:.3f}"


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(title=f"What triage learns ({FOLDS} folds, mean and spread over the folds)")
    for name in ("task", "items", "judged by", "reached", "goal", "accuracy", "macro-F1", "ECE"):
        table.add_column(name, justify="left" if name in ("task", "judged by") else "right")
    for one in outcomes:
        calibrated = f"{one.calibration_error:.3f}"
        if one.calibration_error >= GOAL_CALIBRATION:
            calibrated = f"[bold]{calibrated}[/]"
        reached = f"{one.reached:.3f} ± {one.spread:.3f}"
        table.add_row(
            one.name, f"{one.items:,}", one.figure,
            reached if one.reached >= one.goal else f"[bold]{reached}[/]", f"{one.goal:g}",
            f"{one.accuracy:.3f}", f"{one.macro_f1:.3f}", calibrated,
        )  # fmt: skip
    return table


if __name__ == "__main__":
    sys.exit(main())
