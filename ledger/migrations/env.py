"""Where Alembic begins. Online only, on the connection that is handed over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from ledger.tables import Base


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
