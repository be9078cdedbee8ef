from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.search import search_page
from local_jira.testing import RunningLocalJira
from models.failures import ISSUE_GONE, JIRA_AUTHENTICATION
from models.jira_view import Cursor
from tests.jira_gateway.jira_people import INTERPRETER, Desk, clients_of, gateway_of

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def lose(gateway: JiraGateway) -> None:
    """From here on our requests carry a token that Jira does not know any more."""
    client = gateway.clients.client()
    client._session.auth = (gateway.clients._credentials.user, "withdrawn")


def test_jira_shows_a_stranger_an_empty_page(site: RunningLocalJira) -> None:
    """The trap itself: 200 with no issues, even for a query that a known caller may not ask."""
    Desk(site).create()
    clients = clients_of(site, token="withdrawn")

    assert search_page(clients, 'project = "FT"', ("summary",))["issues"] == []
    assert search_page(clients, "nosuchfield = 1", ("summary",))["issues"] == []


def test_a_sweep_with_a_lost_credential_is_no_sweep_without_news(site: RunningLocalJira) -> None:
    gateway = JiraGateway(clients_of(site, token="withdrawn"), "FT")

    with pytest.raises(ApplicationError) as raised:
        list(gateway.changed_since(LONG_AGO))

    assert raised.value.type == JIRA_AUTHENTICATION.type
    assert raised.value.non_retryable


def test_a_credential_lost_between_two_calls_is_noticed_by_the_empty_page(
    site: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    Desk(site).create()
    gateway = gateway_of(site)
    real = gateway.clients.myself
    asked: list[bool] = []

    def lost_after_the_first(*, fresh: bool = False) -> object:
        if asked:
            return real(fresh=fresh)
        asked.append(fresh)
        known = real(fresh=fresh)
        lose(gateway)
        return known

    monkeypatch.setattr(gateway.clients, "myself", lost_after_the_first)

    with pytest.raises(ApplicationError) as raised:
        list(gateway.changed_since(LONG_AGO))

    assert raised.value.type == JIRA_AUTHENTICATION.type


def test_an_empty_page_costs_one_look_and_a_full_one_none(site: RunningLocalJira) -> None:
    Desk(site).create()
    gateway = gateway_of(site)
    list(gateway.changed_since(LONG_AGO))
    start = site.journal_position()
    list(gateway.changed_since(LONG_AGO))
    full = site.counts(start)
    start = site.journal_position()
    list(gateway.changed_since(datetime(2100, 1, 1, tzinfo=UTC)))
    empty = site.counts(start)

    assert full["GET /rest/api/2/myself"] == 1
    assert empty["GET /rest/api/2/myself"] == 2


def test_an_issue_hidden_from_a_stranger_is_not_taken_for_deleted(
    site: RunningLocalJira,
) -> None:
    issue_id, _ = Desk(site).create()
    gateway = gateway_of(site)
    gateway.own_account()
    lose(gateway)
    site.add_fault(method="GET", path_pattern=f"*/issue/{issue_id}", action="status", status=404)

    with pytest.raises(ApplicationError) as raised:
        gateway.read_issue(issue_id, Cursor(), INTERPRETER)

    assert raised.value.type == JIRA_AUTHENTICATION.type


def test_a_deleted_issue_is_gone_to_somebody_whom_jira_knows(site: RunningLocalJira) -> None:
    with pytest.raises(ApplicationError) as raised:
        gateway_of(site).read_issue("99999999", Cursor(), INTERPRETER)

    assert raised.value.type == ISSUE_GONE.type


def test_an_answer_without_an_account_is_a_strangers(site: RunningLocalJira) -> None:
    clients = JiraClients(site.url, JiraCredentials(user="", token=SecretStr("")))

    with pytest.raises(ApplicationError) as raised:
        clients.myself()

    assert raised.value.type == JIRA_AUTHENTICATION.type
