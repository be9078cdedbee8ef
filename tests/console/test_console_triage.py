from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from runtime.intake_lines import UnreadableFile

REFUNDS = ("refund my order", "please refund the lamp", "I want a refund", "refund it today")
CRASHES = ("the app crashes", "it crashes at start", "crashes on save", "the app crashes daily")


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows = [{"body": text, "kind": "refund"} for text in REFUNDS]
    rows += [{"body": text, "kind": "crash"} for text in CRASHES]
    return write(tmp_path / "labelled.jsonl", rows)


def evaluate(train: Path, inputs: Path, out: Path, *more: str) -> Any:
    wanted = ("--task", "category", "--text", "body", "--label", "kind", "--json")
    files = ("--train", str(train), "--inputs", str(inputs), "--out", str(out))
    return CliRunner().invoke(cli.app, ["triage", "eval", *wanted, *files, *more])


def test_every_input_gets_a_prediction_under_its_id(labelled: Path, tmp_path: Path):
    inputs = write(tmp_path / "in.jsonl", [{"id": "a", "body": "refund"}, {"id": "b", "body": ""}])
    result = evaluate(labelled, inputs, tmp_path / "out.jsonl")
    assert result.exit_code == 0, result.output
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]


def test_what_is_right_may_stand_in_another_file(labelled: Path, tmp_path: Path):
    inputs = write(tmp_path / "in.jsonl", [{"id": "a", "body": "refund, please"}])
    right = write(tmp_path / "right.jsonl", [{"id": "a", "kind": "refund"}])
    result = evaluate(labelled, inputs, tmp_path / "out.jsonl", "--labels", str(right))
    assert json.loads(result.stdout)["accuracy"] == 1.0


def test_without_a_right_answer_nothing_is_claimed(labelled: Path, tmp_path: Path):
    inputs = write(tmp_path / "in.jsonl", [{"id": "a", "body": "refund, please"}])
    told = json.loads(evaluate(labelled, inputs, tmp_path / "out.jsonl").stdout)
    assert (told["measured_on"], told["accuracy"]) == (0, None)


def test_a_bad_row_is_told_by_its_line_and_the_rest_goes_on(labelled: Path, tmp_path: Path):
    inputs = tmp_path / "in.jsonl"
    inputs.write_text('{"body": "refund"}\n{"body": 7}\nnot json\n', encoding="utf-8")
    told = json.loads(evaluate(labelled, inputs, tmp_path / "out.jsonl").stdout)
    assert told["predicted"] == 1
    assert [row.split(": ")[0] for row in told["bad_rows"]] == [f"{inputs}:2", f"{inputs}:3"]


def test_a_field_that_no_row_has_is_answered_with_those_there_are(labelled: Path, tmp_path: Path):
    inputs = write(tmp_path / "in.jsonl", [{"words": "refund"}])
    result = evaluate(labelled, inputs, tmp_path / "out.jsonl")
    assert isinstance(result.exception, UnreadableFile)
    assert "the file has: words" in str(result.exception)


def test_duplicates_are_ranked_among_both_files(tmp_path: Path):
    old = write(tmp_path / "old.jsonl", [{"id": "1", "body": "the csv export loses a column"}])
    texts = {"2": "csv export: a column is lost", "3": "dark mode", "4": "dark mode, please"}
    new = write(tmp_path / "new.jsonl", [{"id": name, "body": texts[name]} for name in texts])
    pairs = write(tmp_path / "pairs.jsonl", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}])
    files = ("--train", str(old), "--inputs", str(new), "--labels", str(pairs))
    out = ("--out", str(tmp_path / "out.jsonl"), "--json")
    wanted = ["triage", "eval", "--task", "duplicates", "--text", "body", *files, *out]
    told = json.loads(CliRunner().invoke(cli.app, wanted).stdout)
    assert told["recall_at"]["1"] == 1.0
