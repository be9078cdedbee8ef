"""One customer: everything they came with, what became of it, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from insight.numbers.recontact import resolutions
from models.approval import Money
from models.base import Frozen, Moment
from models.contact import Contact
from models.decision import Confidence


class CustomerContact(Frozen):
    """One contact of the customer. `resolution` is what it is worth as known now; None while open.

    `came_back_with` is the contact with which they came back about the same.
    """

    contact: Contact
    resolution: Confidence | None = None
    came_back_with: str | None = None


class CustomerView(Frozen):
    """The newest contact first. What is known of them is as of their newest contact that says it."""

    contacts: tuple[CustomerContact, ...]
    segment: str | None = None
    plan: str | None = None
    revenue: Money | None = None
    joined_at: Moment | None = None
    still_open: int = 0
    came_back: int = 0
    escalated: int = 0
    promises_broken: int = 0
    scores: tuple[float, ...] = ()


def customer_view(contacts: Sequence[Contact], now: datetime) -> CustomerView:
    """What there is to know of the customer whose contacts these are."""
    became = {one.contact.reference: one for one in resolutions(contacts, now)}
    newest = sorted(contacts, key=lambda one: (one.opened_at, one.reference), reverse=True)
    seen = []
    for contact in newest:
        end = became.get(contact.reference)
        seen.append(
            CustomerContact(
                contact=contact,
                resolution=end.confidence_at(now) if end else None,
                came_back_with=end.came_back_with if end else None,
            )
        )
    return CustomerView(
        contacts=tuple(seen),
        segment=next((one.segment for one in newest if one.segment), None),
        plan=next((one.facts["plan"] for one in newest if "plan" in one.facts), None),
        revenue=next((pays for one in newest if (pays := _pays(one))), None),
        joined_at=next((one.joined_at for one in newest if one.joined_at), None),
        still_open=sum(one.resolved_at is None for one in newest),
        came_back=sum(one.came_back_at is not None for one in became.values()),
        escalated=sum(one.escalated_at is not None for one in newest),
        promises_broken=sum(one.kept is False for one in newest),
        scores=tuple(one.score for one in newest if one.score is not None),
    )


def _pays(contact: Contact) -> Money | None:
    if contact.revenue_minor is None or contact.revenue_currency is None:
        return None
    return Money(minor=contact.revenue_minor, currency=contact.revenue_currency)
