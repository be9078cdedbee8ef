"""Taking an escalation on, by one or by all of those told, and handing it over to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.item_state import Acknowledgement, LadderState, Told
from models.ladder import AcknowledgedBy, AfterLapse, Ladder
from models.people import Actor
from policies.escalation import rung_told, settled
from policies.ladder_steps import Around
from policies.rungs import wait_after


def acknowledge(ladder: Ladder, state: LadderState, actor: Actor, at: datetime) -> LadderState:
    """Somebody takes it on: nothing is due until the acknowledgement lapses.

    Where all of those told have to, the ladder goes on until the last of them has. A ladder on
    which nothing is due stays so, unless it climbs again from a level below after a lapse; a later
    `begin` respects the acknowledgement. The proof is not kept.
    """
    told = state.told
    if told is not None and actor.person not in told.acknowledged_by:
        told = told.model_copy(update={"acknowledged_by": (*told.acknowledged_by, actor.person)})
        state = state.model_copy(update={"told": told})
    if still_to_acknowledge(ladder, state):
        return state
    holds_until = at + timedelta(seconds=ladder.acknowledgement_lasts)
    taken = Acknowledgement(
        actor=actor.without_proof(),
        at=at,
        level=told.level if told else state.level,
        holds_until=holds_until,
    )
    climbs_again = state.exhausted and ladder.after_lapse is not AfterLapse.NEXT
    due = None if state.next_at is None and not climbs_again else holds_until
    exhausted = state.exhausted and not climbs_again
    return settled(state, acknowledgement=taken, next_at=due, exhausted=exhausted)


def still_to_acknowledge(ladder: Ladder, state: LadderState) -> tuple[str, ...]:
    """Those told who have to acknowledge as well before the ladder rests.

    Nobody where one of them is enough.
    """
    rung, told = rung_told(ladder, state), state.told
    if rung is None or told is None or rung.acknowledged_by is AcknowledgedBy.ONE:
        return ()
    return tuple(person for person in told.people if person not in told.acknowledged_by)


def hand_over(
    ladder: Ladder,
    state: LadderState,
    person: str,
    around: Around,
    now: datetime,
    *,
    by: str = "",
) -> LadderState:
    """The level that was told is now this person's: they have its wait to acknowledge.

    What was acknowledged before no longer holds, so that nothing lies between two people. Where all
    of those told have to acknowledge, the person takes the place of whoever handed it over (`by`)
    alone: nobody hands over what somebody else still has to do. Only called once somebody has been
    told.
    """
    rung, told = rung_told(ladder, state), state.told
    if rung is None or told is None:
        return state
    everybody = told.people if rung.acknowledged_by is AcknowledgedBy.ALL else ()
    others = tuple(one for one in everybody if one not in (by, person))
    done = tuple(one for one in told.acknowledged_by if one in others)
    return settled(
        state,
        told=Told(
            level=told.level,
            people=(*others, person),
            at=now,
            woken_at=now,
            acknowledged_by=done,
        ),
        acknowledgement=None,
        exhausted=False,
        next_at=wait_after(rung, around, now),
    )
