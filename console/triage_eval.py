"""`triage eval`: how good would triage be, had it learnt from one file, on another?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from pydantic import Field

from console import options
from console.surface import print_json, say, tell
from models.base import Frozen
from runtime.intake_lines import BadRow
from runtime.labelled_files import LabelledFile, LabelledText, read_labelled, read_pairs
from runtime.problems import Problem, WrongSettings

MOST_BAD_TOLD = 20
DEPTH = 5
"""Candidates that are proposed for each item, and the k of a duplicate's recall."""


class Task(StrEnum):
    """What is learnt. The three kinds of labels are learnt by one and the same recipe."""

    CATEGORY = "category"
    SEVERITY = "severity"
    SENTIMENT = "sentiment"
    DUPLICATES = "duplicates"


class Evaluated(Frozen):
    """What `triage eval --json` prints. What could not be measured, for want of labels, is null.

    `recall_at` maps k to the share of items whose right answer is among the first k;
    `false_alarm_rate` is the share of items without a duplicate for which one is proposed.
    """

    task: Task
    learnt_from: int
    predicted: int
    measured_on: int
    accuracy: float | None = None
    macro_f1: float | None = None
    recall_at: dict[int, float] = Field(default_factory=dict)
    calibration_error: float | None = None
    false_alarm_rate: float | None = None
    items_per_second: float
    training_seconds: float
    embedder: str | None
    bad_rows: tuple[str, ...] = ()


