"""Asking, moving and withdrawing questions, and telling people when a reply is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from models.events import EventKind
from models.notice import Notice, NoticeResult
from models.people import NoticeChannel, Person
from models.sheet import DEPUTIES, OWNER, LateStep, Question, QuestionStatus, Sheet, SheetRules
from policies.sheets import record


def ask(sheet: Sheet, question: Question, now: datetime) -> Sheet:
    """The sheet with one more question; one with this id that was asked before stays as it is."""
    if any(one.id == question.id for one in sheet.questions):
        return sheet
    sheet = sheet.model_copy(update={"questions": (*sheet.questions, question)})
    return record.happened(
        sheet,
        EventKind.QUESTION_ASKED,
        now,
        f"{question.owner} is asked about {question.id} until {moment(question.due_at)}.",
        facts={
            "question": question.id,
            "owner": question.owner,
            "deputies": ", ".join(question.deputies),
            "due_at": question.due_at.isoformat(),
            "figure": question.figure or None,
            "value": question.value,
        },
    )


def move(sheet: Sheet, question_id: str, due_at: datetime, now: datetime) -> Sheet:
    """The sheet with another due time for a question that is open; reminders begin anew."""
    question = find(sheet, question_id)
    if question is None or not question.open or question.due_at == due_at:
        return sheet
    sheet = _replaced(sheet, question.model_copy(update={"due_at": due_at, "told": 0}))
    return record.happened(
        sheet,
        EventKind.QUESTION_MOVED,
        now,
        f"{question_id} is due {moment(due_at)} now.",
        facts={"question": question_id, "due_at": due_at.isoformat()},
    )


def withdraw_all(sheet: Sheet, why: str, now: datetime) -> Sheet:
    """The sheet on which nothing is asked any more."""
    for question in sheet.questions:
        if question.open:
            sheet = _replaced(sheet, question.model_copy(update={"withdrawn": True}))
            sheet = record.happened(
                sheet,
                EventKind.QUESTION_WITHDRAWN,
                now,
                f"{question.id} is no longer asked: {why}",
                facts={"question": question.id},
            )
    return sheet


def find(sheet: Sheet, question_id: str) -> Question | None:
    """The question with this id."""
    return next((one for one in sheet.questions if one.id == question_id), None)


def answered(sheet: Sheet, question: Question) -> Sheet:
    """The sheet with this question in place of the one with its id."""
    return _replaced(sheet, question)


def next_late(sheet: Sheet) -> datetime | None:
    """When somebody has to be reminded or told next, if nobody replies before."""
    return min((at for at, _ in map(_next_of(sheet), sheet.questions) if at), default=None)


def pass_late(sheet: Sheet, now: datetime) -> Sheet:
    """The sheet after everybody was told whose time has come.

    Of several steps that are due at once only the last is told: nobody needs to hear twice in one
    minute that the same thing is late.
    """
    for question in sheet.questions:
        steps = _steps(sheet)
        due = [
            place
            for place, step in enumerate(steps)
            if place >= question.told and _at(question, step) <= now
        ]
        if question.open and due:
            sheet = _tell(sheet, question, steps[due[-1]], now)
            sheet = _replaced(sheet, question.model_copy(update={"told": due[-1] + 1}))
    return sheet


def told(sheet: Sheet, notice: Notice, result: NoticeResult, now: datetime) -> Sheet:
    """The sheet after an attempt to tell people; whom nothing reached is tried once more."""
    rest = tuple(one for one in sheet.notices if one.operation_id != notice.operation_id)
    missed = tuple(one for one in notice.people if one not in result.reached)
    if missed and notice.attempts == 0:
        rest = (*rest, notice.model_copy(update={"people": missed, "attempts": 1}))
    sheet = sheet.model_copy(update={"notices": rest})
    for attempt in result.attempts:
        worked = attempt.failure is None
        sheet = record.happened(
            sheet,
            EventKind.NOTICED if worked else EventKind.NOTICE_FAILED,
            now,
            f"{attempt.person} {'was' if worked else 'could not be'} told by {attempt.channel}.",
            facts={"person": attempt.person, "failure": attempt.failure},
        )
    if missed and notice.attempts:
        people = record.mentions(sheet, missed)
        what = "could be told by no other means than this mention. Please tell them in person."
        sheet = record.say(sheet, f"{people} {what}")
    return sheet


def status_of(sheet: Sheet, now: datetime) -> tuple[QuestionStatus, ...]:
    """Every question as it is shown."""
    return tuple(
        QuestionStatus(
            id=one.id,
            words=one.words,
            choices=one.choices,
            asked=one.asked,
            due_at=one.due_at,
            late=one.open and one.due_at <= now,
            open=one.open,
            given=one.given,
        )
        for one in sheet.questions
        if not one.withdrawn
    )


def lines(sheet: Sheet) -> list[str]:
    """Every question in a line, for the Temporal UI."""
    return [
        f"- {one.id}: {one.given.choice if one.given else 'open, ' + one.owner}"
        for one in sheet.questions
        if not one.withdrawn
    ]


def moment(at: datetime) -> str:
    """A moment in words; sheets count in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _steps(sheet: Sheet) -> tuple[LateStep, ...]:
    return sheet.rules.late if sheet.rules else ()


