"""Where it is set to be strict, nothing starts with what is only for trying out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.problems import WrongSettings
from runtime.settings import load_settings

SOUND = {
    "FOLLOWTHROUGH_STRICT": "true",
    "FOLLOWTHROUGH_PAYLOAD_KEYS_FILE": "keys.json",
    "FOLLOWTHROUGH_OIDC_ISSUER": "https://login.example.com",
    "FOLLOWTHROUGH_OIDC_CLIENT_ID": "desk",
    "FOLLOWTHROUGH_DESK_URL": "https://desk.example.com",
    "JIRA_URL": "https://example.atlassian.net",
    "TEMPORAL_ADDRESS": "temporal.example.com:7233",
    "TEMPORAL_TLS": "true",
}


@pytest.fixture(autouse=True)
def _sound_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-temporal.toml"))
    monkeypatch.chdir(tmp_path)
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)


def test_sound_settings_are_taken() -> None:
    assert load_settings().strict


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("FOLLOWTHROUGH_PAYLOAD_KEYS_FILE", "", "payloads in Temporal are not encrypted"),
        ("FOLLOWTHROUGH_OIDC_ISSUER", "", "passwords kept on this machine"),
        ("FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS", "true", "decisions count without proof"),
        ("FOLLOWTHROUGH_CLOCK_SCALE", "60", "clocks do not run in real time"),
        ("JIRA_URL", "http://jira.example.com", "JIRA_URL is not encrypted"),
        ("FOLLOWTHROUGH_DESK_URL", "http://desk.example.com", "DESK_URL is not encrypted"),
        ("FOLLOWTHROUGH_BILLING_URL", "http://pay.example.com", "BILLING_URL is not encrypted"),
        ("TEMPORAL_TLS", "", "Temporal is reached without TLS"),
    ],
)
def test_what_is_for_trying_out_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as refused:
        load_settings()
    assert "FOLLOWTHROUGH_STRICT" in refused.value.what
    assert told in refused.value.what
    monkeypatch.setenv("FOLLOWTHROUGH_STRICT", "false")
    assert not load_settings().strict


def test_this_machine_itself_needs_no_encryption_on_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEMPORAL_TLS", "")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:7233")
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:8080")
    assert load_settings().strict
