"""The ledger as files, and their verification where there is neither database nor secret.

`events.jsonl` holds a row a line, with its personal text unless that was erased or left out;
`export.json` holds signed checkpoints, one every thousand rows and one at the end. The digests need
no secret, so a changed line is named; and nobody without the private key can sign other digests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from ledger.canonical import COLUMNS
from ledger.checkpoints import Checkpoint, Sign, checkpoint
from ledger.failures import ExportUnusable
from ledger.reading import Step
from ledger.records import Anchor, BadRow, Verdict
from ledger.verify import Walk
from models.base import Frozen

EVENTS = "events.jsonl"
MANIFEST = "export.json"
ROWS_SIGNED_AT_ONCE = 1000
"""If every digest after a changed row was made anew, the bad row is one of so many."""


class Export(Frozen):
    """What `export.json` holds. Rows up to `gapless_after` were numbered with gaps."""

    form: int = 1
    rows: int
    personal: bool
    gapless_after: int = 0
    checkpoints: tuple[Checkpoint, ...]


def write_export(
    rows: Iterable[Step],
    directory: Path,
    sign: Sign,
    made_at: datetime,
    *,
    personal: bool = True,
    gapless_after: int = 0,
) -> Export:
    """Write the files. Raises `ExportUnusable` when there is an export already, or OSError.

    The rows are written as they stand, whether or not they are sound.
    """
    if (directory / MANIFEST).exists() or (directory / EVENTS).exists():
        raise ExportUnusable("There is an export already.", f"Name another directory: {directory}.")
    directory.mkdir(parents=True, exist_ok=True)
    signed: list[Checkpoint] = []
    count, last = 0, None
    with (directory / EVENTS).open("x", encoding="utf-8") as file:
        for step in rows:
            if step.row is None:
                raise ExportUnusable(
                    f"Row {step.sequence} cannot be read.", "Run `followthrough ledger verify`."
                )
            _write(file, _line(step, personal=personal))
            count, last = count + 1, (step.sequence, str(step.row["digest"]))
            if count % ROWS_SIGNED_AT_ONCE == 0:
                signed.append(checkpoint(*last, made_at, sign))
        if last is not None and count % ROWS_SIGNED_AT_ONCE:
            signed.append(checkpoint(*last, made_at, sign))
        file.flush()
        os.fsync(file.fileno())
    export = Export(
        rows=count, personal=personal, gapless_after=gapless_after, checkpoints=tuple(signed)
    )
    (directory / MANIFEST).write_text(export.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return export


def verify_export(
    directory: Path, public_keys: Mapping[str, str], anchors: Iterable[Anchor] = ()
) -> Verdict:
    """Check the files with public keys (id → hex) alone.

    Raises `ExportUnusable` when the files are not there, or the checkpoints are not signed by one
    of these keys.
    """
    export = _read_manifest(directory)
    for one in export.checkpoints:
        if not one.signed_by(public_keys):
            raise ExportUnusable(
                f"The checkpoint at row {one.sequence} is not signed with this public key.",
                "Ask for the public key another way than the export came.",
            )
    signed = [one.anchor("a signed checkpoint") for one in export.checkpoints]
    walk = Walk(
        lambda _row: None,
        (*signed, *anchors),
        export.gapless_after,
        texts_withheld=not export.personal,
    )
    try:
        with (directory / EVENTS).open(encoding="utf-8", errors="replace") as file:
            whole = all(walk.step(step) for step in _steps(file))
    except OSError as error:
        raise ExportUnusable(
            f"{EVENTS} cannot be read: {error.strerror}.", f"Look at {directory}."
        ) from error
    verdict = walk.verdict()
    last = max((one.sequence for one in export.checkpoints), default=0)
    if whole and verdict.sound and verdict.head is not None and verdict.head.sequence > last:
        bad = BadRow(sequence=last + 1, why="it stands after the last signed checkpoint")
        return verdict.model_copy(update={"first_bad": bad})
    return verdict


def _line(step: Step, *, personal: bool) -> dict[str, Any]:
    row = step.row or {}
    line = {name: row[name] for name in COLUMNS}
    text = step.text if personal else None
    return {**line, "personal": dict(text) if text else None}


def _write(file: TextIO, line: Mapping[str, Any]) -> None:
    written = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=_isoformat)
    file.write(written + "\n")


def _isoformat(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _steps(file: TextIO) -> Iterator[Step]:
    last = 0
    for text in file:
        try:
            line = json.loads(text)
            personal = line.pop("personal")
            sequence = int(line["sequence"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            yield Step(last + 1, None, None)
            return
        last = sequence
        yield Step(sequence, line, personal)


def _read_manifest(directory: Path) -> Export:
    path = directory / MANIFEST
    try:
        return Export.model_validate_json(path.read_bytes())
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
    except ValidationError:
        what = f"{path} is not the manifest of an export."
    raise ExportUnusable(what, "Name the directory that `followthrough ledger export` wrote.")
