"""The ladder: who is told next when nobody takes an item on.

The workflow sleeps until `state.next_at`, calls `advance`, carries out the steps it returns and
keeps the state it returns. An acknowledgement holds the ladder off for a time and never for ever:
when it lapses, the climb goes on where the ladder says. After the last rung the ladder begins again
as often as its `repeat` says, and then it is exhausted.
"""

from __future__ import annotations

from datetime import datetime

from models.item_state import ClimbState, LadderState, RungLeave, Told
from models.ladder import AfterLapse, Hours, Ladder, LevelFound, OutOfHours, Rung
from policies.ladder_steps import (
    Advance,
    Around,
    Climbed,
    Exhausted,
    HandedOff,
    Lapsed,
    LeaveNeeded,
    Queued,
    Repeated,
    Skipped,
    Step,
    WhoNeeded,
)
from policies.rungs import (
    CLOSED,
    NOT_ITS_HOURS,
    change_after,
    hours_fit,
    judge,
    open_at,
    rung_at,
    rung_from,
    wait_after,
)


def begin(state: LadderState, at: datetime) -> LadderState:
    """Make the first rung due at `at`, or when an earlier acknowledgement lapses.

    A ladder that has been begun before does not change.
    """
    if state.level or state.passes or state.exhausted or state.next_at:
        return state
    held = state.acknowledgement.holds_until if state.acknowledgement else at
    return _with(state, next_at=max(at, held))


def advance(ladder: Ladder, state: LadderState, around: Around, now: datetime) -> Advance:
    """Move on when `state.next_at` has come, or other people are on call; before, nothing changes.

    At most one rung is climbed by one call. Rungs that have nobody, whose hours these are not, or
    whose approval was refused are passed over on the way. A wait in business time that the calendar
    does not cover is waited in wall-clock time.
    """
    state, steps = _hand_off(ladder, state, now)
    if state.looking_up is not None and rung_at(ladder, state.looking_up) is None:
        state = settled(state)  # another severity has another ladder
    due = state.next_at is not None and now >= state.next_at and not state.exhausted
    if not due or state.looking_up is not None:
        return Advance(state, tuple(steps))
    state = _lapse(ladder, state, steps)
    state = _go_on(ladder, state, around, now, steps)
    while True:
        rung = rung_from(ladder, state.level + 1)
        if rung is None:
            again = _begin_again(ladder, state, around, now, steps)
            if again is None:
                ended = settled(state, next_at=None, exhausted=True, waiting_for=None)
                return Advance(ended, (*steps, Exhausted()))
            state = again
            if state.next_at is not None and now < state.next_at:
                return Advance(state, tuple(steps))
            continue
        step = judge(rung, state, around, now)
        match step:
            case Skipped():
                steps.append(step)
                state = settled(state, level=rung.level)
            case WhoNeeded():
                return Advance(_with(state, looking_up=rung.level), (*steps, step))
            case Queued(until=until):
                return Advance(settled(state, next_at=until), (*steps, step))
            case Climbed(people=people):
                rests = _woken_until(state, rung, around)
                if rests is not None and now < rests:
                    waits = settled(state, next_at=rests, waiting_for=None)
                    return Advance(waits, tuple(steps))
                return Advance(_climb(state, rung, people, around, now), (*steps, step))
            case LeaveNeeded() | None:
                steps += [step] if step else []
                return _remind(ladder, state, rung, around, now, steps)


def answer_lookup(state: LadderState, found: LevelFound) -> LadderState:
    """Take in who is on a level, for the `advance` of the same moment.

    An answer that nobody waits for any more changes nothing.
    """
    if state.looking_up != found.level:
        return state
    return _with(state, looking_up=None, found=found)


def ask_leave(state: LadderState, level: int, request_id: str) -> LadderState:
    """Record that leave to climb this level was asked for; asking twice changes nothing."""
    if any(leave.level == level for leave in state.leaves):
        return state
    asked = RungLeave(level=level, request_id=request_id, state=ClimbState.ASKED)
    return _with(state, leaves=(*state.leaves, asked))


def settle_leave(
    state: LadderState, request_id: str, answer: ClimbState, now: datetime
) -> LadderState:
    """Record the answer; a rung that the ladder stands before is climbed or passed over at once.

    While an acknowledgement holds, the answer waits until that lapses, and one about a rung that is
    not next waits for its turn. An answer to an unknown request, or to one that is settled, changes
    nothing.
    """
    asked = next(
        (
            leave
            for leave in state.leaves
            if leave.request_id == request_id and leave.state is ClimbState.ASKED
        ),
        None,
    )
    if asked is None:
        return state
    leaves = tuple(
        leave.model_copy(update={"state": answer}) if leave is asked else leave
        for leave in state.leaves
    )
    held = state.acknowledgement is not None and now < state.acknowledgement.holds_until
    waits = held or state.next_at is None or state.waiting_for != asked.level
    return _with(state, leaves=leaves, next_at=state.next_at if waits else now)


def stand_down(state: LadderState) -> LadderState:
    """Nothing is due any more, for instance because the item is decided."""
    return settled(state, next_at=None)


def rung_told(ladder: Ladder, state: LadderState) -> Rung | None:
    """The rung whose people know."""
    return rung_at(ladder, state.told.level) if state.told else None


