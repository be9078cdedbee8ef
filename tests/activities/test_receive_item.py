from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.customers import Customers
from activities.interpreter import JiraInterpreter
from activities.jira import JiraActivities
from activities.policy_source import PolicySource
from activities.receive import Pinning, ReceiveActivities
from jira_gateway import intake
from ledger.records import IndexedItem
from ledger.store import Ledger
from local_jira.testing import RunningLocalJira
from models.activity_io import ReadInput, Received, ReceiveInput
from models.addresses import Addresses
from models.events import Event, EventKind, LedgerEntry
from models.intake import IntakeRow
from models.item import ANONYMOUS
from models.jira_view import Cursor, DesiredComment, Side
from models.lifecycle import Severity
from policies import commands
from policies.loader import DEFAULT_DIRECTORY
from runtime.signing import SigningKey
from tests.jira_gateway.jira_people import Desk, clients_of, gateway_of, view_of

REFUND = "Charged twice for my subscription, I want a refund of the second invoice payment"

ADDRESSES = Addresses(jira="https://jira.example", desk="https://desk.example")


class Room:
    """Everything a worker gives to the activities, on real parts."""

    def __init__(self, site: RunningLocalJira, ledger: Ledger, key: SigningKey) -> None:
        self.site, self.ledger = site, ledger
        self.gateway = gateway_of(site)
        self.policies = PolicySource(DEFAULT_DIRECTORY)
        self.interpreter = JiraInterpreter(self.policies.people, commands.parse, key)
        self.jira = JiraActivities(self.gateway, self.interpreter, ledger)
        self.pinning = Pinning(scale=1.0, trusted_keys=key.public_keys, allow_unproven=False)

    def receive(self, issue_id: str, policies: Path | None = None) -> Received:
        """What the activity returns for an issue."""
        activities = ReceiveActivities(
            self.gateway,
            self.interpreter,
            PolicySource(policies) if policies else self.policies,
            Customers(None, b"pepper"),
            self.ledger,
            pinning=self.pinning,
            addresses=ADDRESSES,
        )
        request = ReceiveInput(
            issue_id=issue_id, workflow_id=f"feedback-{issue_id}", now=datetime.now(UTC)
        )
        received = ActivityEnvironment().run(activities.receive_item, request)
        assert isinstance(received, Received)
        return received


@pytest.fixture
def room(site: RunningLocalJira, ledger: Ledger, key: SigningKey) -> Room:
    return Room(site, ledger, key)


def test_a_customers_issue_is_triaged_and_pinned_in_one_call(room: Room) -> None:
    issue_id, key = Desk(room.site, "cora").create(REFUND, description="It is wrong.")
    room.gateway.own_account()
    before = room.site.journal_position()
    received = room.receive(issue_id)
    assert sum(room.site.counts(before).values()) == 1
    assert received.item.issue_key == key
    assert received.triage.category.value in ("refund", "billing")
    assert received.triage.owner is not None
    assert received.snapshot.version == room.policies.current().version
    assert set(received.snapshot.rules) == set(Severity)
    assert received.item.customer.reference != ANONYMOUS
    assert received.item.text_length == len(REFUND) + len("It is wrong.")


def test_no_word_of_the_customer_leaves_the_activity(room: Room) -> None:
    words = "Zyzzyva quokka made my ledger vanish"
    issue_id, _ = Desk(room.site, "cora").create(words, description=f"{words} again")
    Desk(room.site, "cora").comment(issue_id, f"{words} once more")
    received = room.receive(issue_id).model_dump_json().casefold()
    assert "zyzzyva" not in received
    assert "quokka" not in received


@pytest.mark.parametrize(
    ("summary", "description"),
    [
        ("?", ""),
        ("請求が二重です。返金してください。", "二重に請求されました。" * 10),
        ("Long", "it crashes all the time " * 1360),
        ("\u200b", "\x0b\u202e \U0001f600"),
    ],
)
def test_odd_texts_are_received_like_any_other(room: Room, summary: str, description: str) -> None:
    issue_id, _ = Desk(room.site, "cora").create(summary, description=description)
    received = room.receive(issue_id)
    assert received.triage.category.value
    assert received.triage.severity_level in Severity


def test_what_intake_wrote_down_is_known(room: Room) -> None:
    row = IntakeRow(
        source="form", submission_id="r-1", summary=REFUND, description="", customer="C-77",
        release="4.2", country="DE",
    )  # fmt: skip
    made = intake.create_or_update(clients_of(room.site), "FT", row)
    item = room.receive(made.issue_id).item
    assert (item.source, item.submission_id, item.release) == ("form", "r-1", "4.2")
    assert item.customer.reference == Customers(None, b"pepper").reference("C-77")
    assert item.customer.country == "DE"


def test_an_issue_that_a_colleague_typed_in_has_no_customer(room: Room) -> None:
    issue_id, _ = Desk(room.site).create(REFUND)
    assert room.receive(issue_id).item.customer.reference == ANONYMOUS


def test_a_resembling_item_is_found_and_receiving_again_finds_the_same(room: Room) -> None:
    cora = Desk(room.site, "cora")
    first = cora.create(REFUND)
    room.receive(first[0])
    second = cora.create("I was charged twice for the subscription and want a refund")
    for _ in range(2):
        (similar,) = room.receive(second[0]).triage.similar
        assert similar.issue_key == first[1]
        assert similar.same_customer


