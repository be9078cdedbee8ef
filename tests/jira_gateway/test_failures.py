import json
import traceback
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.api.failure.v1 import Failure as WireFailure
from temporalio.converter import DefaultFailureConverter, default
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.failures import endpoint_template
from jira_gateway.gateway import JiraGateway
from local_jira.testing import RunningLocalJira
from models.failures import FAILURES_BY_TYPE
from models.jira_view import Cursor
from tests.jira_gateway.jira_people import INTERPRETER, Desk, clients_of, gateway_of

WORDS = "my card number is 4111"


def failure_of(site: RunningLocalJira, **fault: Any) -> ApplicationError:
    """What reading an issue raises under a fault."""
    gateway, issue = gateway_of(site), Desk(site).create(WORDS)
    gateway.own_account()
    site.add_fault(method="GET", path_pattern="*/issue/*", **fault)
    before = site.journal_position()
    with pytest.raises(ApplicationError) as caught:
        gateway.read_issue(issue[0], Cursor(), INTERPRETER)
    # A slow call of another test is still under way, so only this issue's count.
    looks = [one for one in site.journal(before) if one["path"].endswith(f"/issue/{issue[0]}")]
    assert len(looks) <= 1, "nothing but Temporal may retry"
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "JiraRefused"),
        (401, "JiraAuthentication"),
        (403, "JiraIssuePermission"),
        (404, "IssueGone"),
        (408, "JiraUnavailable"),
        (409, "JiraConflict"),
        (410, "JiraRefused"),
        (413, "JiraRefused"),
        (422, "JiraRefused"),
        (429, "JiraRateLimited"),
        (500, "JiraUnavailable"),
        (502, "JiraUnavailable"),
        (503, "JiraUnavailable"),
        (504, "JiraUnavailable"),
    ],
)
def test_each_status_becomes_its_failure(site: RunningLocalJira, status: int, kind: str) -> None:
    failure = failure_of(site, action="status", status=status)
    assert failure.type == kind
    assert failure.non_retryable is not FAILURES_BY_TYPE[kind].retryable
    assert failure.message.startswith(f"GET issue/{{id}} answered {status}")
    assert failure.details[0]["status"] == status


@pytest.mark.parametrize("action", ["reset_before", "reset_after", "truncate"])
def test_a_broken_connection_is_an_outage(site: RunningLocalJira, action: str) -> None:
    failure = failure_of(site, action=action)
    assert failure.type == "JiraUnavailable"
    assert not failure.non_retryable
    assert failure.details[0]["method"] == "GET"


def test_silence_is_an_outage(site: RunningLocalJira, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jira_gateway.client.READ_SECONDS", 0.2)
    failure = failure_of(site, action="slow", delay_seconds=1)
    assert failure.type == "JiraUnavailable"


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("1.5", timedelta(seconds=1.5)),
        ("Fri, 01 Jan 2021 00:00:00 GMT", timedelta(seconds=0.1)),
        (None, None),
    ],
)
def test_a_rate_limit_tells_temporal_how_long_to_wait(
    site: RunningLocalJira, retry_after: str | None, wait: timedelta | None
) -> None:
    rule = (
        {"action": "retry_after"}
        if retry_after is None
        else {"action": "retry_after", "retry_after": retry_after}
    )
    failure = failure_of(site, **rule)
    assert failure.type == "JiraRateLimited"
    assert failure.next_retry_delay == wait


def test_an_outage_that_says_how_long_is_obeyed_too(site: RunningLocalJira) -> None:
    failure = failure_of(site, action="retry_after", status=503, retry_after="30")
    assert failure.type == "JiraUnavailable"
    assert failure.next_retry_delay == timedelta(seconds=30)


def test_no_word_of_the_answer_gets_into_the_failure(site: RunningLocalJira) -> None:
    body = {
        "errorMessages": [WORDS],
        "errors": {"summary": WORDS, f"x {WORDS} {{}}": "y", "customfield_1": WORDS},
    }
    for action in ("status", "error_after_commit"):
        failure = failure_of(site, action=action, status=400, body=body)
        wire = WireFailure()
        DefaultFailureConverter().to_failure(failure, default().payload_converter, wire)
        trace = "".join(traceback.format_exception(failure))
        said = str(wire) + trace + json.dumps(failure.details)
        assert WORDS not in said
        assert "local-bot-token" not in said
        assert failure.details[0]["fields"] == ["customfield_1", "summary"]


def test_a_truncated_answer_leaves_no_word_in_the_log(
    site: RunningLocalJira, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger="jira")
    failure_of(site, action="truncate")
    assert WORDS not in caplog.text
    assert WORDS not in capfd.readouterr().err


def test_a_wrong_token_asks_for_the_operator(site: RunningLocalJira) -> None:
    gateway = JiraGateway(clients_of(site, "wrong"), "FT")
    with pytest.raises(ApplicationError) as caught:
        gateway.read_issue("10000", Cursor(), INTERPRETER)
    assert caught.value.type == "JiraAuthentication"
    assert caught.value.non_retryable


def test_nobody_listening_is_an_outage() -> None:
    clients = JiraClients("http://127.0.0.1:9", JiraCredentials(user="a", token=SecretStr("b")))
    with pytest.raises(ApplicationError) as caught:
        clients.client()
    assert caught.value.type == "JiraUnavailable"


def test_calls_are_counted_for_each_operation(site: RunningLocalJira) -> None:
    gateway, issue = gateway_of(site), Desk(site).create()
    gateway.own_account()
    before = site.journal_position()
    gateway.read_issue(issue[0], Cursor(), INTERPRETER)
    site.add_fault(method="GET", path_pattern="*/issue/*", action="status", status=500)
    with pytest.raises(ApplicationError):
        gateway.read_issue(issue[0], Cursor(), INTERPRETER)
    assert gateway.calls() == {"connect": 2, "read": 2}
    assert sum(site.counts(before).values()) == 2


def test_an_endpoint_is_named_without_ids_and_keys() -> None:
    base = "https://example.test/jira/rest/api/2"
    assert (
        endpoint_template(f"{base}/issue/FT-12/comment/991?expand=x") == "issue/{id}/comment/{id}"
    )
    assert endpoint_template(f"{base}/search/jql?jql=secret") == "search/jql"
    assert endpoint_template("https://example.test/elsewhere") == "elsewhere"
