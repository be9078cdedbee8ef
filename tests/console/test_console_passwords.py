from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from desk.passwords import password_holds, set_password
from runtime.problems import Problem


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def test_a_new_password_is_shown_once_and_ends_the_old_one(tmp_path: Path) -> None:
    set_password(tmp_path, "ada", "old")

    result = command("password", "ada", "--data-dir", str(tmp_path))

    assert result.exit_code == 0, result.output
    assert password_holds(tmp_path, "ada", result.stdout.split()[-1])
    assert not password_holds(tmp_path, "ada", "old")


def test_somebody_who_may_not_sign_in_gets_no_password(tmp_path: Path) -> None:
    result = command("password", "nobody", "--data-dir", str(tmp_path))

    assert isinstance(result.exception, Problem)
    assert result.exception.exit_code == 2
    assert "ada" in (result.exception.remedy or "")
    assert not (tmp_path / "desk-passwords.json").exists()


def test_a_missing_directory_of_policies_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(tmp_path / "nowhere"))

    result = command("password", "ada", "--data-dir", str(tmp_path))

    assert isinstance(result.exception, Problem)
    told = result.exception.sentence()
    assert told.startswith(f"{tmp_path / 'nowhere'}: there is no such directory of policies.")
    assert "Mend the lines" not in told
    assert ":1:1" not in told


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--data-dir` sets the variable for the parts it starts; undone after each test."""
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
