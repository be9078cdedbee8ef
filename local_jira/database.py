"""The SQLite file: many readers, one writer, durable against a killed process."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_jira.text_match import contains_words

SCHEMA = Path(__file__).parent / "schema.sql"


class DataUnusableError(Exception):
    """The data directory or its file cannot be used; says which and why."""


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL keeps every commit through a killed process; only a power cut may lose the last ones.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("contains_words", 2, contains_words, deterministic=True)
    return connection


class Database:
    """Opens the file and hands out connections.

    Every thread reads through a connection of its own; all writes go through one connection
    that a lock guards, so that a write never meets another one half done.
    """

    def __init__(self, file: Path) -> None:
        """Open or create the file and its tables; raises DataUnusableError."""
        self._file = file
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.RLock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _open(file)
            self._writer.executescript(SCHEMA.read_text(encoding="utf-8"))
        except OSError as error:
            raise DataUnusableError(f"{file.parent}: {error.strerror}") from error
        except sqlite3.Error as error:
            raise DataUnusableError(f"{file}: {error}") from error

    def reader(self) -> sqlite3.Connection:
        """The calling thread's own connection; it sees what is committed."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = _open(self._file)
            connection.execute("PRAGMA query_only = ON")
            self._readers.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed when the block ends, rolled back when it raises."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection; the database must not be used afterwards."""
        with self._lock:
            for connection in [*self._opened, self._writer]:
                connection.close()
            self._opened.clear()


def is_row_id(text: str) -> bool:
    """Whether a text is a whole number that can be a row's id."""
    return text.isascii() and text.isdigit() and len(text) < 18


def next_number(connection: sqlite3.Connection, name: str, first: int) -> int:
    """The next number of a named sequence, starting at `first`; numbers are never reused."""
    row = connection.execute(
        "INSERT INTO sequence (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        (name, first),
    ).fetchone()
    return int(row["value"])
