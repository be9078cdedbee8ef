"""`report`: the numbers of a period, each with what it means and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console import options
from console.surface import print_json, print_text
from desk.reports import made
from models.contact import OWN
from runtime.settings import load_settings

if TYPE_CHECKING:
    from insight.numbers.periods import Period

USUAL_ITEMS = 100


def report(
    period: Annotated[
        str,
        typer.Option(help="2026-W30, 2026-10, 2026-Q3, 2026-07-01..2026-07-31, or all."),
    ] = "all",
    source: Annotated[
        list[str] | None,
        typer.Option(help=f"Only these; may be repeated. Our own items are {OWN}."),
    ] = None,
    as_html: Annotated[bool, typer.Option("--html", help="Print one page for a browser.")] = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Print Markdown; the usual.")] = False,
    items: Annotated[
        int, typer.Option(min=0, help="So many contacts are named behind each number.")
    ] = USUAL_ITEMS,
    as_json: options.Json = False,
) -> None:
    """Say what a period's feedback came to, and how sure that is.

    Every number carries its definition, what it is a part of, and its bounds; below its smallest
    sample it says so. Later contacts restate a past period, and both figures are shown.

    Example: followthrough report --period 2026-Q3 --html > report.html
    """
    from console.report_markdown import markdown  # noqa: PLC0415 - with the numbers' packages, which other commands need not load
    from desk.report_page import page  # noqa: PLC0415 - as above
    from insight.numbers.shortening import shortened  # noqa: PLC0415 - as above

    if as_json + as_html + as_markdown > 1:
        raise typer.BadParameter("choose one of --json, --html and --md")
    found = shortened(made(load_settings(), _period(period), source or ()), items)
    if as_json:
        print_json(found)
    else:
        print_text(page(found) if as_html else markdown(found))


def _period(written: str) -> Period:
    from insight.numbers.periods import parse_period  # noqa: PLC0415 - as in `report`

    try:
        return parse_period(written)
    except ValueError as error:
        raise typer.BadParameter(f"--period {error}") from None


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Look")(report)
