"""Made-up contacts to count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.contact import Contact

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def a_contact(name: str, opened: float = 0.0, **others: Any) -> Contact:
    """A contact of somebody of its own that began so many days after the first Monday of June."""
    values = {"source": "shop", "customer": f"of-{name}", "category": "billing", **others}
    return Contact(id=name, opened_at=day(opened), **values)
