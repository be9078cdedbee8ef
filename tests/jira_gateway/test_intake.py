from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError

from jira_gateway import intake
from jira_gateway.client import JiraClients
from local_jira.testing import RunningLocalJira
from models.intake import IntakeRow
from models.names import SOURCE_PROPERTY
from tests.jira_gateway.jira_people import Desk, clients_of


@pytest.fixture
def clients(site: RunningLocalJira) -> JiraClients:
    return clients_of(site)


def row(number: str, **more: object) -> IntakeRow:
    values = {"summary": "The export fails", "description": "Since 4.2 it fails.", **more}
    return IntakeRow.model_validate({"source": "form", "submission_id": number, **values})


def count(site: RunningLocalJira, sent: IntakeRow) -> int:
    found = site.client().post(
        "/rest/api/2/search/jql",
        json={"jql": f'project = FT AND labels = "{intake.source_label(sent)}"'},
    )
    return len(found.json()["issues"])


def nap(seconds: float) -> None:
    """The local Jira's search does not lag."""


def test_a_row_becomes_an_issue_with_its_source(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    sent = row("a-1", customer="C-7", release="4.2", created_at=datetime(2026, 3, 1, tzinfo=UTC))
    outcome = intake.create_or_update(clients, "FT", sent, nap)
    assert outcome.created
    shown = Desk(site).look(outcome.issue_id)
    assert shown["fields"]["summary"] == "The export fails"
    assert shown["properties"][SOURCE_PROPERTY] == {
        "source": "form",
        "submission_id": "a-1",
        "customer": "C-7",
        "release": "4.2",
        "created_at": "2026-03-01T00:00:00+00:00",
    }


def test_sending_again_changes_nothing_and_doubles_nothing(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    first = intake.create_or_update(clients, "FT", row("b-1"), nap)
    before = site.journal_position()
    second = intake.create_or_update(clients, "FT", row("b-1"), nap)
    assert (second.issue_id, second.created, second.updated) == (first.issue_id, False, False)
    assert not [line for line in site.counts(before) if line.startswith(("PUT", "POST"))]
    assert count(site, row("b-1")) == 1


def test_sending_again_with_other_words_updates(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    first = intake.create_or_update(clients, "FT", row("c-1"), nap)
    second = intake.create_or_update(clients, "FT", row("c-1", summary="Still fails"), nap)
    assert (second.issue_id, second.created, second.updated) == (first.issue_id, False, True)
    assert Desk(site).look(first.issue_id)["fields"]["summary"] == "Still fails"


def test_a_label_that_a_person_copied_does_not_make_an_issue_the_rows(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    copied = Desk(site).create(labels=[intake.source_label(row("d-1"))])
    outcome = intake.create_or_update(clients, "FT", row("d-1"), nap)
    assert outcome.created
    assert outcome.issue_id != copied[0]


@pytest.mark.parametrize("action", ["reset_after", "error_after_commit", "truncate"])
def test_a_creation_that_was_cut_off_is_found_and_not_repeated(
    site: RunningLocalJira, clients: JiraClients, action: str
) -> None:
    sent = row(f"e-{action}")
    status = {"status": 502} if action == "error_after_commit" else {}
    site.add_fault(method="POST", path_pattern="*/issue", action=action, **status)
    outcome = intake.create_or_update(clients, "FT", sent, nap)
    assert outcome.created
    assert count(site, sent) == 1


def test_a_creation_that_never_arrived_is_reported(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    sent, waited = row("f-1"), []
    site.add_fault(method="POST", path_pattern="*/issue", action="status", status=503)
    with pytest.raises(ApplicationError) as caught:
        intake.create_or_update(clients, "FT", sent, waited.append)
    assert caught.value.type == "JiraUnavailable"
    assert waited == list(intake.LOOK_AGAIN_SECONDS)
    assert intake.create_or_update(clients, "FT", sent, nap).created


def test_a_row_that_jira_refuses_names_the_field(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    with pytest.raises(ApplicationError) as caught:
        intake.create_or_update(clients, "FT", row("g-1", issue_type="Nonsense"), nap)
    assert caught.value.type == "JiraRefused"
    assert caught.value.details[0]["fields"] == ["issuetype"]


@pytest.mark.parametrize(
    ("summary", "description", "shown"),
    [
        ("  two\n lines ", "", "two"),
        ("", "\n the first words\nmore", "the first words"),
        (" ", "", intake.NO_SUMMARY),
        ("x" * 300, "", "x" * 254 + "…"),
    ],
)
def test_every_row_has_a_summary_that_jira_takes(
    summary: str, description: str, shown: str
) -> None:
    assert intake.summary_of(row("h", summary=summary, description=description)) == shown


def test_a_text_beyond_jiras_limit_is_shortened_with_a_note(
    site: RunningLocalJira, clients: JiraClients
) -> None:
    sent = row("i-1", description="語" * 100_000)
    assert len(intake.description_of(sent)) < 32_767
    assert "100000 characters" in intake.description_of(sent)
    assert intake.create_or_update(clients, "FT", sent, nap).created
    assert not intake.create_or_update(clients, "FT", sent, nap).updated


def test_many_rows_are_looked_up_in_one_search_and_known_absent_ones_cost_one_call(
    site: RunningLocalJira, clients: JiraClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jira_gateway.search.PAGE", 2)
    rows = [row(f"j-{number}") for number in range(6)]
    made = [intake.create_or_update(clients, "FT", one, nap) for one in rows[:5]]
    Desk(site).create(labels=[intake.source_label(rows[5])])
    before = site.journal_position()
    found = intake.look_up(clients, "FT", rows)
    assert sum(site.counts(before).values()) == 3, "six candidates are three pages of two"
    assert found == {
        ("form", f"j-{number}"): (one.issue_id, one.issue_key) for number, one in enumerate(made)
    }
    before = site.journal_position()
    assert intake.create_or_update(clients, "FT", rows[5], nap, known_absent=True).created
    assert sum(site.counts(before).values()) == 1
