"""Applying migrations with Alembic, one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from ledger.database import WRITES
from ledger.failures import LedgerNotOurs
from ledger.keys import ChainKeys

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_104_220
"""Any constant number: it names our migrations among PostgreSQL's advisory locks."""


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(engine: Engine, keys: Callable[[], ChainKeys]) -> None:
    """Apply what is missing. Whoever comes second waits, and finds nothing left to do.

    `keys` seal the rows that have no seal yet.
    Raises `LedgerNotOurs` when the database is at a revision this program does not know.
    """
    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise LedgerNotOurs(
                "The ledger was written by a newer version of this program.",
                "Start that version, or point FOLLOWTHROUGH_LEDGER_URL at another database.",
            )
        if current != head:
            config.attributes["connection"] = connection
            config.attributes["keys"] = keys
            command.upgrade(config, "head")
