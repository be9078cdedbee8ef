"""Judges replies: who gave one, whether they were asked, and whether it can still count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.events import EventKind
from models.failures import (
    MALFORMED,
    NOT_ENTITLED,
    NOTHING_TO_ACT_ON,
    REASON_MISSING,
    TOO_LATE,
    UNPROVEN,
    Failure,
)
from models.jira_view import CommandName, ObservedComment, ObservedIssue
from models.names import issue_subject
from models.people import Act, Channel
from models.sheet import Given, Question, Reply, Sheet
from policies import proof
from policies.proof_content import of_reply
from policies.sheets import questions, record

OURS = (CommandName.SIGNOFF, CommandName.ANSWER)
NOT_HERE = "That command is for feedback items. Here there are /signoff and /answer."


@dataclass(frozen=True)
class Judged:
    """The sheet after a reply, and what to tell whoever gave it. `refusal` None: it counts."""

    sheet: Sheet
    message: str
    refusal: Failure | None = None
    question: Question | None = None


def by_update(sheet: Sheet, reply: Reply, now: datetime) -> Judged:
    """A reply that was sent to the workflow.

    What is said in Jira is read there; an update that claims to come from it repeats somebody's
    proof.
    """
    if reply.actor.channel is Channel.JIRA:
        return _refused(sheet, reply, UNPROVEN, UNPROVEN.remedy, now)
    return _judge(sheet, reply, sheet.workflow_id, now)


def take_in(sheet: Sheet, observed: ObservedIssue, now: datetime) -> Sheet:
    """The sheet after reading its issue: commands that people wrote count as their replies."""
    sheet = sheet.model_copy(
        update={
            "seen": observed.fields,
            "cursor": observed.cursor,
            "issue_key": observed.issue_key,
        }
    )
    for comment in observed.comments:
        if comment.command is not None:
            sheet = _obey(sheet, comment, now)
    return sheet


def _obey(sheet: Sheet, comment: ObservedComment, now: datetime) -> Sheet:
    command = comment.command
    if command is None or (command.actor is None and not command.problem):
        return sheet
    if command.problem or command.actor is None:
        return record.say(sheet, f"/{command.name} was refused: {command.problem}")
    if command.name not in OURS:
        return record.say(sheet, f"/{command.name} was refused: {NOT_HERE}")
    question, choice, *_ = command.arguments
    reply = Reply(actor=command.actor, question=question, choice=choice, reason=command.reason)
    judged = _judge(sheet, reply, issue_subject(sheet.issue_id or ""), now)
    if judged.refusal is None:
        return judged.sheet
    return record.say(judged.sheet, f"/{command.name} was refused: {judged.message}")


def _judge(sheet: Sheet, reply: Reply, subject: str, now: datetime) -> Judged:
    rules, question = sheet.rules, questions.find(sheet, reply.question)
    if rules is None or question is None or question.withdrawn:
        known = ", ".join(one.id for one in sheet.questions if one.open) or "nothing"
        what = f"Nothing of the name {reply.question} is asked here. Open: {known}."
        return _refused(sheet, reply, NOTHING_TO_ACT_ON, what, now)
    unproven = proof.check(
        reply.actor,
        Act.REPLY,
        subject,
        rules.trusted_keys,
        now,
        rules.allow_unproven,
        content=of_reply(reply.question, reply.choice, reply.reason),
    )
    if unproven is not None:
        return _refused(sheet, reply, unproven, unproven.remedy, now)
    person = rules.person(reply.actor.person)
    if person is None or not person.active or person.id not in question.asked:
        what = f"Only {' or '.join(question.asked)} may reply to {question.id}."
        return _refused(sheet, reply, NOT_ENTITLED, what, now)
    if question.given is not None:
        what = f"{question.given.person} has replied to {question.id} already."
        return _refused(sheet, reply, TOO_LATE, what, now)
    if reply.choice not in question.choices:
        what = f"Choose one of {', '.join(question.choices)}."
        return _refused(sheet, reply, MALFORMED, what, now)
    if question.reason_needed and not reply.reason.strip():
        return _refused(sheet, reply, REASON_MISSING, REASON_MISSING.remedy, now)
    return _counted(sheet, question, reply, now)


def _counted(sheet: Sheet, question: Question, reply: Reply, now: datetime) -> Judged:
    given = Given(
        person=reply.actor.person,
        choice=reply.choice,
        reason=reply.reason,
        channel=reply.actor.channel,
        at=now,
    )
    question = question.model_copy(update={"given": given})
    sheet = questions.answered(sheet, question)
    late = now > question.due_at
    message = f"{question.id}: {reply.choice} by {reply.actor.person}{', late' if late else ''}."
    sheet = record.happened(
        sheet,
        EventKind.REPLIED,
        now,
        message,
        actor=reply.actor,
        facts={
            "question": question.id,
            "choice": reply.choice,
            "reason": reply.reason,
            "late": late,
            "figure": question.figure or None,
            "value": question.value,
        },
    )
    return Judged(record.say(sheet, message), message, question=question)


def _refused(sheet: Sheet, reply: Reply, failure: Failure, what: str, now: datetime) -> Judged:
    """A reply that does not count is evidence, too."""
    sheet = record.happened(
        sheet,
        EventKind.ACT_REFUSED,
        now,
        f"A reply of {reply.actor.person} did not count: {failure.type}.",
        actor=reply.actor,
        facts={"act": Act.REPLY, "failure": failure.type, "question": reply.question},
    )
    return Judged(sheet, what, failure)
