"""`customer`: everything that one customer came with, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console import options
from console.surface import answers, print_json
from desk.customers import known_of, pseudonyms_of
from desk.ledger_access import ledger_problems, opened
from desk.wording import money, words
from models.decision import Confidence
from runtime.settings import load_settings

if TYPE_CHECKING:
    from insight.numbers.customer import CustomerContact, CustomerView


def customer(
    named: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER", help="Their id at the items' source, or their pseudonym."
        ),
    ],
    as_json: options.Json = False,
) -> None:
    """Show everything that one customer came with, and what became of it.

    Facts are those of the newest contact that says them. Exit code: 0 known, 1 nothing is known.

    Example: followthrough customer cust-4711
    """
    settings = load_settings()
    with ledger_problems(), opened(settings) as ledger:
        found = known_of(ledger, pseudonyms_of(settings, named), datetime.now(UTC))
    if as_json:
        print_json(found)
    else:
        answers().print(_page(found))


def _page(found: CustomerView) -> RenderableType:
    facts = [
        found.segment,
        f"plan {found.plan}" if found.plan else None,
        f"{money(found.revenue)} a year" if found.revenue else None,
        f"joined {found.joined_at:%Y-%m-%d}" if found.joined_at else None,
    ]
    counts = [
        f"{len(found.contacts)} contacts",
        f"{found.still_open} open",
        f"came back {found.came_back} times",
        f"{found.escalated} escalated",
        f"{found.promises_broken} promises broken",
    ]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Contact", "Came", "About", "Resolved", "Worth"):
        table.add_column(heading, overflow="fold")
    for one in found.contacts:
        table.add_row(*_row(one))
    about = " · ".join(fact for fact in facts if fact) or "nothing is known of them"
    return Group(Text(about, style="bold"), Text(" · ".join(counts)), Text(), table)


def _row(one: CustomerContact) -> tuple[str | Text, ...]:
    contact = one.contact
    failed = one.resolution is Confidence.FAILED
    worth = words(one.resolution) if one.resolution else ""
    if one.came_back_with:
        worth = f"{worth}, came back with {one.came_back_with}"
    return (
        contact.reference,
        f"{contact.opened_at:%Y-%m-%d}",
        contact.theme or words(contact.category) or "not known",
        f"{contact.resolved_at:%Y-%m-%d}" if contact.resolved_at else "open",
        Text(worth, style="red" if failed else ""),
    )


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Look")(customer)
