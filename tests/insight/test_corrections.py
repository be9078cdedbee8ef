from __future__ import annotations

from datetime import UTC, datetime

from insight.corrections import label_by_people
from insight.learned import Learnable
from models.events import Event, EventKind, Fact


def happened(kind: EventKind, **facts: Fact) -> Event:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Event(operation_id="o", sequence=1, kind=kind, at=at, summary="", facts=facts)


TRIAGED = happened(EventKind.TRIAGED, category="bug", severity="S3")


def test_the_last_correction_counts():
    first = happened(EventKind.OVERRIDDEN, category_before="bug", category_after="billing")
    last = happened(EventKind.OVERRIDDEN, category_before="billing", category_after="refund")
    assert label_by_people([TRIAGED, first, last], Learnable.CATEGORY) == "refund"


def test_what_nobody_looked_at_teaches_nothing():
    assert label_by_people([TRIAGED], Learnable.CATEGORY) is None


def test_a_confirmed_suggestion_teaches_what_it_said():
    confirmed = happened(EventKind.OVERRIDDEN)
    assert label_by_people([TRIAGED, confirmed], Learnable.SEVERITY) == "S3"


def test_a_corrected_severity_says_nothing_about_the_category():
    corrected = happened(EventKind.OVERRIDDEN, severity_before="S3", severity_after="S1")
    assert label_by_people([TRIAGED, corrected], Learnable.CATEGORY) is None


def test_a_confirmation_after_a_correction_keeps_the_correction():
    corrected = happened(EventKind.OVERRIDDEN, category_before="bug", category_after="refund")
    confirmed = happened(EventKind.OVERRIDDEN)
    assert label_by_people([TRIAGED, corrected, confirmed], Learnable.CATEGORY) == "refund"
