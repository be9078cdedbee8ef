"""The example cases of promises, opening hours and ladders, played against the shipped policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from example_cases import Case, cases

from models.clocks import ClockName, ClockReading
from models.item import FeedbackItem
from models.item_state import Acknowledgement, ClimbState, LadderState
from models.ladder import Ladder
from models.lifecycle import Severity
from models.people import Actor, Channel
from models.policy import PolicySnapshot
from policies import clocks, escalation
from policies.business_time import expand, seconds_between
from policies.calendar_choice import define
from policies.durations import seconds_in
from policies.ladder_steps import Around, Climbed, LeaveNeeded, Skipped, Step, WhoNeeded
from policies.lookup import who_is_on
from policies.policy_set import PolicySet

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WHERE = {"zone": "Europe/Berlin", "country": "DE"}
LEAVE = {
    "approved": ClimbState.GRANTED,
    "refused": ClimbState.REFUSED,
    "expired": ClimbState.EXPIRED,
}


def read_promise(case: Case, pinned: Callable[..., PolicySnapshot]) -> ClockReading:
    created, name = case["created"], ClockName(case["clock"])
    where = {key: case.get(key, usual) for key, usual in WHERE.items()}
    segment = case.get("segment", "standard")
    snapshot = pinned(case["category"], now=created, created_at=created, segment=segment, **where)
    target = snapshot.rules[Severity(case["severity"])].targets[name]
    run = clocks.start(name, target, created)
    for wait in case.get("waits", ()):
        run = clocks.pause(run, wait["from"], "waiting for the customer")
        run = clocks.resume(run, wait["to"])
    kept_at = case["kept_at"]
    return clocks.read(clocks.stop(run, kept_at), snapshot.calendar, kept_at)


@pytest.mark.parametrize("case", cases("sla.yaml", "allowed"))
def test_a_promise_is_kept_as_the_example_says(
    case: Case, pinned: Callable[..., PolicySnapshot]
) -> None:
    reading = read_promise(case, pinned)
    assert (reading.due_at, reading.breached) == (case["due"], False)


@pytest.mark.parametrize("case", cases("sla.yaml", "refused"))
def test_a_promise_is_broken_as_the_example_says(
    case: Case, pinned: Callable[..., PolicySnapshot]
) -> None:
    reading = read_promise(case, pinned)
    assert (reading.due_at, reading.breached) == (case["due"], True)


@pytest.mark.parametrize("case", cases("calendars.yaml", "allowed", "refused"))
def test_a_calendar_counts_what_the_example_says(
    case: Case, shipped: PolicySet, new_item: Callable[..., FeedbackItem]
) -> None:
    entry = next(one for one in shipped.calendars.calendars if one.name == case["calendar"])
    begin, end = case["from"], case["to"]
    customer = {key: case.get(key, usual) or None for key, usual in WHERE.items()}
    definition = define(shipped, entry, new_item(**customer), begin)
    counted = seconds_between(expand(definition, begin - DAY), begin, end)
    assert counted == (seconds_in(case["counts"]) if "counts" in case else 0)


class Told:
    """Plays a ladder until it ends, or until somebody who takes items on has been told."""

    def __init__(self, ladder: Ladder, around: Around, policy_set: PolicySet, case: Case) -> None:
        self._ladder, self._around = ladder, around
        self._policy_set, self._case = policy_set, case
        self._state = LadderState()
        self.began = case.get("begins", MONDAY)
        self.told: list[str] = []
        self.passed_over: list[str] = []

    def play(self) -> Told:
        """Go from moment to moment."""
        self._state = escalation.begin(self._state, self.began)
        while self._state.next_at is not None and self._state.acknowledgement is None:
            now = self._state.next_at
            moved = escalation.advance(self._ladder, self._state, self._around, now)
            self._state = moved.state
            for step in moved.steps:
                self._take(step, now)
        return self

    def _take(self, step: Step, now: datetime) -> None:
        match step:
            case WhoNeeded(rung=rung):
                found = who_is_on(self._policy_set.directory, rung.level, rung.written, "omar", now)
                self._state = escalation.answer_lookup(self._state, found)
            case Skipped(rung=rung):
                self.passed_over.append(rung.name)
            case LeaveNeeded(rung=rung):
                asked = escalation.ask_leave(self._state, rung.level, f"r-{now}")
                answer = LEAVE[self._case["leave"]]
                self._state = escalation.settle_leave(asked, f"r-{now}", answer, now + MINUTE)
            case Climbed(rung=rung, people=people, reminder=False):
                since = (now - self.began) // MINUTE
                shown = f"{since // 60}h" if since and since % 60 == 0 else f"{since}m"
                self.told.append(f"{shown} {rung.name} {' '.join(people)}")
                self._acknowledge(people, now)
            case _:
                pass

    def _acknowledge(self, people: tuple[str, ...], now: datetime) -> None:
        by = self._case.get("acknowledged_by")
        if by in people:
            taken = Acknowledgement(
                actor=Actor(person=by, channel=Channel.DESK),
                at=now,
                level=self._state.level,
                holds_until=now + timedelta(seconds=self._ladder.acknowledgement_lasts),
            )
            self._state = self._state.model_copy(update={"acknowledgement": taken})


@pytest.mark.parametrize("case", cases("escalation.yaml", "allowed", "refused"))
def test_a_ladder_tells_whom_the_example_says(
    case: Case, shipped: PolicySet, pinned: Callable[..., PolicySnapshot]
) -> None:
    snapshot = pinned(**WHERE)
    ladder: Any = snapshot.rules[Severity(case["severity"])].ladder
    around = Around(snapshot.calendar, snapshot.people, "omar")
    played = Told(ladder, around, shipped, case).play()
    assert played.told == case["told"]
    assert played.passed_over == case.get("passed_over", [])
