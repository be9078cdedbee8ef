from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from local_jira.testing import RunningLocalJira, running_local_jira
from runtime.jira_webhook import EVENTS, WEBHOOK_PATH, WEBHOOKS
from runtime.settings import SHIPPED_POLICIES

DESK = "http://127.0.0.1:9"


@pytest.fixture
def site() -> Iterator[RunningLocalJira]:
    with running_local_jira() as running:
        yield running


@pytest.fixture
def configured(
    site: RunningLocalJira, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunningLocalJira:
    """Settings that point at the site, as our own account."""
    sign_in(monkeypatch, *site.bot_auth)
    monkeypatch.setenv("JIRA_URL", site.url)
    monkeypatch.setenv("FOLLOWTHROUGH_DESK_URL", DESK)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    return site


def sign_in(monkeypatch: pytest.MonkeyPatch, user: str, token: str) -> None:
    monkeypatch.setenv("JIRA_USER", user)
    monkeypatch.setenv("JIRA_TOKEN", token)


def add_webhook(site: RunningLocalJira, **changes: Any) -> None:
    body = {
        "name": "desk",
        "url": f"{DESK}{WEBHOOK_PATH}",
        "events": list(EVENTS),
        "secret": "a secret",
        **changes,
    }
    with site.client(site.admin_auth) as admin:
        answer = admin.post(WEBHOOKS, json=body)
    assert answer.status_code == 201, answer.text


def add_issue(site: RunningLocalJira) -> None:
    fields = {
        "project": {"key": "FT"},
        "issuetype": {"name": "Feedback"},
        "summary": "Anything",
    }
    with site.client() as bot:
        assert bot.post("/rest/api/2/issue", json={"fields": fields}).status_code == 201


def checked() -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code, and the lines by part."""
    result = CliRunner().invoke(cli.app, ["jira-setup", "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in json.loads(result.stdout)["findings"]:
        lines.setdefault(line["part"], []).append(line)
    return result.exit_code, lines


def test_a_jira_that_is_ready_is_ok_in_every_line(configured: RunningLocalJira) -> None:
    add_issue(configured)
    add_webhook(configured)

    code, lines = checked()

    assert code == 0, [line for many in lines.values() for line in many if line["health"] != "ok"]
    for part in (
        "jira",
        "jira server",
        "jira account",
        "jira project",
        "permissions",
        "statuses",
        "priorities",
        "resolutions",
        "link types",
        "edit screen",
        "transitions",
        "jira webhook",
    ):
        assert lines[part][0]["health"] == "ok", lines[part]
    assert "Cloud 1001" in lines["jira server"][0]["what"]


def test_it_changes_nothing_in_jira(configured: RunningLocalJira) -> None:
    before = configured.journal_position()

    checked()

    methods = {request["method"] for request in configured.journal(before)}
    assert methods == {"GET"}, "a check that writes needs rights that it does not list"


def test_rights_beyond_those_needed_are_told(configured: RunningLocalJira) -> None:
    told = checked()[1]["permissions"]

    assert [line["health"] for line in told] == ["ok", "note"]
    assert "never needed" in told[1]["what"]


def test_an_empty_project_is_no_fault_and_says_how_to_see_its_screen(
    configured: RunningLocalJira,
) -> None:
    (line,) = checked()[1]["edit screen"]

    assert line["health"] == "note"
    assert "Create one" in line["remedy"]


def test_a_missing_webhook_says_where_to_click_and_what_to_type(
    configured: RunningLocalJira,
) -> None:
    code, lines = checked()

    (line,) = lines["jira webhook"]
    assert (code, line["health"]) == (1, "wrong")
    assert f"{configured.url}/plugins/servlet/webhooks" in line["remedy"]
    assert f"{DESK}{WEBHOOK_PATH}" in line["remedy"]
    assert all(event in line["remedy"] for event in EVENTS)


@pytest.mark.parametrize(
    ("webhook", "told"),
    [
        ({"secret": None}, "not signed"),
        ({"enabled": False}, "switched off"),
        ({"events": list(EVENTS[:2])}, "does not send jira:issue_deleted, comment_created"),
        ({"url": "http://127.0.0.1:9/elsewhere"}, "leads to"),
    ],
)
def test_a_webhook_that_does_not_serve_is_named(
    configured: RunningLocalJira, webhook: dict[str, Any], told: str
) -> None:
    add_webhook(configured, **webhook)

    (line,) = checked()[1]["jira webhook"]

    assert line["health"] == "wrong"
    assert told in line["what"]


def test_who_is_no_administrator_is_told_what_to_look_at_by_hand(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, *configured.auth_of("ada"))

    (line,) = checked()[1]["jira webhook"]

    assert line["health"] == "note"
    assert f"{DESK}{WEBHOOK_PATH}" in line["remedy"]
    assert all(event in line["remedy"] for event in EVENTS)


def test_a_persons_own_account_is_refused(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, *configured.auth_of("ada"))

    code, lines = checked()

    assert code == 1
    assert lines["jira account"][0]["health"] == "wrong"
    assert "Ada Agent" in lines["jira account"][0]["what"]


def test_each_missing_right_is_a_line_with_its_purpose(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, *configured.auth_of("cora"))

    code, lines = checked()

    told = [line["what"] for line in lines["permissions"] if line["health"] == "wrong"]
    assert code == 1
    assert any("needed to set the due date" in what for what in told), told
    assert any("needed to move issues" in what for what in told), told


def test_names_of_the_policy_that_jira_does_not_have_are_named(
    configured: RunningLocalJira, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(SHIPPED_POLICIES, policies)
    sla = policies / "sla.yaml"
    text = sla.read_text().replace("[Waiting for customer]", "[Waiting for Godot]")
    text = text.replace("fixed: Fixed", "fixed: Mended").replace("Fixed: fixed", "Mended: fixed")
    text = text.replace("done: [Done, Resolved, Closed]", "done: [Over]")
    sla.write_text(text)
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(policies))

    code, lines = checked()

    told = {line["what"]: line for line in (*lines["statuses"], *lines["resolutions"])}
    assert code == 1
    assert any("Over" in what and line["health"] == "note" for what, line in told.items()), told
    godot = next(line for what, line in told.items() if "Waiting for Godot" in what)
    assert "In Progress" in godot["remedy"], "it must say which statuses there are"
    assert "missing: Mended." in told


def test_a_lost_credential_is_told_at_once_and_nothing_else_is_asked(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, configured.bot_auth[0], "expired")

    code, lines = checked()

    assert code == 1
    assert list(lines) == ["jira"]
    assert "stranger" in lines["jira"][0]["what"]
    assert "JIRA_TOKEN" in lines["jira"][0]["remedy"]


def test_a_silent_jira_is_exit_code_3(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")

    code, lines = checked()

    assert code == 3
    assert lines["jira"][0]["health"] == "unreachable"


def test_a_project_that_is_not_there_is_named(
    configured: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_PROJECT", "NOPE")

    code, lines = checked()

    assert code == 1
    assert "no project NOPE" in lines["jira project"][0]["what"]


def test_a_data_center_below_a_context_path_is_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_local_jira(mode="datacenter", context_path="/jira") as site:
        monkeypatch.setenv("JIRA_URL", site.url)
        sign_in(monkeypatch, "", site.bot_auth[1])
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
        as_cloud = checked()[1]
        monkeypatch.setenv("JIRA_KIND", "datacenter")
        lines = checked()[1]

    assert as_cloud["jira server"][0]["remedy"] == "Set JIRA_KIND=datacenter."
    assert lines["jira server"][0]["health"] == "ok"
    assert lines["permissions"][0]["health"] == "ok"
    assert "/jira/plugins/servlet/webhooks" in lines["jira webhook"][0]["remedy"]
