from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.failures import LedgerUnavailable
from ledger.store import open_ledger
from tests.ledger.conftest import make_entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    name = "url" if request.param == "sqlite" else "fresh_postgresql_each"
    return str(request.getfixturevalue(name))


def _appending(url: str, keys: Path, issue: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.appending_process", url, keys, issue, str(count)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_open_a_new_ledger_and_append_at_once(address, tmp_path):
    keys = tmp_path / "keys"
    first, second = _appending(address, keys, "1", 200), _appending(address, keys, "1", 200)
    for process in (first, second):
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    ledger = open_ledger(address, keys=keys)
    assert [row.event.sequence for row in ledger.events_of("1")] == list(range(1, 201))
    assert ledger.verify().sound
    ledger.close()


@pytest.mark.kill
def test_a_killed_append_leaves_all_or_nothing_and_repeating_it_completes_it(address, tmp_path):
    keys = tmp_path / "keys"
    process = _appending(address, keys, "1", 100_000)
    said = 0
    while said < 40:
        said = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    for line in process.stdout:
        said = int(line)
    process.wait(timeout=30)
    process.stderr.close()
    process.stdout.close()
    ledger = open_ledger(address, keys=keys)
    stood = len(ledger.events_of("1"))
    assert stood >= said, "what was reported as appended must be there after a kill"
    assert stood % 2 == 0, "a pair of entries is appended whole or not at all"
    assert ledger.verify().sound, "the chain has no torn end"
    repeated = tuple(make_entry(number, issue="1") for number in range(1, stood + 11))
    ledger.append(repeated)
    assert [row.event.sequence for row in ledger.events_of("1")] == list(range(1, stood + 11))
    assert ledger.verify().sound
    ledger.close()


def test_a_full_disk_is_a_typed_failure_and_nothing_is_half_written(url):
    ledger = open_ledger(url)
    ledger.append((make_entry(1),))

    # SQLite's own limit on pages fails with the very error of a full disk.
    @event.listens_for(ledger._engine, "begin")
    def _limit(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    many = tuple(make_entry(number, filler="x" * 400) for number in range(2, 900))
    with pytest.raises(LedgerUnavailable, match="the disk is full"):
        ledger.append(many)
    event.remove(ledger._engine, "begin", _limit)
    ledger.close()
    reopened = open_ledger(url)
    assert len(reopened.events_of("10001")) == 1
    reopened.close()


def test_a_file_that_may_only_be_read_is_a_typed_failure(url):
    open_ledger(url).close()
    path = url.removeprefix("sqlite:///")
    ledger = open_ledger(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(LedgerUnavailable, match="may only be read"):
        ledger.append((make_entry(1),))
    assert ledger.events_of("10001") == ()
    ledger.close()


def test_a_file_that_is_no_database_is_a_typed_failure(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_text("these are somebody's notes, not a ledger" * 50)
    with pytest.raises(LedgerUnavailable, match="not a ledger database"):
        open_ledger(f"sqlite:///{path}")


def test_a_place_where_no_file_can_be_made_is_a_typed_failure(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(LedgerUnavailable, match="could not be opened"):
        open_ledger(f"sqlite:///{tmp_path / 'taken' / 'ledger.db'}")


def test_a_database_that_another_process_holds_too_long_is_a_typed_failure(url, monkeypatch):
    monkeypatch.setattr("ledger.database.LOCK_WAIT_SECONDS", 0.05)
    ledger = open_ledger(url)
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="another process"):
        ledger.append((make_entry(1),))
    assert ledger.events_of("10001") == (), "reading goes on while somebody else writes"
    holder.execute("COMMIT")
    assert ledger.append((make_entry(1),)).appended == 1
    holder.close()
    ledger.close()


def test_a_failure_repeats_no_stored_value(url):
    open_ledger(url).close()
    path = url.removeprefix("sqlite:///")
    ledger = open_ledger(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(LedgerUnavailable) as caught:
        ledger.append((make_entry(1, note="a secret word"),))
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__}"
    ledger.close()
