"""A worker that could only park what it takes does not start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from local_jira.testing import running_local_jira
from runtime.problems import Unreachable, WrongSettings
from runtime.settings import JiraSettings, Settings, load_temporal_settings
from worker import refuse_a_broken_start


def settings_for(directory: Path, url: str, token: str, **changes: object) -> Settings:
    jira = JiraSettings(
        url=url, user="followthrough-bot@followthrough.example", token=SecretStr(token)
    )
    settings = Settings(temporal=load_temporal_settings({}), jira=jira, data_dir=directory)
    return settings.model_copy(update=changes)


def test_a_credential_that_jira_refuses_stops_the_start(tmp_path: Path) -> None:
    with running_local_jira() as site, pytest.raises(Unreachable, match="refuses the credential"):
        refuse_a_broken_start(settings_for(tmp_path, site.url, "not-the-token"))


def test_policies_that_do_not_load_stop_the_start_and_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"sla\.yaml"):
        refuse_a_broken_start(
            settings_for(tmp_path, "http://127.0.0.1:1", "any", policies=tmp_path)
        )


def test_a_jira_that_does_not_answer_yet_is_no_reason_to_stop(tmp_path: Path) -> None:
    refuse_a_broken_start(settings_for(tmp_path, "http://127.0.0.1:1", "any"))


def test_a_worker_with_a_good_credential_starts(tmp_path: Path) -> None:
    with running_local_jira() as site:
        refuse_a_broken_start(settings_for(tmp_path, site.url, site.bot_auth[1]))


def test_a_language_model_that_is_named_without_its_extra_stops_the_start_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)  # as Python has it: not to be found
    named = settings_for(tmp_path, "http://127.0.0.1:1", "any", language_model="openai:any")
    with pytest.raises(WrongSettings, match=r"pip install 'followthrough\[llm\]'") as refused:
        refuse_a_broken_start(named)
    assert "FOLLOWTHROUGH_LANGUAGE_MODEL" in refused.value.sentence()


def test_a_language_model_that_nobody_offers_stops_the_start(tmp_path: Path) -> None:
    named = settings_for(tmp_path, "http://127.0.0.1:1", "any", language_model="nonsense")
    with pytest.raises(WrongSettings, match="nonsense cannot be used"):
        refuse_a_broken_start(named)


def test_a_language_model_that_can_be_made_lets_the_worker_start(tmp_path: Path) -> None:
    named = settings_for(tmp_path, "http://127.0.0.1:1", "any", language_model="test")
    refuse_a_broken_start(named)
