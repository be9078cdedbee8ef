"""An escalation is taken on by somebody, or handed over: to a person, or by a rota."""

from __future__ import annotations

from datetime import datetime

from models.events import EventKind
from models.item_state import ItemState
from models.ladder import Rung
from models.people import Act, Actor
from policies import acknowledging
from policies.ladder_steps import Around
from policies.lifecycle import notices, record, words
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import current_rung, ladder_rules

TOLD_SO_FAR = 5
"""So many of the newest happenings stand in a hand-off note."""

_OF_THE_LADDER = frozenset(
    {
        EventKind.CLIMBED,
        EventKind.RUNG_SKIPPED,
        EventKind.RUNG_QUEUED,
        EventKind.CLIMB_REQUESTED,
        EventKind.CLIMB_REFUSED,
        EventKind.ACKNOWLEDGED,
        EventKind.ACKNOWLEDGEMENT_LAPSED,
        EventKind.HANDED_OVER,
    }
)


def around(state: ItemState) -> Around:
    """What the item's ladder looks at besides itself."""
    snapshot = pinned(state)
    return Around(snapshot.calendar, snapshot.people, state.owner)


def take_on(state: ItemState, actor: Actor, note: str, now: datetime) -> tuple[ItemState, str]:
    """The state after somebody acknowledged, and what to tell them.

    Only called once the ladder has begun.
    """
    rules = ladder_rules(state)
    if rules is None:
        return state, ""
    rung = current_rung(state)
    level = rung.level if rung else state.ladder.level
    ladder = acknowledging.acknowledge(rules, state.ladder, actor, now)
    waiting = acknowledging.still_to_acknowledge(rules, ladder)
    state = record.happened(
        state.model_copy(update={"ladder": ladder}),
        EventKind.ACKNOWLEDGED,
        now,
        f"{actor.person} took the escalation on at level {level}.",
        actor=actor,
        level=level,
        note=note,
        **({"still_to_acknowledge": ", ".join(waiting)} if waiting else {}),
    )
    if waiting:
        missing = ", ".join(waiting)
        return state, f"Noted at level {level}. The ladder rests when {missing} acknowledged too."
    return state, f"Taken on at level {level}. The ladder rests for now."


def may_be_handed(state: ItemState, person_id: str) -> bool:
    """Whether this person could take the escalation on."""
    snapshot = pinned(state)
    person = snapshot.person(person_id)
    roles = frozenset(snapshot.permissions.get(Act.ACKNOWLEDGE, ()))
    return person is not None and person.active and not roles.isdisjoint(person.roles)


def hand_over(
    state: ItemState, actor: Actor, to: str, note: str, now: datetime
) -> tuple[ItemState, str]:
    """The state after it was handed to somebody, and what to tell whoever did.

    Only called once somebody has been told.
    """
    rules, rung = ladder_rules(state), current_rung(state)
    if rules is None or rung is None:
        return state, ""
    ladder = acknowledging.hand_over(rules, state.ladder, to, around(state), now, by=actor.person)
    state = state.model_copy(update={"ladder": ladder})
    state = _handed(state, rung, (to,), now, tell=(to,), note=note, actor=actor)
    return state, f"Handed over to {to}, who has to take it on. Until then the ladder goes on."


def handed_off(
    state: ItemState, rung: Rung, before: tuple[str, ...], people: tuple[str, ...], now: datetime
) -> ItemState:
    """Other people are on call: they are told what happened so far."""
    came = tuple(person for person in people if person not in before)
    note = f"On call before: {', '.join(before) or 'nobody'}."
    return _handed(state, rung, people, now, tell=came, note=note)


def so_far(state: ItemState) -> list[str]:
    """The newest happenings of the ladder, one line each, oldest first."""
    zone = pinned(state).calendar.zone
    happened = [event for event in state.timeline if event.kind in _OF_THE_LADDER]
    return [f"{words.moment(event.at, zone)}: {event.summary}" for event in happened[-TOLD_SO_FAR:]]


def _handed(
    state: ItemState,
    rung: Rung,
    to: tuple[str, ...],
    now: datetime,
    *,
    tell: tuple[str, ...],
    note: str,
    actor: Actor | None = None,
) -> ItemState:
    """Keep that it was handed `to` these people, and `tell` those of them who do not know yet."""
    who = ", ".join(to)
    by = f"{actor.person} handed over" if actor else "The rota handed over"
    before = so_far(state)
    state = record.happened(
        state,
        EventKind.HANDED_OVER,
        now,
        f"{by} level {rung.level} ({rung.name}) to {who or 'nobody'}.",
        actor=actor,
        level=rung.level,
        rung=rung.name,
        notified=who,
    )
    if not tell:
        return state
    state = record.say(state, words.hand_off_note(pinned(state), rung, tell, before, note))
    return notices.ask(state, rung, tell, "handed over to you", now)