def _at(question: Question, step: LateStep) -> datetime:
    return question.due_at + timedelta(seconds=step.after)


def _next_of(sheet: Sheet) -> Callable[[Question], tuple[datetime | None, Question]]:
    steps = _steps(sheet)

    def next_of(question: Question) -> tuple[datetime | None, Question]:
        waits = question.open and question.told < len(steps)
        return (_at(question, steps[question.told]) if waits else None), question

    return next_of


def _tell(sheet: Sheet, question: Question, step: LateStep, now: datetime) -> Sheet:
    people = _meant(question, step)
    late = question.due_at <= now
    what = f"{question.id} was due {moment(question.due_at)} and nobody has replied"
    if not late:
        what = f"{question.id} is due {moment(question.due_at)}"
    sheet = record.happened(
        sheet,
        EventKind.QUESTION_LATE,
        now,
        f"{', '.join(people)} told: {what}.",
        facts={"question": question.id, "people": ", ".join(people), "late": late},
    )
    sheet = record.say(sheet, f"{record.mentions(sheet, people)}: {what}. {how_to_reply(question)}")
    return _notify(sheet, question, people, what, now)


def _notify(
    sheet: Sheet, question: Question, people: tuple[str, ...], what: str, now: datetime
) -> Sheet:
    """A notice for those whom a mention on the issue is not enough for."""
    rules = sheet.rules
    wanting = tuple(one for one in people if rules and _wants_more(rules, one))
    if not wanting:
        return sheet
    sequence = sheet.sequence + 1
    notice = Notice(
        operation_id=f"{sheet.workflow_id}/{sheet.life}/{sequence}",
        issue_key=sheet.issue_key,
        level=question.told + 1,
        people=wanting,
        subject=f"{sheet.issue_key}: {what}",
        words=f"{question.words}\n{what[0].upper()}{what[1:]}.",
        due_at=now,
        how=how_to_reply(question),
    )
    return sheet.model_copy(update={"sequence": sequence, "notices": (*sheet.notices, notice)})


def how_to_reply(question: Question) -> str:
    """What whoever is asked has to write."""
    if len(question.choices) == 1:
        return f"Sign it off with /signoff {question.id} in a comment on the issue."
    choices = ", ".join(question.choices)
    return f"Reply with /answer {question.id} and one of {choices}, and why, in a comment on the issue."


def _meant(question: Question, step: LateStep) -> tuple[str, ...]:
    meant: list[str] = []
    for one in step.notify:
        meant += {OWNER: [question.owner], DEPUTIES: list(question.deputies)}.get(one, [one])
    return tuple(dict.fromkeys(meant)) or (question.owner,)


def _wants_more(rules: SheetRules, person_id: str) -> bool:
    person: Person | None = rules.person(person_id)
    return person is not None and person.notify[0] is not NoticeChannel.JIRA


def _replaced(sheet: Sheet, question: Question) -> Sheet:
    questions = tuple(question if one.id == question.id else one for one in sheet.questions)
    return sheet.model_copy(update={"questions": questions})
