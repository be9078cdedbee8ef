"""Ladders, hours and moves that the tests of escalation share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.calendar import CalendarDefinition
from models.item_state import ClimbState, LadderState
from models.ladder import Ladder, LevelFound, Rung
from models.people import Actor, Channel, Person
from policies import escalation
from policies.business_time import always_open, expand
from policies.ladder_steps import Advance, Around, Climbed

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 6, 5, 18, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 6, 8, 9, tzinfo=UTC)

ALWAYS = Around(always_open(MONDAY - timedelta(days=1)))
OFFICE = Around(
    expand(
        CalendarDefinition(
            name="office", zone="UTC", windows=dict.fromkeys(range(5), ((9 * 60, 17 * 60),))
        ),
        MONDAY - timedelta(days=1),
    )
)
"""Monday to Friday, 9 to 17 UTC."""


def by(person: str) -> Actor:
    return Actor(person=person, channel=Channel.DESK)


def person(id_: str, **more: object) -> Person:
    return Person.model_validate({"id": id_, "name": id_.title(), **more})


def rung(level: int, *notify: str, wait: int = 600, **more: object) -> Rung:
    return Rung.model_validate(
        {"level": level, "name": f"rung {level}", "notify": notify, "wait": wait, **more}
    )


def ladder(*rungs: Rung, **more: object) -> Ladder:
    return Ladder.model_validate(
        {
            "name": "urgent",
            "starts_at_percent": 100,
            "rungs": rungs,
            "acknowledgement_lasts": 3600,
            **more,
        }
    )


def begun(at: datetime = MONDAY) -> LadderState:
    return escalation.begin(LadderState(), at)


def climb(rungs: Ladder, state: LadderState, around: Around = ALWAYS) -> Advance:
    """Advance at the very moment that the state asks for."""
    assert state.next_at is not None
    return escalation.advance(rungs, state, around, state.next_at)


def climbs(rungs: Ladder, state: LadderState, around: Around = ALWAYS, most: int = 50) -> list[int]:
    """The levels that are told from here on if nobody ever acknowledges."""
    told: list[int] = []
    while state.next_at is not None and len(told) < most:
        moved = climb(rungs, state, around)
        told += [step.rung.level for step in moved.steps if isinstance(step, Climbed)]
        state = moved.state
    return told


def asked(state: LadderState, level: int, request: str = "r-1") -> LadderState:
    return escalation.ask_leave(state, level, request)


def settled(
    state: LadderState, answer: ClimbState, now: datetime, request: str = "r-1"
) -> LadderState:
    return escalation.settle_leave(state, request, answer, now)


def found(level: int, *people: str, **more: object) -> LevelFound:
    return LevelFound.model_validate(
        {"level": level, "people": tuple(person(one) for one in people), "on_call": people, **more}
    )
