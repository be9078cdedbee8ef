"""One short transaction at a time, with the driver's errors translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger.database import WRITES
from ledger.failures import translated


@contextmanager
def writing(engine: Engine, doing: str) -> Iterator[Session]:
    """A transaction that commits at the end of the block, or leaves nothing.

    Raises `LedgerUnavailable`, or ValueError for a value that we refuse ourselves.
    """
    try:
        with (
            engine.connect().execution_options(**{WRITES: True}) as connection,
            Session(connection) as session,
            session.begin(),
        ):
            yield session
    except SQLAlchemyError as error:
        raise translated(doing, error) from error


def reading_one_moment(engine: Engine, doing: str) -> AbstractContextManager[Session]:
    """As `reading`, and what others commit meanwhile is not seen. SQLite reads so by itself."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return reading(engine, doing)


@contextmanager
def reading(engine: Engine, doing: str) -> Iterator[Session]:
    """A session to read with. Raises as `writing`."""
    try:
        with Session(engine) as session:
            yield session
    except SQLAlchemyError as error:
        raise translated(doing, error) from error
