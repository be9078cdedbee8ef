"""`import FILE`: what another tool exports becomes contacts that the numbers count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from console import options
from console.intake import RowMistakes, progress_bar
from console.surface import print_json, say, tell
from desk.deliveries import LedgerDeliveries
from models.base import Frozen
from models.contact import Contact, ImportSummary
from runtime.import_mappings import Shape, columns_for
from runtime.intake_lines import BadRow
from runtime.problems import ExitCode, Unreachable
from runtime.settings import load_settings

AT_A_TIME = 1000
"""Contacts kept in one transaction; what was kept stands when a later one fails."""
Put = Callable[[list[Contact]], ImportSummary]


class Imported(Frozen):
    """What `import --json` prints."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: tuple[BadRow, ...] = ()


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL or CSV.")],
    shape: Annotated[Shape, typer.Option(help="What wrote the file.")],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Which columns mean what, where not as the shape."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="What these contacts are called in the report.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Count in what another tool exported; imported again, it updates and never doubles.

    No text of a customer is kept: what of it is needed is counted here. Bad rows are told by line
    and the rest goes on. Exit code 1 when every row was bad.

    Example: followthrough import incidents.csv --shape servicenow

    Other columns: followthrough import calls.csv --shape generic --mapping calls.yaml
    """
    from activities.customers import Customers  # noqa: PLC0415 - loads what this command alone needs
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package
    from runtime.contact_files import read_contacts  # noqa: PLC0415 - as the first
    from runtime.pepper import load_or_create_pepper  # noqa: PLC0415 - as the first

    settings = load_settings()
    contacts = read_contacts(
        file,
        columns_for(shape, mapping),
        source=source,
        otherwise=shape.value,
        pseudonym=Customers(None, load_or_create_pepper(settings.data_dir)).reference,
    )
    deliveries = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    mistakes = RowMistakes(file, tell)
    try:
        with progress_bar(None) as progress:
            task = progress.add_task("Counting in", total=None)
            imported = take_in(
                contacts,
                deliveries.ledger().imported.put,
                tell_rows=lambda many: progress.advance(task, many),
                tell_bad=mistakes.tell,
            )
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure
    finally:
        deliveries.close()
    mistakes.tell_the_rest()
    if as_json:
        print_json(imported)
    else:
        say(_sentence(imported))
    if imported.bad and not imported.created + imported.updated + imported.unchanged:
        raise typer.Exit(ExitCode.ANSWER_IS_NO)


def take_in(
    contacts: Iterable[Contact | BadRow],
    put: Put,
    *,
    tell_rows: Callable[[int], None],
    tell_bad: Callable[[BadRow], None],
) -> Imported:
    """Keep the good ones, many at a time, and tell the bad ones."""
    waiting: list[Contact] = []
    bad: list[BadRow] = []
    sums: list[ImportSummary] = []

    def flush() -> None:
        sums.append(put(waiting))
        tell_rows(len(waiting))
        waiting.clear()

    for one in contacts:
        if isinstance(one, BadRow):
            bad.append(one)
            tell_bad(one)
            continue
        waiting.append(one)
        if len(waiting) == AT_A_TIME:
            flush()
    flush()
    return Imported(
        created=sum(one.created for one in sums),
        updated=sum(one.updated for one in sums),
        unchanged=sum(one.unchanged for one in sums),
        bad=tuple(bad),
    )


def _sentence(imported: Imported) -> str:
    parts = f"{imported.created} new, {imported.updated} updated, {imported.unchanged} unchanged"
    return f"{parts}, {len(imported.bad)} bad." if imported.bad else f"{parts}."


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command("import", rich_help_panel="Run")(import_)
