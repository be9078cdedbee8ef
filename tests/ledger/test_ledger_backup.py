"""A back-up as docs/operating.md tells to make it, and what is seen after it was put back."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from ledger.records import Anchor
from ledger.store import open_ledger
from tests.ledger.conftest import MONDAY, MakeEntry

ROOT = Path(__file__).resolve().parents[2]


def back_up(source: Path, copy: Path) -> None:
    """The command of the guide, which a test below holds to be this one."""
    sqlite3.connect(source).backup(sqlite3.connect(copy))


@pytest.fixture
def books(tmp_path: Path) -> tuple[Path, Path]:
    """The directories of the ledger in use and of the one that is put back."""
    used, restored = tmp_path / "used", tmp_path / "restored"
    used.mkdir()
    restored.mkdir()
    return used, restored


def test_the_guide_tells_to_make_it_as_it_is_made_here() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "sqlite3.connect('ledger.db').backup(sqlite3.connect('copy.db'))" in guide


def test_a_copy_made_while_rows_are_written_verifies_and_can_be_gone_on_with(
    books: tuple[Path, Path], entry: MakeEntry
) -> None:
    used, restored = books
    ledger = open_ledger(f"sqlite:///{used / 'ledger.db'}", now=lambda: MONDAY)
    ledger.append((entry(0),))
    begun = threading.Event()

    def write() -> None:
        for number in range(1, 60):
            ledger.append((entry(number),))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    back_up(used / "ledger.db", restored / "ledger.db")
    writer.join()
    ledger.close()
    shutil.copytree(used / "ledger-keys", restored / "ledger-keys")

    again = open_ledger(f"sqlite:///{restored / 'ledger.db'}", now=lambda: MONDAY)
    verdict = again.verify()
    appended = again.append((entry(1000),))
    after = again.verify()
    again.close()

    assert verdict.sound
    assert verdict.rows >= 2
    assert appended
    assert (after.sound, after.rows) == (True, verdict.rows + 1)


def test_rows_that_the_copy_lacks_are_missed_by_what_stands_elsewhere(
    books: tuple[Path, Path], entry: MakeEntry
) -> None:
    used, restored = books
    ledger = open_ledger(f"sqlite:///{used / 'ledger.db'}", now=lambda: MONDAY)
    ledger.append((entry(1),))
    back_up(used / "ledger.db", restored / "ledger.db")
    ledger.append((entry(2),))
    head = ledger.head()
    ledger.close()
    shutil.copytree(used / "ledger-keys", restored / "ledger-keys")
    assert head is not None

    again = open_ledger(f"sqlite:///{restored / 'ledger.db'}", now=lambda: MONDAY)
    verdict = again.verify([Anchor(sequence=head.row, digest=head.digest, where="issue FB-1")])
    again.close()

    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == head.row
