from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_demo(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.e2e
def test_items_of_a_file_are_taken_in_answered_decided_and_read_back(tmp_path: Path):
    rows = [
        {"submission_id": "a", "summary": "How do I print?", "description": "Where is it?"},
        {"submission_id": "b", "summary": "Charged twice", "description": "Two charges."},
        {"submission_id": "b", "summary": "The same id again", "description": "Refused."},
        {"submission_id": "c", "summary": "アプリが落ちる", "description": "エラーになります。"},
    ]
    file = tmp_path / "shop.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n{broken\n")
    done = run_demo("--once", "--json", "--input", str(file), "--data-dir", str(tmp_path / "stage"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["items_in"], told["decided"], told["waiting"]) == (3, 3, 0)
    assert (told["doubles"], told["lost"], told["problems"]) == (0, 0, [])
    assert told["clock_scale"] == 1.0


def test_a_file_that_does_not_exist_is_told_before_anything_starts(tmp_path: Path):
    done = run_demo("--input", str(tmp_path / "nowhere.jsonl"))
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_limit_without_a_file_is_wrong_use():
    done = run_demo("--limit", "3")
    assert done.returncode == 2
    assert "--limit" in done.stderr


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("irreplaceable")
    done = run_demo("--once", "--data-dir", str(tmp_path))
    assert done.returncode == 3
    assert (tmp_path / "thesis.txt").read_text() == "irreplaceable"
    assert "not of a demonstration" in done.stderr
