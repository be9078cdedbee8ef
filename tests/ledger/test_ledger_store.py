from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from ledger.database import HEAD, make_engine
from ledger.failures import LedgerNotOurs
from ledger.migrate import configuration
from ledger.records import IndexedItem
from ledger.store import open_ledger
from ledger.tables import Base
from models.events import EventKind
from tests.ledger.conftest import MONDAY, make_entry

ROOT = Path(__file__).resolve().parents[2]


def test_an_event_comes_back_as_it_was_appended(ledger):
    written = make_entry(1, outcome="fixed", amount=12, share=0.5, sure=True, nothing=None)
    ledger.append((written,))
    (read,) = ledger.events_of("10001")
    assert read.event == written.event
    assert read.customer == "c0ffee"
    assert read.policy_version == "v1"
    assert read.recorded_at == MONDAY


def test_appending_the_same_operation_again_adds_no_row(ledger):
    entries = (make_entry(1), make_entry(2))
    assert ledger.append(entries).appended == 2
    again = ledger.append((*entries, make_entry(3)))
    assert again.appended == 1
    assert again.head == ledger.recent_events(1)[0].sequence
    assert [row.event.sequence for row in ledger.events_of("10001")] == [1, 2, 3]


def test_one_operation_twice_in_one_call_is_one_row(ledger):
    assert ledger.append((make_entry(1), make_entry(1))).appended == 1


def test_nothing_to_append_answers_the_head(ledger):
    assert ledger.append(()).head == 0
    ledger.append((make_entry(1),))
    assert ledger.append(()) == ledger.append((make_entry(1),))


def test_moments_come_back_in_utc_whatever_zone_they_had(ledger):
    tokyo = MONDAY.astimezone(timezone(timedelta(hours=9)))
    ledger.append((make_entry(1, at=tokyo),))
    read = ledger.events_of("10001")[0].event.at
    assert read == MONDAY
    assert read.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused_before_it_is_stored(ledger):
    with pytest.raises(ValueError, match="time zone"):
        ledger.forget_deliveries(MONDAY.replace(tzinfo=None))


def test_the_book_is_read_page_by_page(ledger):
    ledger.append(tuple(make_entry(number) for number in range(1, 6)))
    first = ledger.events_after(0, 3)
    rest = ledger.events_after(first[-1].sequence, 3)
    assert [row.event.sequence for row in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert [row.event.sequence for row in ledger.recent_events(2)] == [5, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET summary = 'nicer'",
        "DELETE FROM events",
        "DELETE FROM events WHERE sequence = 1",
        "UPDATE events SET sequence = 99 WHERE sequence = 1",
    ],
)
def test_an_event_is_never_changed_or_removed(ledger, url, statement):
    ledger.append((make_entry(1),))
    outsider = create_engine(url)
    with pytest.raises(IntegrityError, match="only grows"), outsider.begin() as connection:
        connection.execute(text(statement))
    outsider.dispose()
    assert len(ledger.events_of("10001")) == 1


def test_replacing_an_event_leaves_the_first_one(ledger, url):
    ledger.append((make_entry(1),))
    outsider = create_engine(url)
    with outsider.begin() as connection:
        connection.execute(
            text(
                "INSERT OR REPLACE INTO events SELECT sequence, operation_id, issue_id, issue_key,"
                " workflow_id, category, policy_version, item_sequence, kind, at, person, channel,"
                " 'forged', facts, recorded_at, personal_digest, key_id, digest, seal FROM events"
            )
        )
    outsider.dispose()
    assert [row.event.summary for row in ledger.events_of("10001")] == ["Something happened."]


def test_a_decision_opens_the_watch_and_closing_ends_it(ledger):
    until = MONDAY + timedelta(days=14)
    later = MONDAY + timedelta(days=3)
    ledger.append(
        (make_entry(1, EventKind.DECIDED, outcome="fixed", watch_until=until.isoformat()),)
    )
    (watched,) = ledger.decided_items_of("c0ffee", "billing", later)
    assert (watched.outcome, watched.decided_at, watched.watch_until) == ("fixed", MONDAY, until)
    assert ledger.decided_items_of("c0ffee", None, later) == (watched,)
    assert ledger.decided_items_of("c0ffee", "crash", later) == ()
    assert ledger.decided_items_of("somebody else", "billing", later) == ()
    assert ledger.decided_items_of("c0ffee", "billing", until) == ()
    ledger.append((make_entry(2, EventKind.CLOSED, at=later),))
    assert ledger.decided_items_of("c0ffee", "billing", later) == ()
    assert ledger.indexed_item("10001").outcome == "fixed"


