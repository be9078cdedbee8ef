"""What a refusal holds back, when somebody looks again, and that all goes on by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.holds import FIRST_SECONDS, LONGEST_SECONDS, Holds
from local_jira.testing import RunningLocalJira
from models.failures import (
    ISSUE_GONE,
    JIRA_AUTHENTICATION,
    JIRA_HELD,
    JIRA_ISSUE_PERMISSION,
    JIRA_PERMISSION,
    JIRA_UNAVAILABLE,
    Failure,
)
from models.jira_view import Cursor
from tests.jira_gateway.jira_people import INTERPRETER, Desk, clients_of, gateway_of, view_of


def failing(failure: Failure) -> ApplicationError:
    return ApplicationError("made up", type=failure.type, non_retryable=not failure.retryable)


@dataclass
class Breaker:
    """Holds with a clock of the test's own, over a Jira of which only its looks are played."""

    now: float = 0.0
    refused: dict[str | None, Failure] = field(default_factory=dict)
    looks: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.holds = Holds(self._look, lambda: self.now)

    def _look(self, place: str | None) -> None:
        self.looks.append(place)
        if place in self.refused:
            raise failing(self.refused[place])

    def call(self, project: str, failure: Failure | None = None) -> str:
        """What becomes of a call that meets this failure when it is admitted."""
        try:
            with self.holds.admitted(project):
                if failure is not None:
                    raise failing(failure)
        except ApplicationError as error:
            return str(error.type)
        return "done"


def test_a_refused_credential_holds_every_project_back() -> None:
    breaker = Breaker()
    assert breaker.call("FT", JIRA_AUTHENTICATION) == JIRA_AUTHENTICATION.type
    assert breaker.call("FT") == breaker.call("PROD") == JIRA_HELD.type


def test_a_refused_permission_holds_its_project_back_and_no_other() -> None:
    breaker = Breaker()
    breaker.call("FT", JIRA_PERMISSION)
    assert breaker.call("FT") == JIRA_HELD.type
    assert breaker.call("PROD") == "done"


@pytest.mark.parametrize("failure", [ISSUE_GONE, JIRA_ISSUE_PERMISSION, JIRA_UNAVAILABLE])
def test_what_concerns_one_issue_or_mends_itself_holds_nothing_back(failure: Failure) -> None:
    breaker = Breaker()
    breaker.call("FT", failure)
    assert breaker.call("FT") == "done"


def test_after_a_while_one_call_looks_and_all_go_on_when_it_is_mended() -> None:
    breaker = Breaker()
    breaker.call("FT", JIRA_PERMISSION)
    breaker.now = FIRST_SECONDS
    assert [breaker.call("FT") for _ in range(3)] == ["done", "done", "done"]
    assert breaker.looks == ["FT"]


def test_while_it_is_not_mended_the_looks_become_rarer_up_to_a_minute() -> None:
    breaker = Breaker(refused={None: JIRA_AUTHENTICATION})
    breaker.call("FT", JIRA_AUTHENTICATION)
    for _ in range(3600):
        breaker.now += 1
        assert breaker.call("FT") == JIRA_HELD.type
    assert len(breaker.looks) == pytest.approx(3600 / LONGEST_SECONDS, abs=5)


def test_a_held_call_is_told_when_to_come_again() -> None:
    breaker = Breaker()
    breaker.call("FT", JIRA_AUTHENTICATION)
    breaker.now = 2
    with pytest.raises(ApplicationError) as caught, breaker.holds.admitted("FT"):
        pass
    assert caught.value.next_retry_delay == timedelta(seconds=FIRST_SECONDS - 2)
    assert not caught.value.non_retryable


def test_a_look_that_finds_out_more_holds_more_back() -> None:
    breaker = Breaker(refused={"FT": JIRA_AUTHENTICATION})
    breaker.call("FT", JIRA_PERMISSION)
    breaker.now = FIRST_SECONDS
    assert breaker.call("FT") == JIRA_AUTHENTICATION.type
    assert breaker.call("PROD") == JIRA_HELD.type


def type_of(gateway: JiraGateway, issue: tuple[str, str]) -> str:
    """How reading an issue fails."""
    with pytest.raises(ApplicationError) as caught:
        gateway.read_issue(issue[0], Cursor(), INTERPRETER, issue[1])
    return str(caught.value.type)


def test_after_a_refused_sign_in_no_further_call_reaches_jira(site: RunningLocalJira) -> None:
    issue = Desk(site).create()
    gateway = JiraGateway(clients_of(site, "withdrawn"), "FT")
    assert type_of(gateway, issue) == JIRA_AUTHENTICATION.type
    since = site.journal_position()
    assert [type_of(gateway, issue) for _ in range(5)] == [JIRA_HELD.type] * 5
    assert sum(site.counts(since).values()) == 0


def test_a_right_that_the_whole_project_lacks_holds_it_back(site: RunningLocalJira) -> None:
    issue = Desk(site, "cora").create()
    user, password = site.auth_of("cora")
    clients = JiraClients(site.url, JiraCredentials(user=user, token=SecretStr(password)))
    gateway = JiraGateway(clients, "FT")
    site.add_fault(method="GET", path_pattern=f"*/issue/{issue[0]}", action="status", status=403)
    assert type_of(gateway, issue) == JIRA_PERMISSION.type
    with pytest.raises(ApplicationError) as caught:
        gateway.project(view_of(issue, priority="High"), INTERPRETER)
    assert caught.value.type == JIRA_HELD.type
    assert JIRA_PERMISSION.type in str(caught.value)


def test_a_right_that_one_issue_refuses_stops_that_issue_only(site: RunningLocalJira) -> None:
    locked, free = Desk(site).create(), Desk(site).create()
    gateway = gateway_of(site)
    site.add_fault(method="PUT", path_pattern=f"*/issue/{locked[0]}", action="status", status=403)
    with pytest.raises(ApplicationError) as caught:
        gateway.project(view_of(locked, priority="High"), INTERPRETER)
    assert caught.value.type == JIRA_ISSUE_PERMISSION.type
    assert gateway.project(view_of(free, priority="High"), INTERPRETER).result.written
