"""Opening the database: connection settings, and migrations before anybody uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from ledger.failures import LedgerNotOurs

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_WAIT_SECONDS = 30
WRITES = "ledger_writes"
"""Execution option of a connection that will write; it takes SQLite's write lock at once."""
_MIGRATION_LOCK = 7_104_220  # any constant number: it names our migrations among advisory locks


def make_engine(url: str) -> Engine:
    """An engine that hides values in errors; on SQLite, in WAL mode with `synchronous=NORMAL`."""
    address = make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and address.database:
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
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer halfway is refused without waiting; a writer says so at the start.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(engine: Engine) -> None:
    """Bring the tables to this program's revision; safe when many processes open at once.

    Raises `LedgerNotOurs` when the database is at a revision this program does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise LedgerNotOurs(
                "The ledger was written by a newer version of this program.",
                "Start that version, or point FOLLOWTHROUGH_LEDGER_URL at another database.",
            )
        if current != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
