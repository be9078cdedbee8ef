"""One rung when its turn comes: who is on it, whether these are its hours, whether it may be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.item_state import ClimbState, LadderState
from models.ladder import Hours, IfNobodyDecides, Ladder, LevelFound, OutOfHours, Rung
from policies.business_time import CalendarExhausted, add_seconds, is_open, next_change
from policies.ladder_steps import Around, Climbed, LeaveNeeded, Queued, Skipped, WhoNeeded
from policies.levels import on_level

Turn = Climbed | Skipped | Queued | LeaveNeeded | WhoNeeded

NOBODY_THERE = "nobody is on it."
LEAVE_REFUSED = "its approval was refused."
LEAVE_EXPIRED = "nobody decided on its approval in time."
NOT_ITS_HOURS = {
    Hours.WORKING: "it is told in working hours only.",
    Hours.OUT: "it is told out of hours only.",
}
NOBODY_ON_CALL = "nobody is on call, and it does not wake anybody."
CLOSED = "it is out of hours, and it does not wake anybody."


def judge(rung: Rung, state: LadderState, around: Around, now: datetime) -> Turn | None:
    """What happens when it is this rung's turn; None while leave to climb it is being asked."""
    if not hours_fit(rung.when, around, now):
        return Skipped(rung, NOT_ITS_HOURS[rung.when or Hours.WORKING])
    leave = _leave(state, rung)
    if leave is ClimbState.REFUSED:
        return Skipped(rung, LEAVE_REFUSED)
    if leave is ClimbState.EXPIRED and rung.if_nobody_decides is IfNobodyDecides.SKIP:
        return Skipped(rung, LEAVE_EXPIRED)
    if leave is ClimbState.ASKED:
        return None
    found = state.found if state.found and state.found.level == rung.level else None
    if rung.looked_up and found is None:
        return WhoNeeded(rung)
    people = _people(rung, around, found)
    queued = _queue(rung, people, found, around, now)
    if queued is not None:
        return queued
    if not people:
        return Skipped(rung, NOBODY_THERE)
    if rung.needs_approval is not None and leave is None:
        return LeaveNeeded(rung)
    return Climbed(rung, people)


def _people(rung: Rung, around: Around, found: LevelFound | None) -> tuple[str, ...]:
    if found is not None:
        return tuple(person.id for person in found.people)
    if not rung.written:
        return rung.notify
    return tuple(person.id for person in on_level(around.people, rung.written, around.owner))


def _queue(
    rung: Rung,
    people: tuple[str, ...],
    found: LevelFound | None,
    around: Around,
    now: datetime,
) -> Queued | None:
    """Whether the rung waits: its rota says when somebody works, and without one the calendar."""
    if rung.out_of_hours is OutOfHours.TELL or (found is not None and found.on_call):
        return None
    if found is not None and found.next_at is not None and found.next_at > now:
        return Queued(rung, found.next_at, NOBODY_ON_CALL)
    if not people or open_at(around, now):
        return None
    opens = change_after(around, now)
    return Queued(rung, opens, CLOSED) if opens is not None else None


def wait_after(rung: Rung, around: Around, now: datetime) -> datetime:
    """When the next step is due if this rung was told now."""
    wall = now + timedelta(seconds=rung.wait)
    if not rung.business:
        return wall
    try:
        return add_seconds(around.calendar, now, rung.wait)
    except CalendarExhausted:
        return wall  # sooner than meant, and never stuck


def _leave(state: LadderState, rung: Rung) -> ClimbState | None:
    return next((leave.state for leave in state.leaves if leave.level == rung.level), None)


def rung_at(ladder: Ladder, level: int) -> Rung | None:
    """The rung of exactly this level."""
    return next((rung for rung in ladder.rungs if rung.level == level), None)


def rung_from(ladder: Ladder, level: int) -> Rung | None:
    """The lowest rung at this level or above; a severity may leave rungs of its ladder out."""
    return next((rung for rung in ladder.rungs if rung.level >= level), None)


def hours_fit(when: Hours | None, around: Around, now: datetime) -> bool:
    """Whether it is that time now; without a wish it always is."""
    return when is None or open_at(around, now) is (when is Hours.WORKING)


def open_at(around: Around, now: datetime) -> bool:
    """Whether it is working time; what the calendar does not cover counts as that."""
    try:
        return is_open(around.calendar, now)
    except CalendarExhausted:
        return True


def change_after(around: Around, now: datetime) -> datetime | None:
    """When it will be working time next, or no more; None when that is not known."""
    try:
        return next_change(around.calendar, now)
    except CalendarExhausted:
        return None
