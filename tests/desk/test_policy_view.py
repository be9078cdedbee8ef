from __future__ import annotations

from datetime import UTC, datetime

from desk.policy_view import approval_cards, ladder_words, promises
from models.events import Event, EventKind
from policies.loader import load
from runtime.settings import SHIPPED_POLICIES

SHIPPED = load(SHIPPED_POLICIES)


def ended(request: str, rule: str, outcome: str) -> Event:
    return Event(
        operation_id=f"{request}/{outcome}",
        sequence=1,
        kind=EventKind.ACTION_ENDED,
        at=datetime(2026, 6, 1, tzinfo=UTC),
        summary="It ended.",
        facts={"request": request, "rule": rule, "outcome": outcome},
    )


def test_each_rule_says_in_words_who_agrees_and_what_comes_of_silence() -> None:
    cards = {card.name: card for card in approval_cards(SHIPPED.approval, ())}
    assert cards["goodwill credit"].who == "Nobody needs to agree."
    assert cards["credits"].who == "One of support-leads and finance."
    assert cards["very large refunds"].who == (
        "Support lead: one of support-leads; then finance: two of finance."
    )
    assert cards["larger refunds"].time == (
        "After 3d of working time without a decision it is refused."
    )


def test_a_request_counts_once_under_the_rule_that_decided_it() -> None:
    events = [
        ended("1", "credits", "approved"),
        ended("1", "credits", "approved"),
        ended("2", "credits", "rejected"),
        ended("3", "credits", "approved"),
    ]
    cards = {card.name: card for card in approval_cards(SHIPPED.approval, events)}
    assert cards["credits"].use.words == "3 times: 2 approved, 1 rejected"
    assert cards["small refunds"].use.words == "never"


def test_promises_keep_the_order_in_which_they_are_read() -> None:
    rows = promises(SHIPPED.sla.targets)
    assert [row.name for row in rows] == [rule.name for rule in SHIPPED.sla.targets]
    assert rows[0].of == "S1 · outage, security"


def test_a_level_that_needs_leave_says_whose() -> None:
    urgent = SHIPPED.escalation.ladders[0]
    assert "only with leave by “tell an executive”" in ladder_words(urgent)[-1]
