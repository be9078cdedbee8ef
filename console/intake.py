"""`intake FILE`: a file of feedback becomes Jira issues, each row exactly once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from temporalio.exceptions import ApplicationError

from console import options
from console.surface import notices, print_json, say, tell
from desk.finding import jira_clients
from models.base import Frozen
from models.failures import (
    FAILURES_BY_TYPE,
    JIRA_AUTHENTICATION,
    JIRA_PERMISSION,
    JIRA_UNAVAILABLE,
)
from models.intake import IntakeOutcome, IntakeRow
from runtime.intake_files import BadRow, parse_mapping, read_rows
from runtime.problems import ExitCode, Problem, Unreachable
from runtime.settings import load_settings

ATTEMPTS = 5
SAME_MISTAKE_TOLD = 20
"""So many rows with the same mistake are told by line; the rest is counted."""
LONGEST_WAIT_SECONDS = 60.0
_HOPELESS = {JIRA_AUTHENTICATION.type, JIRA_PERMISSION.type}
Send = Callable[[IntakeRow], IntakeOutcome]


class FailedRow(Frozen):
    """A good row that Jira did not take. `failure` is a type of the failure table."""

    submission_id: str
    failure: str
    remedy: str


class IntakeSummary(Frozen):
    """What `intake --json` prints. Sending the same file again repairs `failed` and doubles none."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: tuple[BadRow, ...] = ()
    failed: tuple[FailedRow, ...] = ()

    @property
    def taken_in(self) -> int:
        """Rows that are issues now."""
        return self.created + self.updated + self.unchanged


def intake(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL or CSV.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Take so many rows only.")] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--map", help="Field=column pairs, such as summary=title,submission_id=id."),
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, max=16, help="Rows under way at a time.")] = 4,
    as_json: options.Json = False,
) -> None:
    """Turn a file of feedback into Jira issues; sent again, it updates and never doubles.

    Bad rows are told by line and the rest goes on. Exit code: 0 when rows were taken in or there
    were none, 1 when every row was bad or refused, 3 when Jira does not answer.

    Columns: submission_id, and summary or description; if you have them customer, source, release,
    created_at, country, issue_type. See docs/examples/feedback.csv and docs/terminal.md.

    Example: followthrough intake docs/examples/feedback.csv

    Other columns: followthrough intake tickets.csv --map "summary=title,submission_id=id"
    """
    from jira_gateway.gateway import JiraGateway  # noqa: PLC0415 - loads the whole Jira package, which only this command needs

    settings = load_settings()
    gateway = JiraGateway(jira_clients(settings.jira), settings.jira.project)
    rows = read_rows(file, parse_mapping(mapping) if mapping else None, limit)
    mistakes = RowMistakes(file, tell)
    with progress_bar(limit) as progress:
        task = progress.add_task("Taking in", total=limit)
        summary = take_in(
            rows,
            lambda row: sent(gateway.create_or_update, row),
            at_once=at_once,
            tell_row=lambda: progress.advance(task),
            tell_bad=mistakes.tell,
        )
    mistakes.tell_the_rest()
    if as_json:
        print_json(summary)
    else:
        say(_sentence(summary))
    _tell_failed(summary)
    if not summary.taken_in and (summary.bad or summary.failed):
        raise typer.Exit(ExitCode.ANSWER_IS_NO)


class RowMistakes:
    """Tells bad rows by line; of the same mistake only the first twenty, then how many more."""

    def __init__(self, file: Path, say_it: Callable[[str], None]) -> None:
        self._file = file
        self._say = say_it
        self._times: Counter[str] = Counter()

    def tell(self, bad: BadRow) -> None:
        """One bad row."""
        self._times[bad.what] += 1
        if self._times[bad.what] <= SAME_MISTAKE_TOLD:
            self._say(f"{self._file}:{bad.line}: {bad.what}. {bad.remedy}")

    def tell_the_rest(self) -> None:
        """What was not told row by row."""
        for what, times in self._times.items():
            if times > SAME_MISTAKE_TOLD:
                self._say(f"{self._file}: {times - SAME_MISTAKE_TOLD} more rows: {what}.")


def take_in(
    rows: Iterable[IntakeRow | BadRow],
    send: Send,
    *,
    at_once: int,
    tell_row: Callable[[], None],
    tell_bad: Callable[[BadRow], None],
) -> IntakeSummary:
    """Send every good row, `at_once` of them at a time; a row that fails does not stop the rest.

    Raises `Unreachable` or `Problem` when going on is pointless: Jira is silent or refuses us.
    """
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    bad: list[BadRow] = []
    failed: list[FailedRow] = []

    def good_rows() -> Iterator[IntakeRow]:
        for row in rows:
            if isinstance(row, BadRow):
                bad.append(row)
                tell_bad(row)
            else:
                yield row

    for row, done in _each(good_rows(), send, at_once):
        tell_row()
        try:
            counts[_became(done.result())] += 1
        except ApplicationError as error:
            failed.append(_failed(row, error))
    return IntakeSummary(**counts, bad=tuple(bad), failed=tuple(failed))


def _each(
    rows: Iterator[IntakeRow], send: Send, at_once: int
) -> Iterator[tuple[IntakeRow, Future[IntakeOutcome]]]:
    """Each row with its finished future; never more than `at_once` rows are held."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="intake") as threads:
        under_way = {threads.submit(send, row): row for row in islice(rows, at_once)}
        while under_way:
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for done in finished:
                yield under_way.pop(done), done
                following = next(rows, None)
                if following is not None:
                    under_way[threads.submit(send, following)] = following


def sent(send: Send, row: IntakeRow, sleep: Callable[[float], None] = time.sleep) -> IntakeOutcome:
    """Send one row, waiting as long as Jira asks. Nobody else retries here, as Temporal would.

    Raises the last `ApplicationError`.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return send(row)
        except ApplicationError as error:
            if error.non_retryable:
                raise
            asked = error.next_retry_delay
            seconds = asked.total_seconds() if asked is not None else 2.0 ** (attempt - 1)
            sleep(min(seconds, LONGEST_WAIT_SECONDS))
    return send(row)


def _became(outcome: IntakeOutcome) -> str:
    if outcome.created:
        return "created"
    return "updated" if outcome.updated else "unchanged"


def _failed(row: IntakeRow, error: ApplicationError) -> FailedRow:
    known = FAILURES_BY_TYPE.get(error.type or "")
    remedy = known.remedy if known else "`followthrough doctor` checks each part."
    if error.type == JIRA_UNAVAILABLE.type:
        raise Unreachable(
            "Jira does not answer; what was sent before stands.",
            remedy="When it is back, send the same file again: nothing is doubled.",
        ) from error
    if error.type in _HOPELESS:
        raise Problem("Jira refuses us.", remedy=remedy) from error
    return FailedRow(submission_id=row.submission_id, failure=error.type or "", remedy=remedy)


def _sentence(summary: IntakeSummary) -> str:
    parts = [
        f"{summary.created} created",
        f"{summary.updated} updated",
        f"{summary.unchanged} unchanged",
    ]
    if summary.bad:
        parts.append(f"{len(summary.bad)} bad")
    if summary.failed:
        parts.append(f"{len(summary.failed)} refused by Jira")
    return f"{', '.join(parts)}."


def _tell_failed(summary: IntakeSummary) -> None:
    for row in summary.failed:
        tell(f"{row.submission_id}: {row.failure}. {row.remedy}")


def progress_bar(limit: int | None) -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    console = notices()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Run")(intake)
