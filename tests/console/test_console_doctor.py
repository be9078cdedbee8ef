from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from runtime.signing import load_or_create_signing_key

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = [
    "up",
    "worker",
    "desk",
    "local-jira",
    "intake",
    "queue",
    "show",
    "explain",
    "approve",
    "reject",
    "ack",
    "override",
    "propose",
    "resolve",
    "resume",
    "doctor",
    "jira-setup",
    "settings",
]
NOTHING_THERE = {
    "TEMPORAL_ADDRESS": "127.0.0.1:9",
    "JIRA_URL": "http://127.0.0.1:9",
    "FOLLOWTHROUGH_DESK_URL": "http://127.0.0.1:9",
}


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def as_a_process(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **NOTHING_THERE, "FOLLOWTHROUGH_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def findings(result: Any) -> dict[str, dict[str, Any]]:
    return {line["part"]: line for line in json.loads(result.stdout)["findings"]}


def test_doctor_names_every_part_that_is_down_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NOTHING_THERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "fresh"))

    result = command("doctor", "--json")

    found = findings(result)
    assert result.exit_code == 3
    for part in ("temporal", "jira", "desk"):
        assert found[part]["health"] == "unreachable", part
        assert found[part]["remedy"], f"{part} needs a next step"
    assert found["signing key"]["health"] == "wrong"
    assert found["policies"]["health"] == "ok"
    assert not (tmp_path / "fresh").exists(), "looking must leave nothing behind"


def test_doctor_finds_worker_and_search_attributes_of_a_real_server(installation: Path) -> None:
    found = findings(command("doctor", "--json"))

    assert found["temporal"]["health"] == "ok"
    assert found["search attributes"]["health"] == "ok"
    assert found["worker"]["health"] == "unreachable", "nobody serves the product's own queue"
    assert "followthrough worker" in found["worker"]["remedy"]
    assert found["sweep"]["health"] == "wrong"
    assert found["parked items"]["health"] == "ok"
    assert found["signing key"]["health"] == "ok"


def test_doctor_sees_a_key_that_others_may_read_and_policies_that_do_not_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NOTHING_THERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(tmp_path))
    load_or_create_signing_key(tmp_path / "signing-key.pem")
    (tmp_path / "signing-key.pem").chmod(0o644)

    found = findings(command("doctor", "--json"))

    assert found["signing key"]["health"] == "wrong"
    assert "chmod 600" in found["signing key"]["remedy"]
    assert found["policies"]["health"] == "wrong"


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    environment = {**os.environ, "FOLLOWTHROUGH_CLOCK_SCALE": "fast"}
    result = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "queue"],
        env={**environment, "FOLLOWTHROUGH_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 2
    assert "FOLLOWTHROUGH_CLOCK_SCALE" in result.stderr
    assert "Traceback" not in result.stderr


def test_as_a_process_a_silent_temporal_is_a_sentence_on_stderr_and_exit_code_3(
    tmp_path: Path,
) -> None:
    result = as_a_process(tmp_path, "queue")

    assert result.returncode == 3, result.stderr
    assert result.stdout == ""
    assert "Temporal does not answer" in result.stderr
    assert "\x1b[" not in result.stderr, "colours belong on a terminal only"


def test_wrong_use_is_exit_code_2(tmp_path: Path) -> None:
    assert as_a_process(tmp_path, "approve").returncode == 2


def test_what_nobody_foresaw_is_a_sentence_and_its_details_are_in_a_file(tmp_path: Path) -> None:
    program = (
        "import cli\n"
        "@cli.app.command()\n"
        "def breaks() -> None:\n"
        "    raise ValueError('the words of a customer')\n"
        "cli.main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "breaks"],
        cwd=ROOT,
        env={**os.environ, "FOLLOWTHROUGH_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    log = tmp_path / "logs" / "followthrough.log"
    assert result.returncode == 1
    assert str(log) in result.stderr
    assert "Traceback" not in result.stderr
    assert "ValueError" in log.read_text()
    assert "the words of a customer" not in result.stderr + log.read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = command(name, "--help")

    assert result.exit_code == 0
    assert f"Example: followthrough {name}" in " ".join(result.stdout.split())
