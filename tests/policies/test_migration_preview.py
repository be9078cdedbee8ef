"""What is shown before an item is moved to other rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.clocks import ClockName
from models.item import FeedbackItem
from models.lifecycle import Severity
from models.policy import PolicySnapshot
from policies import clocks
from policies.loader import load
from policies.migration_preview import Difference, differences
from policies.snapshot import pin

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
Edited = Callable[..., PolicySnapshot]


@pytest.fixture
def edited(policies: Path, new_item: Callable[..., FeedbackItem]) -> Edited:
    """The shipped rules with one text replaced, pinned as `pinned` does."""

    def make(file: str, old: str, new: str) -> PolicySnapshot:
        path = policies / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return pin(
            load(policies),
            item=new_item(),
            category="billing",
            now=MONDAY,
            scale=1.0,
            trusted_keys={"k1": "00"},
            allow_unproven=True,
            owner="omar",
        )

    return make


def changed(before: PolicySnapshot, after: PolicySnapshot) -> tuple[Difference, ...]:
    run = clocks.start(
        ClockName.FIRST_RESPONSE,
        before.rules[Severity.S3].targets[ClockName.FIRST_RESPONSE],
        MONDAY,
    )
    return differences(before, after, Severity.S3, (run,), MONDAY)


def test_the_same_rules_change_nothing(pinned: Callable[..., PolicySnapshot]) -> None:
    assert changed(pinned(), pinned()) == ()


def test_a_target_shows_with_when_the_running_clock_would_be_due(
    pinned: Callable[..., PolicySnapshot], edited: Edited
) -> None:
    after = edited("sla.yaml", "first_response: 8h", "first_response: 2h")
    assert changed(pinned(), after) == (
        Difference("target of first response", "8 h 00 min", "2 h 00 min"),
        Difference("first response due", "2026-06-02 09:00 UTC", "2026-06-01 11:00 UTC"),
    )


def test_another_severitys_promise_is_none_of_this_item(
    pinned: Callable[..., PolicySnapshot], edited: Edited
) -> None:
    after = edited("sla.yaml", "first_response: 30m", "first_response: 20m")
    assert changed(pinned(), after) == ()


def test_a_changed_and_a_new_approval_rule_are_named(
    pinned: Callable[..., PolicySnapshot], edited: Edited
) -> None:
    after = edited("approval.yaml", "action.amount_minor <= 5000 ", "action.amount_minor <= 9000 ")
    (found,) = changed(pinned(), after)
    assert found.what == "approval rule small refunds"
    assert ("<= 5000" in found.before, "<= 9000" in found.after) == (True, True)


def test_a_renamed_rule_goes_and_comes(
    pinned: Callable[..., PolicySnapshot], edited: Edited
) -> None:
    after = edited("approval.yaml", "name: larger refunds", "name: dear refunds")
    assert changed(pinned(), after) == (
        Difference("approval rule larger refunds", "a rule", "none"),
        Difference("approval rule dear refunds", "none", "a rule"),
    )


def test_a_ladder_shows_its_levels(pinned: Callable[..., PolicySnapshot], edited: Edited) -> None:
    after = edited("escalation.yaml", "wait: 8h", "wait: 9h")
    (found,) = changed(pinned(), after)
    assert found.before == "ordinary, from 100 %: owner (4 h 00 min), support lead (8 h 00 min)"
    assert found.after.endswith("support lead (9 h 00 min)")
