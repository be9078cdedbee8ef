from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from runtime.payload_keys import read_payload_keys
from runtime.problems import WrongSettings


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def document(*arguments: str) -> dict[str, Any]:
    result = command(*arguments, "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    return tmp_path / "data"


@pytest.fixture
def keys_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "keys"
    monkeypatch.setenv("FOLLOWTHROUGH_PAYLOAD_KEYS_FILE", str(file))
    return file


def setting() -> str:
    lines = document("settings")["settings"]
    shown = {line["variable"]: line["value"] for line in lines}
    return str(shown["FOLLOWTHROUGH_PAYLOAD_KEYS_FILE"])


def finding() -> dict[str, Any]:
    found = json.loads(command("doctor", "--json").stdout)["findings"]
    return next(one for one in found if one["part"] == "payload keys")


def test_the_first_key_says_how_to_switch_encryption_on(data_dir: Path) -> None:
    result = command("payload-keys", "rotate")

    assert result.exit_code == 0
    assert f"FOLLOWTHROUGH_PAYLOAD_KEYS_FILE={data_dir / 'payload-keys'}" in result.stderr
    assert "Nothing is encrypted yet" in result.stdout


def test_a_prepared_key_is_used_by_the_next_rotation(keys_file: Path) -> None:
    first = document("payload-keys", "rotate")
    waiting = document("payload-keys", "prepare")
    second = document("payload-keys", "rotate")

    assert waiting["active"] == first["active"]
    assert second["active"] == waiting["prepared"]
    assert (second["known"], second["in_force"]) == (2, True)


def test_a_key_is_prepared_only_beside_one_in_use(keys_file: Path) -> None:
    result = command("payload-keys", "prepare")

    assert isinstance(result.exception, WrongSettings)
    assert "payload-keys rotate" in str(result.exception.remedy)


def test_settings_show_that_it_is_off() -> None:
    assert setting() == "off"


def test_settings_show_the_active_key_by_its_id_and_never_the_key(keys_file: Path) -> None:
    command("payload-keys", "rotate")

    assert setting() == f"on, key {read_payload_keys(keys_file).active.key_id}, {keys_file}"
    assert keys_file.read_text().strip() not in command("settings").output


def test_settings_show_keys_that_cannot_be_used(keys_file: Path) -> None:
    assert setting() == f"{keys_file} (cannot be used)"


def test_doctor_notes_that_nothing_is_encrypted() -> None:
    assert finding()["health"] == "note"
    assert "payload-keys rotate" in finding()["remedy"]


def test_doctor_names_the_key_that_encrypts_and_the_one_that_waits(keys_file: Path) -> None:
    command("payload-keys", "rotate")
    command("payload-keys", "prepare")
    keys = read_payload_keys(keys_file)

    found = finding()

    assert found["health"] == "ok"
    assert keys.prepared is not None
    assert f"key {keys.active.key_id}" in found["what"]
    assert f"{keys.prepared.key_id} waits" in found["what"]


def test_doctor_says_how_to_mend_keys_that_cannot_be_used(keys_file: Path) -> None:
    found = finding()

    assert found["health"] == "wrong"
    assert "Restore it from a copy" in found["remedy"]
