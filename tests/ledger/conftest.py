from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.store import Ledger, open_ledger
from models.events import Event, EventKind, Fact, LedgerEntry
from models.people import Channel

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MakeEntry = Callable[..., LedgerEntry]


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
