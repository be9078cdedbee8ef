"""Tables and pages of rollouts, reviews and themes. Every text is shown as it is, never read as markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from desk.sheets import ReviewList, RolloutList, ThemeList
from desk.wording import moment, words
from models.review import ReviewStatus
from models.rollout import RolloutStatus
from models.sheet import QuestionStatus
from models.theme import ThemeStatus
from policies.reviews.digest_text import number, value_before, value_now
from policies.rollouts.words import figures
from policies.themes.words import figures_in_lines, title

_LATE = "bold red"


def rollouts_table(found: RolloutList, *, now: datetime) -> RenderableType:
    """Every rollout in a line, and the share that has feedback."""
    if not found.rollouts:
        return Text("No rollout is followed. A version needs a release date inside the window.")
    table = _table("Version", "Phase", "Release", "Open", "Late", "Figures say", "Issue")
    for one in found.rollouts:
        waiting = [question for question in one.questions if question.open]
        late = sum(question.due_at <= now for question in waiting)
        table.add_row(
            Text(one.version, style="bold"),
            Text(one.phase),
            Text(str(one.release_date or "")),
            Text(str(len(waiting))),
            Text(str(late), style=_LATE if late else ""),
            Text(words(one.verdict.recommendation) if one.verdict else ""),
            Text(one.issue_key),
        )
    if found.coverage is None:
        return table
    goal = f"; the goal is {found.coverage_goal:.0%}" if found.coverage_goal else ""
    line = (
        f"{found.with_feedback} of {found.released} released rollouts have feedback "
        f"({found.coverage:.0%}{goal})."
    )
    return Group(table, Text(line))


def rollout_page(found: RolloutStatus) -> RenderableType:
    """One rollout with its checklist and its figures."""
    lines = [f"{found.version}: {words(found.phase)}"]
    if found.release_date:
        lines.append(f"Release date {found.release_date}")
    if found.released_at:
        lines.append(f"Released, seen {moment(found.released_at)}")
    if found.issue_key:
        lines.append(f"Checklist {found.issue_key}")
    if found.problem:
        lines.append(f"Stopped: {found.problem}")
    if found.verdict:
        lines += figures(found.verdict)
    if found.decided:
        lines.append(f"Decided: {words(found.decided)}")
    if found.ended_why:
        lines.append(f"Over: {found.ended_why}.")
    return Group(Text("\n".join(lines)), Text(), questions_table(found.questions))


def reviews_table(found: ReviewList) -> RenderableType:
    """Every review in a line."""
    if not found.reviews:
        return Text("No review was held yet; review.yaml says when one is.")
    table = _table("Day", "Open", "Signed off by", "Issue")
    for one in found.reviews:
        waiting = sum(question.open for question in one.questions)
        table.add_row(
            Text(f"{one.held_at:%Y-%m-%d}", style="bold"),
            Text("over" if one.ended_at else str(waiting)),
            Text(one.signed_off_by or ""),
            Text(one.issue_key),
        )
    return table


def review_page(found: ReviewStatus) -> RenderableType:
    """One review: what it asks, its figures, and what became of the last one's decisions."""
    lines = [f"Review held {moment(found.held_at)}{', over' if found.ended_at else ''}"]
    if found.issue_key:
        lines.append(f"Issue {found.issue_key}")
    if found.problem:
        lines.append(f"Stopped: {found.problem}")
    parts: list[RenderableType] = [Text("\n".join(lines)), questions_table(found.questions)]
    if found.digest is not None:
        table = _table("Figure", "Now", "Before", "Counts")
        for figure in found.digest.figures:
            table.add_row(
                Text(words(figure.name)),
                Text(value_now(figure)),
                Text(value_before(figure)),
                Text(figure.words),
            )
        parts += [Text(), table]
        for last in found.digest.last:
            said = f"{last.choice} by {last.person}" if last.choice else "nobody replied"
            now = f"{number(last.value_then)} then, {number(last.value_now)} now"
            parts.append(Text(f"Last time, {last.figure}: {said}; {now}."))
    return Group(*parts)


def themes_table(found: ThemeList) -> RenderableType:
    """Every theme in a line, the most costly first."""
    if not found.themes:
        return Text("No theme was found yet. Items are looked through once an hour.")
    table = _table("Theme", "What", "Phase", "Items", "Customers", "Open", "Issue")
    for one in found.themes:
        counted = one.figures
        table.add_row(
            Text(one.theme_id, style="bold"),
            Text(title(one.name, one.theme_id, counted)),
            Text(words(one.phase)),
            Text(str(counted.items if counted else "")),
            Text(str(counted.customers if counted else "")),
            Text(", ".join(question.id for question in one.questions if question.open)),
            Text(one.issue_key),
        )
    return table


def theme_page(found: ThemeStatus) -> RenderableType:
    """One theme: whom it hits, what that costs, what is asked about it and how to answer."""
    lines = [f"{title(found.name, found.theme_id, found.figures)}: {words(found.phase)}"]
    if found.figures:
        lines += figures_in_lines(found.figures)
    if found.issue_key:
        lines.append(f"Delivery issue {found.issue_key}, {found.linked} items linked")
    if found.told:
        lines.append(f"{found.told} were told that it was delivered")
    if found.problem:
        lines.append(f"Stopped: {found.problem}")
    ways = [
        f"{one.words}\n  followthrough answer {found.theme_id} {one.id} {'|'.join(one.choices)} --as WHO"
        for one in found.questions
        if one.open
    ]
    parts: list[RenderableType] = [Text("\n".join(lines)), Text(), questions_table(found.questions)]
    return Group(*parts, *(Text(f"\n{way}") for way in ways))


def questions_table(questions: Sequence[QuestionStatus]) -> RenderableType:
    """What was asked of whom, and what they replied."""
    if not questions:
        return Text("Nothing is asked.")
    table = _table("Line", "Asked", "Due", "Reply")
    for one in questions:
        reply = Text("late" if one.late else "open", style=_LATE if one.late else "")
        if one.given:
            said = f": {one.given.reason}" if one.given.reason else ""
            reply = Text(f"{words(one.given.choice)} by {one.given.person}{said}")
        table.add_row(
            Text(one.id, style="bold"), Text(", ".join(one.asked)), Text(moment(one.due_at)), reply
        )
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
