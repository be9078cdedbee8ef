"""Notices beside the mention on the issue: who wants one, what came of it, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.events import EventKind
from models.item_state import ItemState
from models.ladder import LevelFound, Rung
from models.notice import Attempt, Notice, NoticeResult
from models.people import NoticeChannel, Person
from policies.lifecycle import record, words
from policies.lifecycle.running_clocks import pinned

TRY_AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5))
"""After the first and the second attempt that reached somebody by no channel; then it is given up."""


def ask(
    state: ItemState, rung: Rung, people: tuple[str, ...], what: str, now: datetime
) -> ItemState:
    """The state wanting a notice to those of them whom a mention is not enough for."""
    wanting = tuple(one for one in people if _wants_more(pinned(state).person(one)))
    if not wanting or state.item is None:
        return state
    sequence = state.sequence + 1
    key = state.item.issue_key
    notice = Notice(
        operation_id=f"{state.workflow_id}/{state.life}/{sequence}",
        issue_key=key,
        level=rung.level,
        people=wanting,
        subject=f"{key}: {rung.name} (level {rung.level}), {what}",
        words=f"{key} ({state.severity}, {state.category}) needs somebody to take it on.",
        due_at=now,
    )
    return state.model_copy(update={"sequence": sequence, "notices": (*state.notices, notice)})


def due(state: ItemState, now: datetime) -> Notice | None:
    """The next notice to send; none once the item is decided or its issue gone."""
    if state.decision is not None or state.gone or state.closed_at is not None:
        return None
    return next((notice for notice in state.notices if notice.due_at <= now), None)


def sent(state: ItemState, notice: Notice, result: NoticeResult, now: datetime) -> ItemState:
    """The state after an attempt: what worked, what failed, and whom to try again."""
    left = tuple(one for one in state.notices if one.operation_id != notice.operation_id)
    state = state.model_copy(update={"notices": left})
    for attempt in result.attempts:
        state = _attempted(state, notice, attempt, now)
    missed = tuple(person for person in notice.people if person not in result.reached)
    if not missed:
        return state
    if notice.attempts >= len(TRY_AGAIN_AFTER):
        return record.say(state, words.not_reached_note(pinned(state), missed, notice.level))
    again = notice.model_copy(
        update={
            "people": missed,
            "attempts": notice.attempts + 1,
            "due_at": now + TRY_AGAIN_AFTER[notice.attempts],
        }
    )
    return state.model_copy(update={"notices": (*state.notices, again)})


def know(state: ItemState, found: LevelFound) -> ItemState:
    """Let the item know people who were on no rung when it was pinned.

    They bring their roles, so that they can acknowledge, and no groups: who may vote stays pinned.
    """
    snapshot = pinned(state)
    unknown = tuple(
        person.model_copy(update={"groups": ()})
        for person in found.people
        if snapshot.person(person.id) is None
    )
    if not unknown:
        return state
    joined = (*snapshot.joined, *unknown)
    return state.model_copy(update={"snapshot": snapshot.model_copy(update={"joined": joined})})


def _wants_more(person: Person | None) -> bool:
    """A mention is enough for whoever puts it first and has an account that can be mentioned."""
    if person is None:
        return False
    first, *others = person.notify
    if first is NoticeChannel.JIRA:
        return person.jira_account_id is None and bool(others)
    return True


def _attempted(state: ItemState, notice: Notice, attempt: Attempt, now: datetime) -> ItemState:
    worked = attempt.failure is None
    return record.happened(
        state,
        EventKind.NOTICED if worked else EventKind.NOTICE_FAILED,
        now,
        f"{attempt.person} was told of level {notice.level} by {attempt.channel}."
        if worked
        else f"{attempt.person} could not be told of level {notice.level} by {attempt.channel} "
        f"({attempt.failure}).",
        person=attempt.person,
        level=notice.level,
        channel=attempt.channel,
        failure=attempt.failure,
        notice=notice.operation_id,
    )
