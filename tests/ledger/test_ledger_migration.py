"""Rows from before there were seals are taken in, and can be given back."""

from __future__ import annotations

import json

import pytest
from alembic import command
from sqlalchemy import Connection, text

from ledger.database import WRITES, make_engine
from ledger.keys import load_or_create_keys
from ledger.migrate import configuration
from ledger.store import open_ledger
from models.events import EventKind
from tests.ledger.conftest import make_entry

OLD = "2026-03-02 09:00:00+00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, keys) -> str:
    """A database as the version before left it, with a gap in its numbers."""
    name = "url" if request.param == "sqlite" else "fresh_postgresql_each"
    url = request.getfixturevalue(name)
    _migrate(url, keys, lambda config: command.upgrade(config, "r0001"))
    engine = make_engine(url)
    with engine.begin() as connection:
        for sequence in (1, 2, 5):
            _old_row(connection, sequence)
    engine.dispose()
    return url


def _migrate(url, keys, go):
    engine = make_engine(url)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        config = configuration()
        config.attributes["connection"] = connection
        config.attributes["keys"] = lambda: load_or_create_keys(keys)
        go(config)
    engine.dispose()


def _old_row(connection: Connection, sequence: int) -> None:
    moment = OLD.removesuffix("+00:00") + ".000000" if connection.dialect.name == "sqlite" else OLD
    facts = json.dumps({"reason": f"because {sequence}", "outcome": "fixed"})
    connection.execute(
        text(
            "INSERT INTO events (sequence, operation_id, issue_id, issue_key, workflow_id,"
            " customer, item_sequence, kind, at, summary, facts, recorded_at) VALUES (:n, :id,"
            " '1', 'FB-1', 'w', 'c0ffee', :n, 'decided', :at, 'Decided.', :facts, :at)"
        ),
        {"n": sequence, "id": f"1/{sequence}", "at": moment, "facts": facts},
    )


def test_rows_that_stand_are_taken_in_and_the_chain_goes_on_after_them(old_url, keys):
    ledger = open_ledger(old_url, keys=keys)
    ledger.append((make_entry(9),))
    events = ledger.events_after(0, 10)
    assert [row.sequence for row in events] == [1, 2, 5, 6, 7]
    assert events[0].customer == "c0ffee"
    assert events[0].event.facts == {"reason": "because 1", "outcome": "fixed"}
    assert events[3].event.kind is EventKind.TAKEN_IN
    assert events[3].event.facts == {"rows": 3, "through": 5}
    assert ledger.verify().sound
    ledger.close()


def test_an_older_version_that_still_runs_can_append_no_row_without_a_seal(old_url, keys):
    open_ledger(old_url, keys=keys).close()
    engine = make_engine(old_url)
    with pytest.raises(Exception, match="customer"), engine.begin() as connection:
        _old_row(connection, 8)
    engine.dispose()


def test_the_migration_can_be_taken_back_and_done_again(old_url, keys):
    open_ledger(old_url, keys=keys).close()
    _migrate(old_url, keys, lambda config: command.downgrade(config, "r0001"))
    engine = make_engine(old_url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT sequence, customer, facts FROM events ORDER BY sequence")
        ).all()
    engine.dispose()
    assert [row[0] for row in rows] == [1, 2, 5]
    assert rows[0][1] == "c0ffee"
    assert "because 1" in str(rows[0][2])
    ledger = open_ledger(old_url, keys=keys)
    assert ledger.verify().sound
    ledger.close()


def test_going_back_refuses_to_lose_archived_histories(url, keys):
    open_ledger(url, keys=keys).close()
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO archived_runs (run_id, workflow_id, issue_id, closed_at, salt,"
                " history) VALUES ('r', 'w', '1', '2026-03-02', '00', x'00')"
            )
        )
    engine.dispose()
    with pytest.raises(RuntimeError, match="would be lost"):
        _migrate(url, keys, lambda config: command.downgrade(config, "r0001"))
