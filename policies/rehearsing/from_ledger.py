"""Past items from what the ledger recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from models.approval import ActionKind
from models.events import Event, EventKind, Fact
from models.item import CustomerFacts, FeedbackItem
from models.lifecycle import Severity
from models.rehearsal import PastItem

LOOKED_AT = (
    "segment",
    "customer_known",
    "plan",
    "zone",
    "country",
    "subdivision",
    "source",
    "release",
    "issue_type",
)
"""Facts of the received event that a policy may look at; older items recorded only two of them."""

_REPLAYED = frozenset(
    {
        EventKind.TRIAGED,
        EventKind.OVERRIDDEN,
        EventKind.ANSWERED,
        EventKind.CUSTOMER_WROTE,
        EventKind.EDITED_IN_JIRA,
        EventKind.ACKNOWLEDGED,
        EventKind.HANDED_OVER,
        EventKind.ACTION_PROPOSED,
        EventKind.ACTION_ENDED,
        EventKind.DECIDED,
        EventKind.REOPENED,
        EventKind.ISSUE_GONE,
    }
)
"""What people and the customer did; what the rules of that time made of it is left out."""


def past_items(
    issue_id: str,
    issue_key: str,
    customer: str | None,
    events: Sequence[Event],
    now: datetime,
) -> Iterator[PastItem]:
    """One for each life of the item that was triaged; `now` ends those that still run.

    An item of several lives has the same key in each of them.
    """
    lives = list(_lives(events))
    for number, life in enumerate(lives):
        later = lives[number + 1][0].at if number + 1 < len(lives) else now
        closed = next((event.at for event in life if event.kind is EventKind.CLOSED), later)
        received = life[0]
        triaged = next((event for event in life if event.kind is EventKind.TRIAGED), None)
        if triaged is None:
            continue
        owner, scale = triaged.facts.get("owner"), triaged.facts.get("clock_scale")
        yield PastItem(
            key=issue_key,
            item=_item(issue_id, issue_key, customer, received, triaged),
            category=str(triaged.facts.get("category") or ""),
            severity=Severity(str(triaged.facts.get("severity"))),
            owner=str(owner) if owner else None,
            until=max(closed, life[-1].at) if closed is not later else closed,
            events=tuple(event for event in life if _is_replayed(event)),
            scale=float(scale) if isinstance(scale, int | float) else 1.0,
            lacking=tuple(name for name in LOOKED_AT if name not in received.facts),
        )


def _lives(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events cut before each reception; what was recorded before the first is left out."""
    life: list[Event] = []
    for event in events:
        if event.kind is EventKind.RECEIVED:
            if life:
                yield life
            life = [event]
        elif life:
            life.append(event)
    if life:
        yield life


def _is_replayed(event: Event) -> bool:
    """A climb asks for leave by the ladder of that time, and is asked for anew or not at all.

    What a rota handed over, and not a person, is looked up anew as well.
    """
    by_rota = event.kind is EventKind.HANDED_OVER and event.person is None
    climb = event.facts.get("action") == ActionKind.CLIMB
    return event.kind in _REPLAYED and not climb and not by_rota


def _item(
    issue_id: str, issue_key: str, customer: str | None, received: Event, triaged: Event
) -> FeedbackItem:
    facts = received.facts
    created = facts.get("created_at") or triaged.facts.get("since")
    return FeedbackItem(
        issue_id=issue_id,
        issue_key=issue_key,
        project=issue_key.partition("-")[0],
        issue_type=str(facts.get("issue_type") or ""),
        created_at=datetime.fromisoformat(created) if isinstance(created, str) else received.at,
        text_digest="",
        text_length=0,
        customer=CustomerFacts(
            reference=customer or "",
            known=bool(facts.get("customer_known")),
            segment=str(facts.get("segment") or "standard"),
            plan=_text(facts.get("plan")),
            zone=_text(facts.get("zone")),
            country=_text(facts.get("country")),
            subdivision=_text(facts.get("subdivision")),
        ),
        release=_text(facts.get("release")),
        source=_text(facts.get("source")),
    )


def _text(fact: Fact) -> str | None:
    return str(fact) if fact else None
