"""Personal text goes, and what was decided stays proved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.personal import PERSONAL_FACTS
from ledger.records import ClosedRun, IndexedItem
from ledger.store import Ledger, open_ledger
from models.contact import Contact
from models.events import EventKind, LedgerEntry
from tests.ledger import tampering
from tests.ledger.conftest import MONDAY, make_entry

SECRET = "Mrs Ada Miller was charged twice"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    name = "url" if request.param == "sqlite" else "fresh_postgresql_each"
    return str(request.getfixturevalue(name))


@pytest.fixture
def book(address: str, keys: Path) -> Iterator[Ledger]:
    opened = open_ledger(address, now=lambda: MONDAY, keys=keys)
    opened.append(
        (
            of_customer(make_entry(1, EventKind.DECIDED, issue="1", reason=SECRET), "miller"),
            make_entry(2, issue="2", reason="somebody else's matter"),
            of_customer(make_entry(3, issue="1", note=SECRET), "miller"),
        )
    )
    opened.index_item(
        IndexedItem(
            issue_id="1", issue_key="FB-1", workflow_id="w", customer="miller", created_at=MONDAY,
            signature=(1, 2),
        )
    )  # fmt: skip
    opened.keep_history(run("r1", "1"))
    opened.keep_history(run("r2", "2"))
    yield opened
    opened.close()


def of_customer(entry: LedgerEntry, customer: str) -> LedgerEntry:
    return entry.model_copy(update={"customer": customer})


def run(run_id: str, issue: str) -> ClosedRun:
    return ClosedRun(
        run_id=run_id,
        workflow_id=f"feedback-{issue}",
        issue_id=issue,
        status="completed",
        closed_at=MONDAY,
        history=f'{{"events": [], "said": "{SECRET}"}}',
    )


def everything_in(address: str) -> str:
    """Every value of every table, in one text."""
    engine = tampering.make_engine(address)
    tables = ("events", "personal_texts", "archived_runs", "item_index")
    with engine.connect() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
    engine.dispose()
    return repr(rows)


def test_nothing_personal_of_the_customer_is_left_and_the_proof_holds(book, address):
    before = book.verify().head
    erased = book.erase({"miller"}, "ada", "Art. 17")
    assert (erased.items, erased.texts, erased.histories) == (1, 2, 1)
    left = everything_in(address)
    assert SECRET not in left
    assert "miller" not in left
    verdict = book.verify([before])
    assert verdict.sound
    assert verdict.erased_texts == 2


def test_an_erasure_is_recorded_with_its_reason_and_who_asked_for_it(book):
    book.erase({"miller"}, "ada", "Art. 17")
    last = book.events_of("1")[-1]
    assert last.event.kind is EventKind.PERSONAL_TEXT_ERASED
    assert last.event.person == "ada"
    assert last.event.facts == {"rows": "1 3", "runs": "r1", "reason": "Art. 17"}


def test_other_customers_keep_what_they_have(book):
    book.erase({"miller"}, "ada", "Art. 17")
    assert book.events_of("2")[0].event.facts["reason"] == "somebody else's matter"
    assert book.histories_of("2")
    assert not book.histories_of("1")


def test_what_was_decided_can_still_be_read(book):
    book.erase({"miller"}, "ada", "Art. 17")
    decided = book.events_of("1")[0]
    assert decided.event.kind is EventKind.DECIDED
    assert decided.event.person == "ada"
    assert decided.customer is None
    assert decided.event.facts == {}


def test_erasing_a_second_time_finds_nothing_and_writes_nothing(book):
    book.erase({"miller"}, "ada", "Art. 17")
    head = book.verify().head
    assert book.erase({"miller"}, "ada", "Art. 17").items == 0
    assert book.verify().head == head


def test_an_erased_history_is_not_archived_again(book):
    book.erase({"miller"}, "ada", "Art. 17")
    assert book.keep_history(run("r1", "1")) is False
    assert book.runs_kept(["r1", "r9"]) == {"r1"}


def test_a_run_that_closed_before_an_erasure_is_not_archived_after_it(book):
    book.erase({"miller"}, "ada", "Art. 17")
    assert book.keep_history(run("r3", "1")) is False
    assert not book.histories_of("1")
    later = run("r4", "1").model_copy(update={"closed_at": MONDAY + timedelta(seconds=1)})
    assert book.keep_history(later) is True, "it is erased with the next request, as it is told"


def test_contacts_imported_from_elsewhere_go_too_and_that_is_recorded(book):
    book.imported.put(
        [
            Contact(source="shop", id="a", customer="miller", opened_at=MONDAY),
            Contact(source="shop", id="b", customer="smith", opened_at=MONDAY),
        ]
    )
    assert book.erase({"miller"}, "ada", "Art. 17").contacts == 1
    assert [one.id for one in book.imported.contacts()] == ["b"]
    assert book.events_of("ledger")[-1].event.facts == {"contacts": 1, "reason": "Art. 17"}
    assert book.verify().sound


def test_a_digest_of_the_customers_words_is_no_evidence_that_stays(book):
    """It has no salt, so that whoever guesses a short text knows it."""
    assert {"text_digest", "text_length"} <= PERSONAL_FACTS


def test_a_short_text_cannot_be_guessed_from_what_is_left(book, address):
    """The digest is keyed by the salt, and the salt goes with the text."""
    engine = tampering.make_engine(address)
    with engine.connect() as connection:
        salt = connection.scalar(text("SELECT salt FROM personal_texts WHERE sequence = 1"))
    engine.dispose()
    assert len(bytes.fromhex(salt)) == 32
    book.erase({"miller"}, "ada", "Art. 17")
    assert salt not in everything_in(address)


def test_the_files_of_an_sqlite_ledger_hold_no_erased_word_any_more(url, keys):
    ledger = open_ledger(url, keys=keys)
    ledger.append((of_customer(make_entry(1, reason=SECRET), "miller"),))
    ledger.erase({"miller"}, "ada", "Art. 17")
    directory = Path(url.removeprefix("sqlite:///")).parent
    held = b"".join(file.read_bytes() for file in directory.glob("ledger.db*"))
    ledger.close()
    assert SECRET.encode() not in held


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("DELETE FROM archived_runs WHERE run_id = 'r1'", 4),
        ("UPDATE archived_runs SET history = salt_of WHERE run_id = 'r2'", 5),
        ("UPDATE archived_runs SET run_id = 'r9' WHERE run_id = 'r2'", 5),
    ],
)
def test_a_history_that_was_changed_or_removed_without_an_erasure_is_noticed(
    book, address, statement, row
):
    engine = tampering.unguarded(address)
    other = "x'00'" if engine.dialect.name == "sqlite" else r"'\x00'::bytea"
    with engine.begin() as connection:
        connection.execute(text(statement.replace("salt_of", other)))
    engine.dispose()
    bad = book.verify().first_bad
    assert bad is not None
    assert bad.sequence == row


def test_personal_text_is_never_changed_in_place(book, address):
    engine = tampering.make_engine(address)
    for table in ("personal_texts", "archived_runs"):
        with pytest.raises(Exception, match="only grows"), engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET salt = '00'"))
    engine.dispose()


def test_an_archived_history_comes_back_as_it_was(book):
    (kept,) = book.histories_of("1")
    assert kept.history == run("r1", "1").history
    assert kept.closed_at == MONDAY
