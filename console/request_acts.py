"""Commands about a request that waits: approve, reject, delegate, amend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer

from console import options
from console.acts import in_words, print_answer
from console.context import connected, find, sender
from desk.acts import ActSender
from desk.amounts import read_amount
from desk.finding import ItemReference
from desk.questions import ask_item
from models.approval import Choice
from models.messages import Answer
from runtime.problems import Problem, WrongSettings
from runtime.settings import Settings, load_settings

OnRequest = Callable[[ActSender, str], Awaitable[Answer]]


def approve(
    key: options.Key,
    *,
    person: options.As,
    reason: options.Reason = "",
    request: options.Request = None,
    looked_at: options.Hash = "",
    as_json: options.Json = False,
) -> None:
    """Approve the request that waits on an item.

    Example: followthrough approve FT-12 --as ada --reason "Invoice was sent twice"
    """
    _vote(
        key,
        Choice.APPROVE,
        person=person,
        reason=reason,
        request=request,
        looked_at=looked_at,
        as_json=as_json,
    )


def reject(
    key: options.Key,
    *,
    person: options.As,
    reason: options.Reason = "",
    request: options.Request = None,
    looked_at: options.Hash = "",
    as_json: options.Json = False,
) -> None:
    """Refuse the request that waits on an item.

    Example: followthrough reject FT-12 --as ada --reason "Refunded last week already"
    """
    _vote(
        key,
        Choice.REJECT,
        person=person,
        reason=reason,
        request=request,
        looked_at=looked_at,
        as_json=as_json,
    )


def _vote(
    key: str,
    choice: Choice,
    *,
    person: str,
    reason: str,
    request: str | None,
    looked_at: str,
    as_json: bool,
) -> None:
    async def vote(acts: ActSender, chosen: str) -> Answer:
        return await acts.decide(chosen, person, choice, reason, digest=looked_at)

    _on_request(key, request, as_json, vote)


def _on_request(key: str, request: str | None, as_json: bool, do_it: OnRequest) -> None:
    """Find the request, do one act on it, and print the answer."""
    settings = load_settings()
    item = find(settings, key)

    async def work() -> Answer:
        chosen = request or await _only_request(settings, item)
        return await do_it(await sender(settings), chosen)

    print_answer(in_words(work), as_json)


def delegate(
    key: options.Key,
    to: Annotated[str, typer.Argument(help="Who votes in your place, a person id.")],
    *,
    person: options.As,
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of it, in UTC.")
    ],
    request: options.Request = None,
    as_json: options.Json = False,
) -> None:
    """Let somebody else vote on the request that waits on an item.

    Example: followthrough delegate FT-12 finn --as fay --until 2026-06-30
    """

    async def lend(acts: ActSender, chosen: str) -> Answer:
        return await acts.delegate(chosen, person, to, until.date())

    _on_request(key, request, as_json, lend)


def amend(
    key: options.Key,
    *,
    person: options.As,
    summary: Annotated[str | None, typer.Option(help="What is asked instead, and why.")] = None,
    amount: Annotated[
        str | None, typer.Option(help="How much instead, such as '9.00 EUR'.")
    ] = None,
    evidence: options.Evidence = None,
    request: options.Request = None,
    as_json: options.Json = False,
) -> None:
    """Change what is asked, before anybody has voted. Whoever changes it does not vote on it.

    Example: followthrough amend FT-12 --as omar --amount "19.00 EUR"
    """
    if summary is None and amount is None and not evidence:
        raise WrongSettings(
            "Nothing to change was given.",
            remedy="Give at least one of --summary, --amount and --evidence.",
        )
    money = read_amount(amount) if amount else None
    rests_on = tuple(evidence) if evidence else None

    async def change(acts: ActSender, chosen: str) -> Answer:
        return await acts.amend(chosen, person, summary=summary, amount=money, evidence=rests_on)

    _on_request(key, request, as_json, change)


async def _only_request(settings: Settings, item: ItemReference) -> str:
    """The one request that waits on the item. Raises `Problem` when there is none or several."""
    status = await ask_item(await connected(settings), item.workflow_id)
    waiting = [action for action in status.actions if action.outcome is None]
    if len(waiting) == 1:
        return waiting[0].request_id
    if waiting:
        listed = "\n".join(f"  --request {one.request_id}   {one.summary}" for one in waiting)
        raise WrongSettings(
            f"{len(waiting)} requests wait on {status.issue_key}; say which:\n{listed}"
        )
    ended = [f"{one.request_id} was {one.outcome}" for one in status.actions if one.outcome]
    past = f" ({'; '.join(ended)})" if ended else ""
    raise Problem(
        f"Nothing waits for approval on {status.issue_key}{past}.",
        remedy=f"`followthrough show {status.issue_key}` tells how it stands.",
    )


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (approve, reject, delegate, amend):
        app.command(rich_help_panel="Decide")(command)
