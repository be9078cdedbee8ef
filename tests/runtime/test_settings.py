from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from runtime.problems import ExitCode, WrongSettings
from runtime.settings import Settings, load_settings
from runtime.settings_report import SettingsReport, settings_report
from runtime.stack_file import remove_stack, write_stack


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-temporal.toml"))
    monkeypatch.chdir(tmp_path)


def line(report: SettingsReport, variable: str):
    return next(line for line in report.settings if line.variable == variable)


def test_defaults_are_a_local_installation():
    settings = load_settings()
    assert settings.temporal.address == "localhost:7233"
    assert settings.temporal.namespace == "default"
    assert settings.jira.project == "FT"
    assert settings.data_dir == Path.cwd() / ".followthrough"
    assert settings.ledger_url.get_secret_value() == f"sqlite:///{settings.data_dir}/ledger.db"
    assert settings.desk_url == "http://127.0.0.1:8700"
    assert settings.clock_scale == 1
    assert settings.allow_unproven_decisions is False
    assert settings.policies.parts[-2:] == ("policies", "default")


def test_what_follows_from_another_setting_follows_it(monkeypatch, tmp_path):
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("FOLLOWTHROUGH_DESK_PORT", "9001")
    settings = load_settings()
    assert settings.signing_key_file == tmp_path / "elsewhere" / "signing-key.pem"
    assert str(tmp_path / "elsewhere") in settings.ledger_url.get_secret_value()
    assert settings.desk_url == "http://127.0.0.1:9001"


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("FOLLOWTHROUGH_CLOCK_SCALE", "")
    assert load_settings().clock_scale == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JIRA_URL", "example.atlassian.net"),
        ("JIRA_KIND", "server"),
        ("JIRA_PROJECT", "ft 1"),
        ("FOLLOWTHROUGH_CLOCK_SCALE", "fast"),
        ("FOLLOWTHROUGH_CLOCK_SCALE", "0"),
        ("FOLLOWTHROUGH_CLOCK_SCALE", "inf"),
        ("FOLLOWTHROUGH_DESK_PORT", "70000"),
        ("FOLLOWTHROUGH_LOG_FORMAT", "xml"),
        ("FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS", "perhaps"),
        ("FOLLOWTHROUGH_LEDGER_URL", "ledger.db"),
    ],
)
def test_a_wrong_value_is_a_sentence_that_names_the_variable_and_the_remedy(
    monkeypatch, variable, value
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    sentence = caught.value.sentence()
    assert sentence.startswith(variable)
    assert "Correct it, or unset it" in sentence
    assert caught.value.exit_code is ExitCode.WRONG_USE


def test_every_wrong_value_is_told_at_once(monkeypatch):
    monkeypatch.setenv("JIRA_KIND", "server")
    monkeypatch.setenv("FOLLOWTHROUGH_DESK_PORT", "x")
    monkeypatch.setenv("TEMPORAL_PROFILE", "missing")
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    for variable in ("JIRA_KIND", "FOLLOWTHROUGH_DESK_PORT", "TEMPORAL_PROFILE"):
        assert variable in caught.value.sentence()


def test_a_temporal_profile_is_honoured_and_named_as_the_source(monkeypatch, tmp_path):
    (tmp_path / "temporal.toml").write_text(
        '[profile.staging]\naddress = "temporal.example:7233"\nnamespace = "feedback"\n'
    )
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.setenv("TEMPORAL_PROFILE", "staging")
    settings = load_settings()
    assert settings.temporal.address == "temporal.example:7233"
    report = settings_report(settings)
    assert line(report, "TEMPORAL_ADDRESS").source == "Temporal profile"
    assert line(report, "TEMPORAL_PROFILE").source == "environment"


def test_the_report_names_sources_and_hides_secrets(monkeypatch):
    monkeypatch.setenv("JIRA_TOKEN", "s3cret-token")
    monkeypatch.setenv("JIRA_WEBHOOK_SECRET", "s3cret-hook")
    monkeypatch.setenv("FOLLOWTHROUGH_LEDGER_URL", "postgresql+psycopg://ft:s3cret-pw@db/ft")
    settings = load_settings()
    report = settings_report(settings)
    assert line(report, "JIRA_TOKEN").source == "environment"
    assert line(report, "JIRA_URL").source == "default"
    assert line(report, "FOLLOWTHROUGH_LEDGER_URL").value == "postgresql+psycopg://ft:***@db/ft"
    assert "s3cret" not in report.model_dump_json()
    assert "s3cret" not in repr(settings)


def test_a_misspelt_variable_is_told(monkeypatch):
    monkeypatch.setenv("FOLLOWTHROUGH_DATADIR", "x")
    report = settings_report(load_settings())
    assert report.notices == (
        "FOLLOWTHROUGH_DATADIR sets nothing. Did you mean FOLLOWTHROUGH_DATA_DIR?",
    )


def stack_variables() -> dict[str, str]:
    return {"TEMPORAL_ADDRESS": "127.0.0.1:17233", "JIRA_URL": "http://127.0.0.1:18701"}


def test_a_running_stack_supplies_what_the_environment_leaves_out(monkeypatch, tmp_path):
    data_dir = tmp_path / ".followthrough"
    data_dir.mkdir()
    monkeypatch.delenv("TEMPORAL_CONFIG_FILE")
    monkeypatch.setenv("HOME", str(tmp_path))
    write_stack(data_dir, {"pid": os.getpid()}, stack_variables())
    settings = load_settings()
    assert settings.temporal.address == "127.0.0.1:17233"
    assert settings.jira.url == "http://127.0.0.1:18701"
    assert line(settings_report(settings), "JIRA_URL").source == "running stack"
    monkeypatch.setenv("JIRA_URL", "https://jira.example")
    assert load_settings().jira.url == "https://jira.example"
    remove_stack(data_dir)
    monkeypatch.delenv("JIRA_URL")
    assert load_settings().temporal.address == "localhost:7233"


def test_a_stack_that_was_killed_supplies_nothing(tmp_path):
    data_dir = tmp_path / ".followthrough"
    data_dir.mkdir()
    write_stack(data_dir, {"pid": 2**22 - 1}, stack_variables())
    assert load_settings().jira.url == "http://127.0.0.1:8701"


def test_a_chosen_profile_outranks_the_running_stack(monkeypatch, tmp_path):
    data_dir = tmp_path / ".followthrough"
    data_dir.mkdir()
    write_stack(data_dir, {"pid": os.getpid()}, stack_variables())
    (tmp_path / "temporal.toml").write_text('[profile.staging]\naddress = "other:7233"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.setenv("TEMPORAL_PROFILE", "staging")
    assert load_settings().temporal.address == "other:7233"


def test_only_the_owner_may_read_the_variables_of_the_stack(tmp_path):
    write_stack(tmp_path, {"pid": os.getpid()}, {"JIRA_TOKEN": "t"})
    assert (tmp_path / "stack.env").stat().st_mode & 0o077 == 0
    assert "JIRA_TOKEN" not in (tmp_path / "stack.json").read_text()
    assert json.loads((tmp_path / "stack.json").read_text()) == {"pid": os.getpid()}


def test_moving_the_data_directory_moves_what_lies_in_it(tmp_path):
    settings: Settings = load_settings().with_data_dir(tmp_path / "moved")
    assert settings.signing_key_file == tmp_path / "moved" / "signing-key.pem"
    assert settings.ledger_url.get_secret_value() == f"sqlite:///{tmp_path / 'moved'}/ledger.db"


@pytest.mark.parametrize(
    ("user", "kind", "url"),
    [
        ("bot@example.com", "cloud", "https://example.atlassian.net"),
        ("bot@example.com", "cloud", "https://api.atlassian.com/ex/jira/1111-2222"),
        ("", "cloud", "https://api.atlassian.com/ex/jira/1111-2222"),
        ("", "datacenter", "https://jira.example.com/jira"),
    ],
)
def test_every_kind_of_jira_and_credential_is_accepted(
    monkeypatch: pytest.MonkeyPatch, user: str, kind: str, url: str
) -> None:
    for name, value in {"URL": f"{url}/", "USER": user, "KIND": kind, "TOKEN": "t"}.items():
        monkeypatch.setenv(f"JIRA_{name}", value)

    jira = load_settings().jira

    assert (jira.url, jira.user, jira.kind) == (url, user, kind)
    assert jira.site_url == url


def test_behind_the_gateway_people_open_jira_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_URL", "https://api.atlassian.com/ex/jira/1111-2222")
    monkeypatch.setenv("JIRA_SITE_URL", "https://example.atlassian.net/")

    assert load_settings().jira.site_url == "https://example.atlassian.net"


@pytest.mark.parametrize("path", ["", "/ex/jira", "/rest/api/2"])
def test_the_gateway_needs_to_know_which_site_is_meant(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("JIRA_URL", f"https://api.atlassian.com{path}")

    with pytest.raises(WrongSettings) as raised:
        load_settings()

    assert "/ex/jira/CLOUDID" in raised.value.sentence()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FOLLOWTHROUGH_SMTP_URL", "mail.example.com", "must be like smtp://host:587"),
        ("FOLLOWTHROUGH_SMTP_URL", "smtp://mail.example.com:587000", "must be like smtp://"),
        ("FOLLOWTHROUGH_SMTP_URL", "smtp://me:pw@mail.example.com", "without a user"),
        ("FOLLOWTHROUGH_SMTP_URL", "smtps://mail.example.com", "but FOLLOWTHROUGH_SMTP_URL is"),
        ("FOLLOWTHROUGH_MAIL_FROM", "Followthrough", "must be an address"),
        ("FOLLOWTHROUGH_NOTICE_WEBHOOK_URL", "http://hooks.slack.com/s", "must start with https"),
        ("FOLLOWTHROUGH_NOTICE_WEBHOOK_URL", "https://hooks.slack.com.evil.io/s", "names a host"),
        ("FOLLOWTHROUGH_NOTICE_WEBHOOK_URL", "https://169.254.169.254/s", "names a host"),
        ("FOLLOWTHROUGH_NOTICE_WEBHOOK_URL", "file:///etc/passwd", "must start with https"),
        ("FOLLOWTHROUGH_OIDC_ISSUER", "http://login.example.com", "must start with https"),
        ("FOLLOWTHROUGH_OIDC_ISSUER", "https://login.example.com", "FOLLOWTHROUGH_OIDC_CLIENT_ID"),
        ("FOLLOWTHROUGH_CUSTOMERS_URL", "http://crm.example.com/c.csv", "must start with https"),
    ],
)
def test_an_address_that_could_lead_astray_or_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as refused:
        load_settings()
    assert words in str(refused.value)
    if "WEBHOOK" in variable or "@" in value:
        assert value not in str(refused.value), "the address holds a secret"


def test_a_webhook_goes_to_hosts_that_were_allowed_and_to_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_NOTICE_WEBHOOK_HOSTS", "hooks.slack.com, chat.example.com")
    for url in ("https://chat.example.com/in/abc", "http://127.0.0.1:9000/in/abc"):
        monkeypatch.setenv("FOLLOWTHROUGH_NOTICE_WEBHOOK_URL", url)
        settings = load_settings()
        assert line(settings_report(settings), "FOLLOWTHROUGH_NOTICE_WEBHOOK_URL").value == (
            "(set, hidden)"
        )