def test_reopening_takes_the_decision_back(ledger):
    until = (MONDAY + timedelta(days=14)).isoformat()
    ledger.append((make_entry(1, EventKind.DECIDED, outcome="fixed", watch_until=until),))
    ledger.append((make_entry(2, EventKind.RECONTACTED, outcome="fixed"),))
    assert ledger.indexed_item("10001").decided_at == MONDAY
    ledger.append((make_entry(3, EventKind.REOPENED),))
    item = ledger.indexed_item("10001")
    assert (item.decided_at, item.watch_until, item.outcome) == (None, None, None)


def test_repeating_an_old_append_does_not_undo_what_came_after(ledger):
    decided = make_entry(1, EventKind.DECIDED, outcome="fixed")
    ledger.append((decided,))
    ledger.append((make_entry(2, EventKind.REOPENED),))
    ledger.append((decided,))
    assert ledger.indexed_item("10001").outcome is None


def test_a_corrected_category_is_the_one_that_is_found(ledger):
    ledger.append((make_entry(1, EventKind.DECIDED, watch_until="2026-04-01T00:00:00+00:00"),))
    ledger.append((make_entry(2, EventKind.OVERRIDDEN, category="crash"),))
    assert len(ledger.decided_items_of("c0ffee", "crash", MONDAY)) == 1


@pytest.mark.parametrize("nonsense", ["soon", "2026-04-01T00:00:00", 17, None])
def test_a_watch_end_that_is_no_moment_is_left_out(ledger, nonsense):
    ledger.append((make_entry(1, EventKind.DECIDED, watch_until=nonsense),))
    assert ledger.indexed_item("10001").watch_until is None


def _item(issue: str, **values: object) -> IndexedItem:
    known = {
        "issue_id": issue,
        "issue_key": f"FB-{issue}",
        "workflow_id": f"feedback-{issue}",
        "created_at": MONDAY,
        "signature": (1, 2, 3),
    }
    return IndexedItem.model_validate(known | values)


def test_indexing_again_updates_what_arrived_and_keeps_what_was_decided(ledger):
    ledger.index_item(_item("1", category="billing"))
    ledger.append((make_entry(1, EventKind.DECIDED, issue="1", outcome="fixed"),))
    ledger.index_item(_item("1", issue_key="OPS-9", signature=(4,), category="billing"))
    item = ledger.indexed_item("1")
    assert (item.issue_key, item.signature) == ("OPS-9", (4,))
    assert (item.outcome, item.decided_at) == ("fixed", MONDAY)
    assert ledger.item_by_key("OPS-9") == item
    assert ledger.item_by_key("FB-1") is None


def test_recent_items_come_newest_first(ledger):
    for day in range(4):
        ledger.index_item(_item(str(day), created_at=MONDAY + timedelta(days=day)))
    assert [item.issue_id for item in ledger.recent_items(2)] == ["3", "2"]


def test_marks_are_replaced_and_unknown_ones_are_none(ledger):
    assert ledger.known_mark("1") is None
    ledger.remember_mark("1", "a")
    ledger.remember_mark("1", "b")
    assert ledger.known_mark("1") == "b"


def test_a_delivery_is_new_only_once_until_it_is_forgotten(ledger):
    assert ledger.seen_delivery("x") is False
    assert ledger.remember_delivery("x", "1") is True
    assert ledger.remember_delivery("x", "1") is False
    assert ledger.seen_delivery("x") is True
    assert ledger.forget_deliveries(MONDAY) == 0
    assert ledger.forget_deliveries(MONDAY + timedelta(seconds=1)) == 1
    assert ledger.seen_delivery("x") is False


def test_many_threads_share_one_ledger(ledger):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: ledger.append((make_entry(n % 50),)), range(200)))
    assert sum(result.appended for result in results) == 50
    assert len(ledger.events_of("10001")) == 50


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(url):
    open_ledger(url).close()
    engine = make_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == [], "write a migration for these"


def test_the_newest_migration_is_the_one_that_opening_looks_for():
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    assert newest == HEAD, "set ledger.database.HEAD to the newest migration"


def test_opening_a_ledger_that_is_up_to_date_loads_no_migration_machinery(url):
    open_ledger(url).close()
    code = (
        "import sys; from ledger.store import open_ledger; "
        f"open_ledger({url!r}).close(); print('alembic' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False", "every start of a worker would pay for it"


def test_a_ledger_of_a_newer_version_is_left_alone(url):
    open_ledger(url).close()
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    engine.dispose()
    with pytest.raises(LedgerNotOurs, match="newer version"):
        open_ledger(url)


def test_sqlite_writes_ahead_and_loses_nothing_in_a_power_cut(url):
    open_ledger(url).close()
    engine = make_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
    engine.dispose()
