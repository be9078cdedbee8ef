from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from policies.loader import DEFAULT_DIRECTORY, load


def policy(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["policy", *arguments])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the shipped policies, to be spoilt."""
    return shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "policies")


def spoil(directory: Path, file: str, written: str, instead: str) -> None:
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert written in text, f"{file} no longer says {written!r}"
    path.write_text(text.replace(written, instead, 1), encoding="utf-8")


def test_sound_policies_are_told_with_their_version(directory: Path) -> None:
    result = policy("check", str(directory), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["sound"]
    assert told["version"] == load(directory).version


def test_without_a_directory_the_policies_in_force_are_checked(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(directory))
    assert str(directory) in policy("check").stdout


def test_every_problem_is_told_with_file_line_and_column(directory: Path) -> None:
    spoil(directory, "sla.yaml", "first_response: 15m", "first_respons: 15m")
    spoil(directory, "escalation.yaml", "role:lead", "role:laed")
    result = policy("check", str(directory))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(line.startswith(f"{directory}/sla.yaml:") for line in lines), result.stdout
    assert any("did you mean 'first_response'?" in line for line in lines), result.stdout
    assert any(line.startswith(f"{directory}/escalation.yaml:") for line in lines), result.stdout


def test_problems_come_as_json_for_other_programs(directory: Path) -> None:
    spoil(directory, "approval.yaml", "quorum: 2", "quorum: 19")
    result = policy("check", str(directory), "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem["file"] == f"{directory}/approval.yaml"
    assert problem["line"] > 1
    assert "can never be reached" in problem["what"]


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = policy("check", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "is not a directory" in result.stdout


def test_a_schema_is_written_for_every_policy_file(directory: Path, tmp_path: Path) -> None:
    result = policy("schema", str(tmp_path / "schemas"))
    assert result.exit_code == 0, result.output
    written = {path.name for path in (tmp_path / "schemas").iterdir()}
    assert written == {f"{path.stem}.schema.json" for path in directory.glob("*.yaml")}


def test_the_schemas_are_printed_as_one_document() -> None:
    assert set(json.loads(policy("schema").stdout)) >= {"sla", "escalation", "approval"}
