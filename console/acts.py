"""Commands by which people decide an item: ack, override, propose, resolve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from console import options
from console.context import find, run, sender
from console.plain_words import plain_words
from console.surface import print_json, say, tell
from desk.acts import ActSender
from desk.amounts import parameters_in, read_amount
from models.approval import ActionKind, Money
from models.lifecycle import Outcome, Severity
from models.messages import Answer
from models.sheet import Replied
from runtime.problems import WrongSettings
from runtime.settings import load_settings

Told = TypeVar("Told", Answer, Replied)
DoIt = Callable[[ActSender, str], Awaitable[Answer]]


def _act(key: str, as_json: bool, do_it: DoIt) -> None:
    """Find the item, do one act on it, and print the answer."""
    settings = load_settings()
    item = find(settings, key)

    async def work() -> Answer:
        return await do_it(await sender(settings), item.workflow_id)

    print_answer(in_words(work), as_json)


def in_words(work: Callable[[], Awaitable[Told]]) -> Told:
    """Do it; a value that cannot be sent is told in words."""

    async def awaited() -> Told:
        return await work()

    try:
        return run(awaited())
    except ValidationError as error:
        raise wrong_values(error) from error


def wrong_values(error: ValidationError) -> WrongSettings:
    """Which value cannot be used, without repeating it."""
    told = "; ".join(
        f"{'.'.join(str(part) for part in detail['loc'])} {plain_words(detail['msg'])}".strip()
        for detail in error.errors()
    )
    return WrongSettings(f"This cannot be sent: {told}.", remedy="Correct it and repeat.")


def print_answer(answer: Answer | Replied, as_json: bool) -> None:
    """Print what an act was answered."""
    if as_json:
        print_json(answer)
        return
    say(answer.message)
    if isinstance(answer, Answer) and answer.request_id:
        tell(f"Request {answer.request_id}")


def ack(
    key: options.Key,
    *,
    person: options.As,
    note: Annotated[str, typer.Option("--note", help="A note for the record.")] = "",
    hand_to: Annotated[
        str | None, typer.Option("--hand-to", help="Hand it over to this person instead.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Acknowledge an escalation: I take this on, or I hand it over to somebody.

    Example: followthrough ack FT-12 --as ada --hand-to lena --note "I am off at noon"
    """
    _act(key, as_json, lambda acts, item: acts.acknowledge(item, person, note, hand_to=hand_to))


def override(
    key: options.Key,
    *,
    person: options.As,
    reason: options.Reason = "",
    severity: Annotated[Severity | None, typer.Option(help="The right severity.")] = None,
    category: Annotated[str | None, typer.Option(help="The right category.")] = None,
    owner: Annotated[str | None, typer.Option(help="The right owner, a person id.")] = None,
    as_json: options.Json = False,
) -> None:
    """Correct what triage found.

    Example: followthrough override FT-12 --as ada --severity S1 --reason "All of them are down"
    """
    if severity is None and category is None and owner is None:
        raise WrongSettings(
            "Nothing to correct was given.",
            remedy="Give at least one of --severity, --category and --owner.",
        )
    _act(
        key,
        as_json,
        lambda acts, item: acts.override(
            item, person, reason, severity=severity, category=category, owner=owner
        ),
    )


def propose(
    key: options.Key,
    kind: Annotated[ActionKind, typer.Argument(help="What should be done.")],
    *,
    person: options.As,
    summary: Annotated[str, typer.Option("--summary", help="What and why, in one sentence.")],
    amount: Annotated[
        str | None, typer.Option("--amount", help="How much, such as '129.00 EUR'.")
    ] = None,
    evidence: options.Evidence = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="What the action needs to know: feature=KEY, field=NAME, value=VALUE, "
            "until=2027-03-31 (or now), changes=REQUEST; may be repeated.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Ask for a policy action; people decide on it when the rules say so.

    Example: followthrough propose FT-12 refund --as ada --amount "129.00 EUR" --summary "Billed twice"
    """
    money: Money | None = read_amount(amount) if amount else None
    proofs = tuple(evidence or ())
    parameters = parameters_in(given or ())
    _act(
        key,
        as_json,
        lambda acts, item: acts.propose(
            item,
            person,
            kind,
            summary,
            amount=money,
            evidence=proofs,
            parameters=parameters,
            dry_run=dry_run,
        ),
    )


def resolve(
    key: options.Key,
    outcome: Annotated[Outcome, typer.Argument(help="How the item ends.")],
    *,
    person: options.As,
    reason: options.Reason = "",
    duplicate_of: Annotated[
        str | None, typer.Option("--duplicate-of", help="Issue key, for outcome duplicate.")
    ] = None,
    evidence: options.Evidence = None,
    as_json: options.Json = False,
) -> None:
    """Decide an item: the recorded decision that ends it.

    Example: followthrough resolve FT-12 fixed --as ada --reason "Shipped in 4.2.1"
    """
    if outcome is Outcome.DUPLICATE and not duplicate_of:
        raise WrongSettings(
            "A duplicate of what?", remedy="Name the other issue with --duplicate-of KEY."
        )
    _act(
        key,
        as_json,
        lambda acts, item: acts.resolve(
            item,
            person,
            outcome,
            reason,
            duplicate_of=duplicate_of,
            evidence=tuple(evidence or ()),
        ),
    )


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (ack, override, propose, resolve):
        app.command(rich_help_panel="Decide")(command)
