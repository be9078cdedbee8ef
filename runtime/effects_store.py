"""The book of the effects stand-in: which effect happened under which idempotency key, how often.

SQLite in WAL mode; one connection behind a lock, since the stand-in is one small process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS effect (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL,
    executed_at TEXT NOT NULL,
    voided_at TEXT
);
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    result TEXT NOT NULL
);
"""


class FaultKind(StrEnum):
    """What goes wrong on purpose.

    `status` is answered instead of doing the work, or after it with `after_commit`; a status below
    500 refuses for good. `slow` waits first. `lost_answer` does the work and breaks the answer off.
    `wrong_record` does the work with another amount than was asked for.
    """

    STATUS = "status"
    SLOW = "slow"
    LOST_ANSWER = "lost_answer"
    WRONG_RECORD = "wrong_record"


class FaultPlace(StrEnum):
    """Which calls a fault strikes: those that change something, or those that look."""

    WRITE = "write"
    LOOK = "look"


@dataclass(frozen=True)
class Fault:
    """One planned failure."""

    status: int = 503
    after_commit: bool = False
    kind: FaultKind = FaultKind.STATUS
    delay_seconds: float = 0.0


class Result(StrEnum):
    """What one call came to."""

    EXECUTED = "executed"
    REPEATED = "repeated"
    REFUSED = "refused"
    VOIDED = "voided"


@dataclass(frozen=True)
class Execution:
    """What `execute` came to, and the effect that stands under the key."""

    result: Result
    effect: dict[str, Any]


class EffectsStore:
    """What the stand-in knows. Every method is one transaction."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._faults: dict[FaultPlace, list[Fault]] = {place: [] for place in FaultPlace}
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_SCHEMA)

    def execute(self, key: str, kind: str, request: dict[str, Any]) -> Execution:
        """Do the effect unless the key was used before; the answer says which it was."""
        text = json.dumps(request, sort_keys=True)
        with self._transaction():
            cursor = self._database.execute(
                "INSERT OR IGNORE INTO effect (key, kind, request, status, executed_at)"
                " VALUES (?, ?, ?, 'executed', ?)",
                (key, kind, text, _now()),
            )
            effect = self._find(key)
            if cursor.rowcount == 1:
                result = Result.EXECUTED
            elif effect is None or effect["kind"] != kind or effect["request"] != json.loads(text):
                result = Result.REFUSED
            else:
                result = Result.REPEATED
            self._note(key, kind, result)
        return Execution(result, effect or {})

    def find(self, key: str) -> dict[str, Any] | None:
        """The effect under a key, or None."""
        with self._lock:
            return self._find(key)

    def void(self, key: str) -> dict[str, Any] | None:
        """Undo an effect; undoing twice changes nothing. None when there is no such effect."""
        with self._transaction():
            cursor = self._database.execute(
                "UPDATE effect SET status = 'voided', voided_at = ?"
                " WHERE key = ? AND status = 'executed'",
                (_now(), key),
            )
            effect = self._find(key)
            if effect is not None:
                result = Result.VOIDED if cursor.rowcount == 1 else Result.REPEATED
                self._note(key, effect["kind"], result)
        return effect

    def plan_faults(self, times: int, fault: Fault, place: FaultPlace = FaultPlace.WRITE) -> None:
        """Fail the next `times` calls of this place; replaces what was planned before."""
        with self._lock:
            self._faults[place] = [fault] * times

    def take_fault(self, place: FaultPlace = FaultPlace.WRITE) -> Fault | None:
        """The failure due for this call, if one is planned."""
        with self._lock:
            planned = self._faults[place]
            return planned.pop() if planned else None

    def is_switched_off(self, feature: str) -> bool:
        """Whether an effect that stands has switched this feature off."""
        with self._lock:
            found = self._database.execute(
                "SELECT 1 FROM effect WHERE kind = 'feature_off' AND status = 'executed'"
                " AND json_extract(request, '$.feature') = ?",
                (feature,),
            ).fetchone()
        return found is not None

    def journal(self) -> dict[str, Any]:
        """Counts that a test or an audit compares: `doubles` must be 0."""
        with self._lock:
            calls = dict(
                self._database.execute("SELECT result, count(*) FROM call GROUP BY result")
            )
            doubles = self._database.execute(
                "SELECT count(*) FROM (SELECT key FROM call WHERE result = 'executed'"
                " GROUP BY key HAVING count(*) > 1)"
            ).fetchone()[0]
            effects = [
                self._shaped(row)
                for row in self._database.execute("SELECT * FROM effect ORDER BY executed_at, key")
            ]
        return {
            "executions": calls.get(Result.EXECUTED, 0),
            "repeated": calls.get(Result.REPEATED, 0),
            "refused": calls.get(Result.REFUSED, 0),
            "voided": calls.get(Result.VOIDED, 0),
            "doubles": doubles,
            "effects": effects,
        }

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _note(self, key: str, kind: str, result: Result) -> None:
        self._database.execute(
            "INSERT INTO call (key, kind, result) VALUES (?, ?, ?)", (key, kind, result)
        )

    def _find(self, key: str) -> dict[str, Any] | None:
        row = self._database.execute("SELECT * FROM effect WHERE key = ?", (key,)).fetchone()
        return None if row is None else self._shaped(row)

    @staticmethod
    def _shaped(row: sqlite3.Row) -> dict[str, Any]:
        return {**dict(row), "request": json.loads(row["request"])}


def _now() -> str:
    return datetime.now(UTC).isoformat()