def _hand_off(ladder: Ladder, state: LadderState, now: datetime) -> tuple[LadderState, list[Step]]:
    """Other people may be on call now than those who were told: look, and tell them."""
    told, rung = state.told, rung_told(ladder, state)
    if told is None or told.hand_off_at is None or now < told.hand_off_at:
        return state, []
    if rung is None:
        return _with(state, told=told.model_copy(update={"hand_off_at": None})), []
    if state.found is None or state.found.level != told.level:
        return _with(state, looking_up=told.level), [WhoNeeded(rung)]
    found = state.found
    people = tuple(person.id for person in found.people)
    later = found.changes_at if found.changes_at is None or found.changes_at > now else None
    changed = set(people) != set(told.people)
    woken_at = now if changed else told.woken_at
    after = told.model_copy(update={"people": people, "hand_off_at": later, "woken_at": woken_at})
    steps: list[Step] = [HandedOff(rung, told.people, people)] if changed else []
    return settled(state, told=after), steps


def _lapse(ladder: Ladder, state: LadderState, steps: list[Step]) -> LadderState:
    taken = state.acknowledgement
    if taken is None:
        return state
    steps.append(Lapsed(taken, ladder.after_lapse))
    level = state.level
    if ladder.after_lapse is AfterLapse.FIRST:
        level = 0
    elif ladder.after_lapse is AfterLapse.SAME and state.told is not None:
        level = state.told.level - 1
    told = state.told.model_copy(update={"woken_at": None}) if state.told else None
    return _with(state, acknowledgement=None, level=level, told=told)


def _go_on(
    ladder: Ladder, state: LadderState, around: Around, now: datetime, steps: list[Step]
) -> LadderState:
    """Where the rung that was told last leads: back by its repeat, along a branch, or just on."""
    rung = rung_told(ladder, state)
    if rung is None or rung.level != state.level:
        return state
    used = state.repeated.count(rung.level)
    if rung.repeat_from is not None and used < rung.repeat_times:
        steps.append(Repeated(rung, rung.repeat_from, rung.repeat_times - used - 1))
        return _with(
            state,
            level=rung.repeat_from - 1,
            repeated=(*state.repeated, rung.level),
            leaves=_asked_anew(state, rung.repeat_from),
        )
    for branch in rung.onward:
        if hours_fit(branch.when, around, now):
            return _with(state, level=branch.to - 1)
    return state


def _begin_again(
    ladder: Ladder, state: LadderState, around: Around, now: datetime, steps: list[Step]
) -> LadderState | None:
    """The state at the foot of another pass; None when there is none.

    A pass in which nobody could be told is not repeated at once, since that would tell nobody
    either: where only the hours were wrong it waits until they change.
    """
    if state.passes >= ladder.repeat:
        return None
    next_pass = _with(
        state,
        level=ladder.repeat_from - 1,
        passes=state.passes + 1,
        leaves=_asked_anew(state, 0),
        repeated=(),
        told_in_pass=False,
    )
    if state.told_in_pass:
        left = ladder.repeat - next_pass.passes
        steps.append(Repeated(None, ladder.repeat_from, left))
        return next_pass
    untimely = next((rung for rung in ladder.rungs if rung.when is not None), None)
    change = change_after(around, now)
    if untimely is None or change is None:
        return None
    steps.append(Queued(untimely, change, NOT_ITS_HOURS[untimely.when or Hours.WORKING]))
    return _with(next_pass, next_at=change)


def _climb(
    state: LadderState, rung: Rung, people: tuple[str, ...], around: Around, now: datetime
) -> LadderState:
    changes_at = state.found.changes_at if state.found else None
    later = changes_at if changes_at is not None and changes_at > now else None
    return settled(
        state,
        level=rung.level,
        climbed_at=now,
        next_at=wait_after(rung, around, now),
        told=Told(level=rung.level, people=people, at=now, woken_at=now, hand_off_at=later),
        told_in_pass=True,
        waiting_for=None,
    )


def _remind(
    ladder: Ladder,
    state: LadderState,
    rung: Rung,
    around: Around,
    now: datetime,
    steps: list[Step],
) -> Advance:
    """The rung may not be climbed yet, so those who know already are reminded."""
    lower = rung_told(ladder, state)
    state = settled(state, waiting_for=rung.level)
    if lower is None or state.told is None:
        return Advance(_with(state, next_at=wait_after(rung, around, now)), tuple(steps))
    asleep = lower.out_of_hours is OutOfHours.QUEUE and not lower.looked_up
    opens = change_after(around, now) if asleep and not open_at(around, now) else None
    if opens is not None:
        return Advance(_with(state, next_at=opens), (*steps, Queued(lower, opens, CLOSED)))
    rests = _woken_until(state, lower, around)
    if rests is not None and now < rests:
        return Advance(_with(state, next_at=rests), tuple(steps))
    told = state.told.model_copy(update={"woken_at": now})
    people = tuple(one for one in told.people if one not in told.acknowledged_by)
    if people:
        steps.append(Climbed(lower, people, reminder=True))
    after = _with(state, told=told, next_at=wait_after(lower, around, now))
    return Advance(after, tuple(steps))


def _woken_until(state: LadderState, rung: Rung, around: Around) -> datetime | None:
    """Until when the people of this rung have its wait, if it is they who were told last.

    An answer on leave may move the ladder at any moment; it wakes nobody who was woken just now.
    """
    told = state.told
    if told is None or told.level != rung.level or told.woken_at is None:
        return None
    return wait_after(rung, around, told.woken_at)


def _asked_anew(state: LadderState, from_level: int) -> tuple[RungLeave, ...]:
    """Leave is asked anew each time a rung comes round; what is still asked is not asked twice."""
    return tuple(
        leave
        for leave in state.leaves
        if leave.level < from_level or leave.state is ClimbState.ASKED
    )


def settled(state: LadderState, **changes: object) -> LadderState:
    """The state after a question who is on a level was used up, or is no longer asked."""
    return _with(state, **{"looking_up": None, "found": None, **changes})


def _with(state: LadderState, **changes: object) -> LadderState:
    return state.model_copy(update=changes)
