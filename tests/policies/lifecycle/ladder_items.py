"""Items whose ladder a test writes itself."""

from __future__ import annotations

from models.events import Event, EventKind
from models.item_state import ItemState
from models.ladder import Ladder, Rung
from models.policy import PolicySnapshot
from policies.lifecycle import deadlines, receiving
from tests.samples import HOUR, T0, after, empty_state, received


def rung(level: int, *notify: str, wait: int = HOUR, **more: object) -> Rung:
    return Rung.model_validate(
        {
            "level": level,
            "name": f"rung {level}",
            "notify": notify,
            "written": notify,
            "wait": wait,
            **more,
        }
    )


def item_with(
    *rungs: Rung, snapshot: dict[str, object] | None = None, **ladder: object
) -> ItemState:
    """An item just received; its ladder starts three hours later."""
    got = received()
    course = Ladder.model_validate(
        {
            "name": "mine",
            "starts_at_percent": 75,
            "acknowledgement_lasts": 4 * HOUR,
            "rungs": rungs,
            **ladder,
        }
    )
    pinned = PolicySnapshot.model_validate(
        {
            **dict(got.snapshot),
            "rules": {
                severity: rules.model_copy(update={"ladder": course})
                for severity, rules in got.snapshot.rules.items()
            },
            **(snapshot or {}),
        }
    )
    return receiving.receive(empty_state(), got.model_copy(update={"snapshot": pinned}), T0)


def passed(state: ItemState, *hours: float) -> ItemState:
    """The item after its deadlines passed at these hours."""
    for one in hours:
        state = deadlines.pass_deadlines(state, after(one))
    return state


def events(state: ItemState, kind: EventKind) -> list[Event]:
    return [event for event in state.timeline if event.kind is kind]


def told(state: ItemState) -> list[tuple[int, str]]:
    """Which level told whom, in order, reminders left out."""
    return [
        (int(event.facts["level"] or 0), str(event.facts["notified"]))
        for event in events(state, EventKind.CLIMBED)
        if not event.facts["reminder"]
    ]