def test_a_customer_who_comes_back_within_the_watch_is_recognised(room: Room) -> None:
    cora = Desk(room.site, "cora")
    first, second = cora.create(REFUND), cora.create(f"{REFUND}, still")
    received = room.receive(first[0])
    assert room.receive(second[0]).triage.recontact_of is None
    now = datetime.now(UTC)
    room.ledger.append((_entry(received, EventKind.DECIDED, now, now + timedelta(days=7)),))
    again = room.receive(second[0]).triage.recontact_of
    assert again is not None
    assert (again.issue_key, again.workflow_id) == (first[1], f"feedback-{first[0]}")
    assert room.receive(first[0]).triage.recontact_of is None


def test_a_watch_that_ran_out_recognises_nobody(room: Room) -> None:
    cora = Desk(room.site, "cora")
    first, second = cora.create(REFUND), cora.create(REFUND)
    received = room.receive(first[0])
    past = datetime.now(UTC) - timedelta(days=1)
    room.ledger.append((_entry(received, EventKind.DECIDED, past, past),))
    assert room.receive(second[0]).triage.recontact_of is None


def test_commands_of_an_earlier_life_are_not_obeyed_again(room: Room) -> None:
    issue_id, _ = Desk(room.site, "cora").create(REFUND)
    Desk(room.site, "lena").comment(issue_id, "/resolve answered all is explained")
    received = room.receive(issue_id)
    assert len(received.observed.comments) == 1
    now = datetime.now(UTC)
    room.ledger.append((_entry(received, EventKind.PARKED, now),))
    assert len(room.receive(issue_id).observed.comments) == 1
    room.ledger.append((_entry(received, EventKind.RECEIVED, now),))
    room.ledger.append((_entry(received, EventKind.CLOSED, now),))
    said = Desk(room.site, "cora").comment(issue_id, "It is not explained at all")
    observed = room.receive(issue_id).observed
    assert [one.comment_id for one in observed.comments] == [said]
    assert observed.cursor.comment_id == said


def test_broken_policies_stop_the_item_and_name_the_line(room: Room, tmp_path: Path) -> None:
    issue_id, _ = Desk(room.site, "cora").create(REFUND)
    for file in DEFAULT_DIRECTORY.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "sla.yaml").write_text("targets: [")
    with pytest.raises(ApplicationError) as caught:
        room.receive(issue_id, tmp_path)
    assert caught.value.type == "PolicyInvalid"
    assert caught.value.non_retryable
    assert "sla.yaml:1:" in caught.value.message


def test_people_are_known_as_before_while_the_files_are_broken(tmp_path: Path) -> None:
    for file in DEFAULT_DIRECTORY.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    source = PolicySource(tmp_path)
    assert source.people().by_id("lena") is not None
    (tmp_path / "people.yaml").write_text("people: [")
    assert source.people().by_id("lena") is not None
    with pytest.raises(ApplicationError):
        source.current()


def test_a_ledger_that_cannot_be_read_is_worth_repeating(room: Room) -> None:
    issue_id, _ = Desk(room.site, "cora").create(REFUND)
    room.policies.current()
    with room.ledger._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE item_index RENAME TO gone")
    with pytest.raises(ApplicationError) as caught:
        room.receive(issue_id)
    assert caught.value.type == "LedgerUnavailable"
    assert not caught.value.non_retryable


def test_reading_and_projecting_keep_the_mark_for_the_sweep(room: Room) -> None:
    issue = Desk(room.site, "cora").create(REFUND)
    room.receive(issue[0])
    received = room.ledger.known_mark(issue[0])
    note = DesiredComment(operation_id="life/1", body="Triaged.")
    result = room.jira.project_to_jira(view_of(issue, comments=(note,)))
    assert result.confirmed == ("life/1",)
    assert room.ledger.known_mark(issue[0]) == received
    Desk(room.site, "lena").comment(issue[0], "Hello Cora")
    seen = room.jira.read_issue(ReadInput(issue_id=issue[0], cursor=Cursor()))
    assert [one.side for one in seen.comments] == [Side.STAFF]
    assert room.ledger.known_mark(issue[0]) != received


def test_a_mark_that_cannot_be_kept_does_not_stop_a_reading(room: Room) -> None:
    issue = Desk(room.site, "cora").create(REFUND)
    with room.ledger._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE watermarks RENAME TO gone")
    assert room.jira.read_issue(ReadInput(issue_id=issue[0], cursor=Cursor())).issue_id == issue[0]


def _entry(
    received: Received, kind: EventKind, at: datetime, watch_until: datetime | None = None
) -> LedgerEntry:
    item = received.item
    facts = {"watch_until": watch_until.isoformat()} if watch_until else {}
    return LedgerEntry(
        issue_id=item.issue_id,
        issue_key=item.issue_key,
        workflow_id=f"feedback-{item.issue_id}",
        customer=item.customer.reference,
        category=received.triage.category.value,
        event=Event(
            operation_id=f"{item.issue_id}/{kind}", sequence=1, kind=kind, at=at, summary=kind,
            facts=facts,
        ),
    )  # fmt: skip


def test_the_index_row_holds_hashes_and_a_pseudonym(room: Room) -> None:
    issue_id, _ = Desk(room.site, "cora").create(REFUND)
    received = room.receive(issue_id)
    indexed = room.ledger.indexed_item(issue_id)
    assert isinstance(indexed, IndexedItem)
    assert indexed.customer == received.item.customer.reference
    assert indexed.signature
