"""What is said about a review on its issue and in the Temporal UI."""

from __future__ import annotations

from models.review import ReviewState
from models.sheet import Sheet
from policies.reviews.digest_text import jira_text
from policies.sheets import questions, record
from policies.sheets.view import table


def summary(state: ReviewState) -> str:
    """The issue's summary."""
    return f"Review of {state.held_at:%Y-%m-%d}"


def text(state: ReviewState) -> str:
    """The issue's text: what is to be decided, and the digest."""
    parts = [table(state.sheet.questions)]
    if state.digest is not None:
        parts.append(jira_text(state.digest))
    return "\n\n".join(parts)


def asked(sheet: Sheet) -> str:
    """Tells everybody what they are to decide until when."""
    lines = ["The review is here. These are asked to decide:"]
    for one in sheet.questions:
        people = record.mentions(sheet, one.asked)
        due = questions.moment(one.due_at)
        lines.append(f"* {people}, until {due}: {one.words} {questions.how_to_reply(one)}")
    return "\n".join(lines)


def page(state: ReviewState) -> str:
    """The page in the Temporal UI."""
    lines = [f"**{summary(state)}**"]
    if state.sheet.problem:
        lines.append(f"Stopped: {state.sheet.problem}")
    lines += questions.lines(state.sheet)
    if state.ended_at is not None:
        lines.append("Over.")
    return "\n".join(lines)
