"""Commands about rollouts and reviews: how they stand, signing off, deciding."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from console import options
from console.acts import in_words, print_answer
from console.context import connected, run, sender
from console.sheet_render import review_page, reviews_table, rollout_page, rollouts_table
from console.surface import answers, print_json, say
from desk.sheets import find_review, find_rollout, find_sheet, list_reviews, list_rollouts
from models.sheet import SIGNED, Replied
from runtime.settings import load_settings

Version = Annotated[
    str, typer.Argument(metavar="VERSION", help="A version's name or id, or the checklist's key.")
]


Review = Annotated[
    str, typer.Argument(metavar="ID", help="Its day, such as 2026-06-08, its issue's key, or last.")
]
Sheet = Annotated[
    str, typer.Argument(metavar="WHICH", help="A version, or a review's day, key, or last.")
]


def rollouts(as_json: options.Json = False) -> None:
    """List the rollouts: what is open on each, and how many have feedback at all.

    Example: followthrough rollouts
    """
    settings = load_settings()

    async def work() -> None:
        found = await list_rollouts(await connected(settings))
        if as_json:
            print_json(found)
        else:
            answers().print(rollouts_table(found, now=datetime.now(UTC)))

    run(work())


def rollout(version: Version, as_json: options.Json = False) -> None:
    """Show one rollout: its checklist, its figures, what was decided.

    Example: followthrough rollout 5.0
    """
    settings = load_settings()

    async def work() -> None:
        found = await find_rollout(await connected(settings), version)
        if as_json:
            print_json(found)
        else:
            answers().print(rollout_page(found))

    run(work())


def reviews(as_json: options.Json = False) -> None:
    """List the reviews, the newest first.

    Example: followthrough reviews
    """
    settings = load_settings()

    async def work() -> None:
        found = await list_reviews(await connected(settings))
        if as_json:
            print_json(found)
        else:
            answers().print(reviews_table(found))

    run(work())


def review(
    named: Review,
    as_markdown: Annotated[
        bool, typer.Option("--md", help="Print the digest in Markdown.")
    ] = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print the digest in HTML.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show one review: its digest, what it asks of whom, what was decided.

    Example: followthrough review last --md
    """
    settings = load_settings()

    async def work() -> None:
        found = await find_review(await connected(settings), named)
        if as_json:
            print_json(found)
        elif as_markdown or as_html:
            say(found.markdown if as_markdown else found.html)
        else:
            answers().print(review_page(found))

    run(work())


def signoff(
    which: Sheet,
    line: Annotated[str, typer.Argument(metavar="LINE", help="The line's name.")],
    *,
    person: options.As,
    note: Annotated[str, typer.Option("--note", help="What there is to say about it.")] = "",
    as_json: options.Json = False,
) -> None:
    """Sign off a line of a checklist, or a review; only its owner or a deputy may.

    Example: followthrough signoff 5.0 documentation --as petra --note "It is online"
    """
    _reply(which, person, line, SIGNED, note, as_json=as_json)


def answer(
    which: Sheet,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question's name.")],
    choice: Annotated[str, typer.Argument(metavar="CHOICE", help="One of its choices.")],
    *,
    person: options.As,
    reason: options.Reason = "",
    as_json: options.Json = False,
) -> None:
    """Decide what a rollout or a review asks; only those who were asked may.

    Example: followthrough answer 5.0 decision-1 pause --as petra --reason "We look first"
    """
    _reply(which, person, question, choice, reason, as_json=as_json)


def _reply(
    which: str, person: str, question: str, choice: str, reason: str, *, as_json: bool
) -> None:
    settings = load_settings()

    async def work() -> Replied:
        workflow_id = await find_sheet(await connected(settings), which)
        acts = await sender(settings)
        return await acts.reply(workflow_id, person, question, choice, reason)

    print_answer(in_words(work), as_json)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for look in (rollouts, rollout, reviews, review):
        app.command(rich_help_panel="Look")(look)
    for act in (signoff, answer):
        app.command(rich_help_panel="Decide")(act)