def evaluate(
    task: Annotated[Task, typer.Option(help="What is learnt.")],
    train: Annotated[Path, typer.Option(metavar="FILE", help="Labelled items to learn from.")],
    inputs: Annotated[Path, typer.Option(metavar="FILE", help="Items to predict.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the predictions go, as JSONL.")],
    text: Annotated[
        str, typer.Option(metavar="FIELD", help="Field with the text; several with commas.")
    ],
    label: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Field with the label; not for duplicates.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The right labels by id, if --inputs has none; for duplicates the pairs.",
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Learn from one file, predict another, and say how good that is.

    A file is JSONL or CSV. Rows that cannot be used are told by line and the rest goes on.

    Example: followthrough triage eval --task category --train old.jsonl --inputs new.jsonl --text body --label category --out predicted.jsonl
    """
    fields = tuple(name.strip() for name in text.split(",") if name.strip())
    if task is not Task.DUPLICATES and label is None:
        raise typer.BadParameter("--label FIELD is needed for this task")
    learnt = read_labelled(train, fields, label)
    asked = read_labelled(inputs, fields, label)
    if task is Task.DUPLICATES:
        done, predictions = _duplicates(learnt.rows, asked.rows, labels)
    else:
        done, predictions = _labels(task, learnt.rows, asked.rows, _gold(asked, labels, label))
    _write(out, predictions)
    bad = (*_told(train, learnt.bad), *_told(inputs, asked.bad))
    for sentence in bad[:MOST_BAD_TOLD]:
        tell(sentence)
    if len(bad) > MOST_BAD_TOLD:
        tell(f"And {len(bad) - MOST_BAD_TOLD} more rows; --json names them all.")
    done = done.model_copy(update={"bad_rows": bad})
    if as_json:
        print_json(done)
        return
    for line in _page(done):
        say(line)
    say(f"Predictions are in {out}.")


def _labels(
    task: Task,
    learnt: Sequence[LabelledText],
    asked: Sequence[LabelledText],
    gold: dict[str, str],
) -> tuple[Evaluated, list[dict[str, Any]]]:
    from insight.learning.embedding import installed_embedder  # noqa: PLC0415 - loads the learning library, which other commands need not
    from insight.learning.measures import measure  # noqa: PLC0415 - as above
    from insight.learning.training import Aim, CannotLearn, train  # noqa: PLC0415 - as above

    embedder = installed_embedder()
    labelled = [(row.text, row.label) for row in learnt if row.label is not None]
    if len(labelled) < len(learnt):
        tell(f"{len(learnt) - len(labelled)} rows have no label; nothing is learnt from them.")
    began = perf_counter()
    try:
        model = train(
            [one[0] for one in labelled],
            [one[1] for one in labelled],
            embedder,
            Aim.EVERY_LABEL if task is Task.SEVERITY else Aim.MOST_RIGHT,
        )
    except CannotLearn as error:
        raise Problem(str(error), remedy="Give more labelled rows by --train.") from None
    trained = perf_counter()
    found = model.probabilities([row.text for row in asked], embedder)
    took = perf_counter() - trained
    predictions = []
    ranking = model.ranking(found)
    for row, shares, places in zip(asked, found, ranking, strict=True):
        chosen = model.classes[places[0]]
        predictions.append(
            {
                "id": row.reference,
                "label": chosen,
                "confidence": round(float(shares[places[0]]), 4),
                "ranked": [model.classes[place] for place in places[:DEPTH]],
                "words": model.deciding_words(row.text, chosen),
            }
        )
    known = [place for place, row in enumerate(asked) if row.reference in gold]
    measures = measure(
        [gold[asked[place].reference] for place in known],
        found[known],
        ranking[known],
        model.classes,
    )
    return Evaluated(
        task=task,
        learnt_from=len(labelled),
        predicted=len(asked),
        measured_on=len(known),
        **(measures.model_dump(exclude={"items"}) if measures else {}),
        items_per_second=round(len(asked) / max(took, 1e-9), 1),
        training_seconds=round(trained - began, 2),
        embedder=model.embedder_name,
    ), predictions


def _duplicates(
    learnt: Sequence[LabelledText], asked: Sequence[LabelledText], labels: Path | None
) -> tuple[Evaluated, list[dict[str, Any]]]:
    from insight.learning.duplicate_measures import measure, proposal_floor  # noqa: PLC0415 - as above
    from insight.learning.duplicates import Pool  # noqa: PLC0415 - as above
    from insight.learning.embedding import installed_embedder  # noqa: PLC0415 - as above

    embedder = installed_embedder()
    pool_rows = list({row.reference: row for row in (*learnt, *asked)}.values())
    places = {row.reference: place for place, row in enumerate(pool_rows)}
    began = perf_counter()
    pool = Pool([row.text for row in pool_rows], embedder)
    ready = perf_counter()
    names = [row.reference for row in asked]
    found = dict(zip(names, pool.nearest([places[name] for name in names], DEPTH), strict=True))
    took = perf_counter() - ready
    pairs = read_pairs(labels) if labels else []
    floor = proposal_floor([one[0].score for one in found.values() if one])
    proposed = {name for name, best in found.items() if best and best[0].score >= floor}
    predictions = [
        {
            "id": name,
            "candidates": [
                {"id": pool_rows[one.place].reference, "score": one.score} for one in candidates
            ],
            "proposed": name in proposed,
        }
        for name, candidates in found.items()
    ]
    ranked = {
        name: [pool_rows[one.place].reference for one in best] for name, best in found.items()
    }
    measured = measure(ranked, proposed, pairs)
    return Evaluated(
        task=Task.DUPLICATES,
        learnt_from=len(learnt),
        predicted=len(names),
        measured_on=measured.items,
        recall_at=measured.recall_at,
        false_alarm_rate=measured.false_alarm_rate,
        items_per_second=round(len(names) / max(took, 1e-9), 1),
        training_seconds=round(ready - began, 2),
        embedder=embedder.name if embedder else None,
    ), predictions


def _gold(asked: LabelledFile, labels: Path | None, label: str | None) -> dict[str, str]:
    """The right label by reference: from --labels if it is given, else from the inputs."""
    if labels is None:
        return {row.reference: row.label for row in asked.rows if row.label}
    right = read_labelled(labels, (label or "label",), label or "label")
    known = {row.reference: row.label for row in right.rows if row.label}
    if not known.keys() & {row.reference for row in asked.rows}:
        raise WrongSettings(
            "no row of it has the id of a row of --inputs.",
            where=str(labels),
            remedy="Give each row the field `id` in both files.",
        )
    return known


def _told(path: Path, bad: Sequence[BadRow]) -> tuple[str, ...]:
    return tuple(f"{path}:{row.line}: {row.what} {row.remedy}" for row in bad)


def _write(out: Path, predictions: Sequence[dict[str, Any]]) -> None:
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in predictions)
    try:
        out.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise WrongSettings(
            f"the predictions cannot be written: {(error.strerror or 'unknown reason').lower()}.",
            where=str(out),
            remedy="Name a file in a directory that exists and may be written to.",
        ) from error


def _page(done: Evaluated) -> list[str]:
    """The figures for a person, a line each."""
    lines = [
        f"Learnt from {done.learnt_from} rows in {done.training_seconds:g} s, "
        f"{'with ' + done.embedder if done.embedder else 'by words alone'}.",
        f"Predicted {done.predicted} rows, {done.items_per_second:g} a second; "
        f"measured on {done.measured_on} with a right answer.",
    ]
    if done.accuracy is not None:
        lines.append(f"Accuracy {done.accuracy:.1%}, macro-F1 {done.macro_f1:.3f}.")
    lines += [f"Recall@{depth} {share:.1%}." for depth, share in done.recall_at.items()]
    if done.calibration_error is not None:
        lines.append(f"Expected calibration error {done.calibration_error:.3f}.")
    if done.false_alarm_rate is not None:
        lines.append(f"False alarms: {done.false_alarm_rate:.1%} of the items without a duplicate.")
    return lines
