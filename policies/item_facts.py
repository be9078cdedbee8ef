"""What conditions may look at of an item; unknown texts are empty and unknown revenue is 0."""

from __future__ import annotations

from models.item import FeedbackItem
from policies.conditions import Fact


def customer_facts(item: FeedbackItem, category: str) -> dict[str, Fact]:
    """The facts of the vocabulary `CUSTOMER`."""
    customer = item.customer
    return {
        "item.category": category,
        "item.segment": customer.segment,
        "item.plan": customer.plan or "",
        "item.country": customer.country or "",
        "item.known_customer": customer.known,
        "item.revenue_minor": customer.annual_revenue_minor or 0,
        "item.source": item.source or "",
        "item.release": item.release or "",
        "item.issue_type": item.issue_type,
    }
