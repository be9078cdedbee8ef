"""`policy rehearse`: what would past items have come to under these policy files?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import options
from console.surface import answers, print_json, tell
from desk.deliveries import LedgerDeliveries
from models.rehearsal import NotRehearsed, PastItem
from runtime.problems import Problem, Unreachable, WrongSettings
from runtime.settings import Settings, load_settings

if TYPE_CHECKING:
    from policies.documents.history import HistoryColumns
    from policies.policy_set import PolicySet

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]

Since = Annotated[
    datetime | None,
    typer.Option(formats=_DATES, help="Items that arrived from this date on, in UTC."),
]
Until = Annotated[
    datetime | None,
    typer.Option(formats=_DATES, help="Items that arrived before it; left out, up to now."),
]
History = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Items of another tool, a row for each change, instead of our own. "
        "Without --columns the file is as ServiceNow's incident event log.",
    ),
]
Columns = Annotated[
    Path | None,
    typer.Option(metavar="FILE.yaml", help="Which column of that file means what."),
]


def rehearse(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="The policy files to try; left out: the ones in force."
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    history: History = None,
    columns: Columns = None,
    as_json: options.Json = False,
) -> None:
    """Replay past items against policy files, before they are switched on.

    Says what would have been late, escalated or put to a vote, beside the policy in force.

    Example: followthrough policy rehearse my-policies --since 2026-01-01
    """
    from console.rehearsal_page import rehearsal_page  # noqa: PLC0415 - loads the policies' rules, which other commands need not
    from policies.rehearsing.comparison import compare  # noqa: PLC0415 - as above

    if history is None and since is None:
        raise typer.BadParameter("say --since DATE, or --history FILE.csv")
    if columns is not None and history is None:
        raise typer.BadParameter("--columns is about the file of --history")
    settings = load_settings()
    in_force = _loaded(settings.policies)
    tried = _loaded(directory) if directory else in_force
    begin = since.replace(tzinfo=UTC) if since else None
    end = until.replace(tzinfo=UTC) if until else None
    if history is not None:
        items = _within(_from_file(history, columns), begin, end)
    else:
        items = _from_ledger(settings, begin or datetime.min.replace(tzinfo=UTC), end)
    found = compare(items, in_force, tried)
    if as_json:
        print_json(found)
        return
    answers().print(rehearsal_page(found))
    _tell_left_out(found.not_rehearsed)


MOST_TOLD = 20


def _tell_left_out(left_out: tuple[NotRehearsed, ...]) -> None:
    for one in left_out[:MOST_TOLD]:
        tell(f"Left out: {one.where}: {one.why}.")
    if len(left_out) > MOST_TOLD:
        tell(f"And {len(left_out) - MOST_TOLD} more; --json names them all.")


def _loaded(where: Path) -> PolicySet:
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, which other commands need not
    from policies.problems import PolicyError  # noqa: PLC0415 - as above

    try:
        return load(where)
    except PolicyError as error:
        raise WrongSettings(
            f"these policy files do not load: {error.problems[0]}",
            where=str(where),
            remedy=f"`followthrough policy check {where}` tells every problem.",
        ) from None


def _within(
    items: Iterator[PastItem | NotRehearsed], begin: datetime | None, end: datetime | None
) -> Iterator[PastItem | NotRehearsed]:
    for one in items:
        if isinstance(one, PastItem):
            arrived = one.item.created_at
            if (begin and arrived < begin) or (end and arrived >= end):
                continue
        yield one


def _from_ledger(settings: Settings, begin: datetime, end: datetime | None) -> Iterator[PastItem]:
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package, which other commands need not
    from policies.rehearsing.from_ledger import past_items  # noqa: PLC0415 - as in `rehearse`

    now = datetime.now(UTC)
    deliveries = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    if not deliveries.exists():
        raise Problem(
            "there is no ledger here, so there are no past items.",
            remedy="Run this where the worker runs, or try --history with a file.",
        )
    try:
        ledger = deliveries.ledger()
        for item in ledger.items_created(begin, end or now):
            events = tuple(row.event for row in ledger.events_of(item.issue_id))
            yield from past_items(item.issue_id, item.issue_key, item.customer, events, now)
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure
    finally:
        deliveries.close()


def _from_file(history: Path, columns: Path | None) -> Iterator[PastItem | NotRehearsed]:
    from policies.rehearsing.from_rows import past_items  # noqa: PLC0415 - as in `rehearse`

    named = _columns(columns)
    try:
        # A byte that is no UTF-8 spoils its own cell and not the file.
        with history.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            missing = [one for one in named.wanted() if one not in (reader.fieldnames or ())]
            if missing:
                raise WrongSettings(
                    f"the file has no column {', '.join(missing)}.",
                    where=str(history),
                    remedy="Say with --columns FILE.yaml which columns mean what.",
                )
            yield from past_items(_rows(reader), named)
    except OSError as error:
        raise WrongSettings(f"cannot be read: {error.strerror}.", where=str(history)) from error


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Rows with their lines; one that is no CSV is a row without values."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = {}
        yield reader.line_num, {**row}


def _columns(file: Path | None) -> HistoryColumns:
    from policies.documents.history import SERVICENOW, columns_of  # noqa: PLC0415 - as in `rehearse`
    from policies.problems import PolicyError  # noqa: PLC0415 - as above

    if file is None:
        return SERVICENOW
    try:
        return columns_of(str(file), file.read_text(encoding="utf-8"))
    except PolicyError as error:
        raise WrongSettings("\n".join(str(one) for one in error.problems)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings("the columns cannot be read.", where=str(file)) from error
