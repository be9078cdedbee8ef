"""Items of the past as the ledger kept them, for the tests of rehearsals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.events import Event, EventKind, Fact
from models.rehearsal import PastItem
from policies.rehearsing import from_ledger

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
"""Eleven o'clock in Berlin, where the shipped policies count when the zone is not known."""

Told = tuple[EventKind, float, dict[str, Fact]]


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def events(*told: Told, severity: str = "S3", **received: Fact) -> tuple[Event, ...]:
    """An item that arrived on Monday, in Berlin; moments in hours since then.

    A fact `by` is who did it.
    """
    known = {"segment": "standard", "customer_known": True, "plan": None, "zone": "Europe/Berlin"}
    known |= {"country": None, "subdivision": None, "source": None, "release": None}
    known |= {"issue_type": "Task", "created_at": MONDAY.isoformat()}
    triage = {"severity": severity, "category": "billing", "owner": "omar", "status": "To Do"}
    every: list[Told] = [
        (EventKind.RECEIVED, 0, {**known, **received}),
        (EventKind.TRIAGED, 0, {**triage, "since": MONDAY.isoformat()}),
        *told,
    ]
    return tuple(
        Event(
            operation_id=str(n),
            sequence=n,
            kind=kind,
            at=after(at),
            person=str(facts["by"]) if "by" in facts else None,
            summary="",
            facts=facts,
        )
        for n, (kind, at, facts) in enumerate(every, 1)
    )


def past(*told: Told, until: float = 1000, severity: str = "S3", **received: Fact) -> PastItem:
    recorded = events(*told, severity=severity, **received)
    (one,) = from_ledger.past_items("10001", "FT-1", "c-1", recorded, after(until))
    return one
