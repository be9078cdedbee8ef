from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from desk.clock_view import clock_late, clock_stands, rests, shows_due
from desk.listing import WAITS_FOR_PEOPLE, ListedItem, urgency
from models.clocks import ClockName, ClockReading
from models.lifecycle import Awaiting

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def listed(name: str, awaiting: Awaiting, hours: float | None) -> ListedItem:
    due = None if hours is None else NOW + timedelta(hours=hours)
    return ListedItem(workflow_id=name, awaiting=awaiting, due_at=due)


def reading(**values: object) -> ClockReading:
    shown = ClockReading(
        name=ClockName.RESOLUTION,
        elapsed=3600,
        remaining=7200,
        wall_elapsed=3600,
        due_at=NOW + timedelta(hours=1, minutes=30),
        paused=False,
        in_hours=True,
        breached=False,
    )
    return shown.model_copy(update=values)


def test_what_waits_for_its_owner_is_listed_too() -> None:
    assert Awaiting.OWNER in WAITS_FOR_PEOPLE


def test_what_waits_for_a_word_comes_before_what_has_an_owner_and_each_soonest_due_first() -> None:
    items = [
        listed("customer", Awaiting.CUSTOMER, -9),
        listed("owner-late", Awaiting.OWNER, -1),
        listed("owner-later", Awaiting.OWNER, 4),
        listed("owner-undue", Awaiting.OWNER, None),
        listed("vote", Awaiting.APPROVAL, None),
        listed("triage", Awaiting.TRIAGE, 3),
        listed("escalated", Awaiting.ACKNOWLEDGEMENT, 2),
        listed("parked", Awaiting.OPERATOR, 1),
    ]

    assert [item.workflow_id for item in sorted(items, key=urgency)] == [
        "parked",
        "escalated",
        "triage",
        "vote",
        "owner-late",
        "owner-later",
        "owner-undue",
        "customer",
    ]


@pytest.mark.parametrize(
    ("clock", "decided", "stands", "late"),
    [
        (reading(met=True), False, "met in time", False),
        (reading(met=True, breached=True), False, "met late", True),
        (reading(), False, "in 1 h 30 min", False),
        (reading(due_at=NOW - timedelta(minutes=40)), False, "40 min late", True),
        (reading(paused=True, due_at=None), False, "paused with 2 h 00 min left", False),
        (reading(due_at=NOW - timedelta(minutes=40)), True, "ended with the decision", False),
    ],
)
def test_a_clock_is_told_by_the_readers_moment(
    clock: ClockReading, decided: bool, stands: str, late: bool
) -> None:
    assert clock_stands(clock, NOW, decided) == stands
    assert clock_late(clock, NOW, decided) is late


def test_only_a_clock_that_counts_has_a_due_time() -> None:
    assert shows_due(reading())
    assert not shows_due(reading(met=True))
    assert not shows_due(reading(), decided=True)


def opening(opens: float, closes: float) -> tuple[datetime, datetime]:
    return NOW + timedelta(hours=opens), NOW + timedelta(hours=closes)


@pytest.mark.parametrize(
    ("clocks", "hours", "told"),
    [
        ([reading()], [opening(-3, 5)], None),
        (
            [reading()],
            [opening(-9, -1), opening(2, 10)],
            "out of hours, counts again in 2 h 00 min",
        ),
        ([reading()], [opening(-9, -1)], None),
        ([reading(paused=True, due_at=None)], [opening(-3, 5)], "paused with 2 h 00 min left"),
        ([reading(paused=True), reading()], [opening(-3, 5)], None),
        ([reading(paused=True), reading(met=True)], [], "paused with 2 h 00 min left"),
        ([reading(met=True)], [opening(2, 10)], None),
        ([], [opening(2, 10)], None),
    ],
)
def test_a_list_says_why_no_promise_loses_time_just_now(
    clocks: list[ClockReading], hours: list[tuple[datetime, datetime]], told: str | None
) -> None:
    assert rests(clocks, hours, NOW) == told
