"""The words of an issue, read for somebody who looks at its item."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from jira_gateway.conversation import (
    MOST_CHARACTERS,
    MOST_MESSAGES,
    MOST_OF_THE_DESCRIPTION,
    read_conversation,
    search_words,
)
from local_jira.testing import RunningLocalJira
from models.failures import ISSUE_GONE
from tests.jira_gateway.jira_people import Desk, clients_of


def test_what_was_reported_and_said_is_read_in_one_call(site: RunningLocalJira) -> None:
    clients, ada, cora = clients_of(site), Desk(site), Desk(site, "cora")
    issue_id, _ = cora.create("My invoice is wrong", description="Twice charged")
    cora.comment(issue_id, "Please look")
    ada.comment(issue_id, "Looks odd", internal=True)
    clients.myself()
    said = read_conversation(clients, issue_id)
    assert clients.counter.totals()["conversation"] == 1
    assert (said.summary, said.description, said.cut) == (
        "My invoice is wrong",
        "Twice charged",
        False,
    )
    assert [(one.text, one.by_reporter, one.internal, one.ours) for one in said.messages] == [
        ("Please look", True, False, False),
        ("Looks odd", False, True, False),
    ]
    assert said.messages[0].author == said.reporter
    assert said.earlier == 0


def test_our_own_comments_are_told_from_peoples(site: RunningLocalJira) -> None:
    clients = clients_of(site)
    issue_id, key = Desk(site).create()
    clients.post(f"issue/{key}/comment", {"body": "We have received this."})
    (message,) = read_conversation(clients, issue_id).messages
    assert message.ours
    assert not message.by_reporter


def test_a_long_conversation_shows_its_newest_words_and_counts_the_rest(
    site: RunningLocalJira,
) -> None:
    cora = Desk(site, "cora")
    issue_id, _ = cora.create(description="d" * (MOST_OF_THE_DESCRIPTION + 1))
    for number in range(MOST_MESSAGES + 2):
        cora.comment(issue_id, f"Word {number}")
    cora.comment(issue_id, "w" * (MOST_CHARACTERS + 1))
    said = read_conversation(clients_of(site), issue_id)
    assert (len(said.messages), said.earlier) == (MOST_MESSAGES, 3)
    assert said.messages[0].text == "Word 3"
    assert (len(said.messages[-1].text), said.messages[-1].cut) == (MOST_CHARACTERS, True)
    assert (len(said.description), said.cut) == (MOST_OF_THE_DESCRIPTION, True)


def test_the_words_of_a_deleted_issue_are_gone(site: RunningLocalJira) -> None:
    with pytest.raises(ApplicationError) as caught:
        read_conversation(clients_of(site), "999999")
    assert caught.value.type == ISSUE_GONE.type


def test_issues_are_found_by_words_whatever_stands_between_them(site: RunningLocalJira) -> None:
    cora, clients = Desk(site, "cora"), clients_of(site)
    _, key = cora.create("The zeppelin wobbles", description='He said "at noon"')
    cora.create("The zeppelin is fine")
    (found,) = search_words(clients, "FT", 'Wobbles\\ zeppelin" - noon')
    assert (found.issue_key, found.summary) == (key, "The zeppelin wobbles")
    assert search_words(clients, "FT", ' "*~ ') == ()
