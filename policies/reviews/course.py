"""The course of a review: held, decided on, signed off, and ended with what nobody replied to."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.events import EventKind
from models.review import Choice, Digest, ReviewRules, ReviewState
from models.sheet import SIGNED, Question
from policies.reviews import words
from policies.sheets import questions, record

SIGN_OFF = "review"
"""The question by whose reply the review is signed off."""


def begin(state: ReviewState, rules: ReviewRules) -> ReviewState:
    """The review with its rules pinned."""
    sheet = state.sheet.model_copy(update={"rules": rules.sheet})
    return state.model_copy(update={"rules": rules, "sheet": sheet})


def held(state: ReviewState, digest: Digest, now: datetime) -> ReviewState:
    """The review with its digest, and everybody asked whose figure is high enough."""
    rules = state.rules
    if rules is None or state.digest is not None:
        return state
    values = {figure.name: figure.value for figure in digest.figures}
    due = state.held_at + timedelta(seconds=rules.answers_within)
    sheet = record.happened(
        state.sheet,
        EventKind.REVIEW_HELD,
        now,
        f"Looked at {len(digest.figures)} figures until {questions.moment(digest.until)}.",
        facts={
            "since": digest.since.isoformat(),
            "until": digest.until.isoformat(),
            **{figure.name.value: figure.value for figure in digest.figures},
        },
    )
    for rule in rules.asks:
        value = values.get(rule.figure, 0)
        if value >= rule.at_least:
            question = Question(
                id=rule.figure,
                words=rule.words,
                choices=tuple(Choice),
                owner=rule.owner,
                deputies=rule.deputies,
                asked_at=now,
                due_at=due,
                figure=rule.figure,
                value=value,
            )
            sheet = questions.ask(sheet, question, now)
    sign_off = Question(
        id=SIGN_OFF,
        words="The review was read, and what is to be done is decided.",
        choices=(SIGNED,),
        owner=rules.owner,
        deputies=rules.deputies,
        asked_at=now,
        due_at=due,
        reason_needed=False,
    )
    sheet = questions.ask(sheet, sign_off, now)
    sheet = record.say(sheet, words.asked(sheet))
    return state.model_copy(update={"sheet": sheet, "digest": digest})


def end_if_over(state: ReviewState, now: datetime) -> ReviewState:
    """The review ended, once everybody has replied or its time is up."""
    if state.digest is None or state.ended_at is not None:
        return state
    waiting = [one.id for one in state.sheet.questions if one.open]
    if waiting and now < closes_at(state):
        return state
    sheet = questions.withdraw_all(state.sheet, "the review is over", now)
    said = f"Over. Nobody replied to: {', '.join(waiting)}." if waiting else "Over: all is decided."
    sheet = record.happened(
        sheet, EventKind.REVIEW_ENDED, now, said, facts={"unanswered": ", ".join(waiting)}
    )
    return state.model_copy(update={"sheet": record.say(sheet, said), "ended_at": now})


def closes_at(state: ReviewState) -> datetime:
    """When the review ends even if somebody has not replied."""
    lasts = state.rules.closes_after if state.rules else 0
    return state.held_at + timedelta(seconds=lasts)


def next_moment(state: ReviewState) -> datetime | None:
    """When the review has to wake by itself, if nobody replies before."""
    if state.ended_at is not None or state.digest is None:
        return None
    late = questions.next_late(state.sheet)
    return min(late, closes_at(state)) if late else closes_at(state)
