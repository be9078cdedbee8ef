"""Opening the database: connection settings, and its tables up to date before anybody uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text

if TYPE_CHECKING:
    from ledger.keys import ChainKeys

HEAD = "r0016"
"""The newest migration in `migrations/versions/`; a database there needs nothing done."""
LOCK_WAIT_SECONDS = 30
WRITES = "ledger_writes"
"""Execution option of a connection that will write; it takes SQLite's write lock at once."""


def make_engine(url: str) -> Engine:
    """An engine that hides values in errors; on SQLite, in WAL mode with `synchronous=FULL`."""
    address = make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and address.database and "uri" not in address.query:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    arguments: dict[str, Any] = {"timeout": LOCK_WAIT_SECONDS} if sqlite else {}
    engine = create_engine(
        address, hide_parameters=True, pool_pre_ping=not sqlite, connect_args=arguments
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # With less, the newest rows may be gone after a power cut, though an anchor speaks of them.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is written over, not only let go
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer halfway is refused without waiting; a writer says so at the start.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def leave_no_copy(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, which still holds what was just erased.

    PostgreSQL lets go of it with its next VACUUM; backups of either hold it for as long as they are
    kept.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.commit()
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()


def bring_up_to_date(engine: Engine, keys: Callable[[], ChainKeys]) -> None:
    """Bring the tables to this program's revision; safe when many processes open at once.

    `keys` are asked for only when there are rows to seal.
    Raises `LedgerNotOurs` when the database is at a revision this program does not know.
    """
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        if known and connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD:
            return
    from ledger.migrate import migrate  # noqa: PLC0415 - a worker starts faster without Alembic

    migrate(engine, keys)
