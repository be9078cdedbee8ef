"""`ledger erase` and `ledger history`: what is kept beside the chain, and letting it go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import options
from console.context import find, run
from console.surface import print_json, print_text, say, tell
from desk.customers import UnknownCustomer, pseudonyms_of
from desk.ledger_access import ledger_problems, opened
from models.base import Frozen, Moment
from runtime.connection import payload_key_ring
from runtime.decrypted_history import decrypted_history
from runtime.payload_codec import EncryptionCodec
from runtime.problems import Problem, WrongSettings
from runtime.settings import Settings, load_settings

if TYPE_CHECKING:
    from ledger.records import ArchivedRun


class KeptRun(Frozen):
    """One run in the archive; `file` is where it was written."""

    run_id: str
    workflow_id: str
    closed_at: Moment
    file: str | None = None


class KeptRuns(Frozen):
    """What `ledger history KEY --json` prints."""

    runs: tuple[KeptRun, ...]


def erase(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Their id as items name it, or the pseudonym.")
    ],
    *,
    reason: options.Reason,
    person: options.As,
    as_json: options.Json = False,
) -> None:
    """Erase what is personal of a customer; what was decided stays proved.

    Gone are the pseudonym, reasons, notes and archived histories of all their items, and their
    imported contacts. The erasure itself is recorded, with the reason: name nobody in it. Jira,
    Temporal's own histories, backups and files to import are not touched. Exit code: 0 erased, 1 nothing is known of them.

    Example: followthrough ledger erase cust-4711 --reason "Art. 17 request of 3 May" --as ada
    """
    settings = load_settings()
    with ledger_problems(), opened(settings) as book:
        erased = book.erase(pseudonyms_of(settings, customer), person, reason)
    if as_json:
        print_json(erased)
    elif erased.items or erased.contacts:
        say(
            f"Erased of {erased.items} items: the personal text of {erased.texts} rows, and "
            f"{erased.histories} archived histories; and {erased.contacts} imported contacts."
        )
    if erased.still_open:
        tell(f"{erased.still_open} of the items have not closed: erase again when they have.")
    if not erased.items and not erased.contacts:
        raise UnknownCustomer


def history(
    key: options.Key,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write each run to a file here.")
    ] = None,
    run_id: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="Print this run's history.")
    ] = None,
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Leave what is encrypted as Temporal kept it.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """List the archived runs of an item and its requests, or give their histories back.

    A history is JSON as `temporal workflow show --output json` prints it and a replayer takes it.
    It is kept as Temporal had it, and decrypted with the payload keys when it is given back.
    Exit code: 0 there are some, 1 there are none.

    Example: followthrough ledger history FT-12 --out histories
    """
    settings = load_settings()
    item = find(settings, key)
    with ledger_problems(), opened(settings) as book:
        runs = book.histories_of(item.issue_id)
    if not runs:
        raise Problem(
            f"No run of {item.issue_key} is in the archive.",
            remedy="Runs are archived within an hour of closing; erased ones are gone for good.",
        )
    if run_id is not None:
        runs = (_chosen(runs, run_id),)
    if not encrypted and (run_id is not None or out is not None):
        runs = run(_decrypted(settings, runs))
    if run_id is not None:
        print_text(runs[0].history)
        return
    kept = KeptRuns(runs=tuple(_kept(one, out) for one in runs))
    if as_json:
        print_json(kept)
        return
    for one in kept.runs:
        place = f" → {one.file}" if one.file else ""
        say(f"{one.closed_at:%Y-%m-%d %H:%M} UTC  {one.workflow_id}  {one.run_id}{place}")


def _chosen(runs: tuple[ArchivedRun, ...], run_id: str) -> ArchivedRun:
    for one in runs:
        if one.run_id == run_id:
            return one
    raise Problem(
        f"There is no run {run_id} of this item in the archive.",
        remedy="Leave --run out to see those that there are.",
    )


async def _decrypted(settings: Settings, runs: tuple[ArchivedRun, ...]) -> tuple[ArchivedRun, ...]:
    codec = EncryptionCodec(payload_key_ring(settings))
    plain = [await decrypted_history(one.history, codec) for one in runs]
    return tuple(
        one.model_copy(update={"history": text}) for one, text in zip(runs, plain, strict=True)
    )


def _kept(run: ArchivedRun, out: Path | None) -> KeptRun:
    file = out / f"{run.workflow_id}-{run.run_id}.json" if out else None
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(run.history, encoding="utf-8")
        except OSError as error:
            raise WrongSettings(
                f"the history cannot be written: {error.strerror}.", where=str(file)
            ) from error
    return KeptRun(
        run_id=run.run_id,
        workflow_id=run.workflow_id,
        closed_at=run.closed_at,
        file=str(file) if file else None,
    )
