"""Feedback from a file: every good row as an `IntakeRow`, every bad one as a sentence.

JSONL and CSV; the shapes of `runtime.intake_shapes`, or any columns with a mapping. Rows are read
one at a time. Only a short hash of each id is kept, to notice an id that comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from models.intake import IntakeRow
from runtime.intake_lines import BadRow, Record, UnreadableFile, read_records
from runtime.intake_shapes import FIELDS, LITERAL, Draft, mapped, shape_of
from runtime.problems import ExitCode, Problem

SUMMARY_CHARACTERS = 255
"""Jira refuses a longer summary."""
DESCRIPTION_CHARACTERS = 32_000
"""Jira refuses more than 32,767 characters; the rest is room for what is added to it later."""
HEADLINE_CHARACTERS = 120
SHORTEST_HEADLINE = 15
"""A first sentence such as "Hi!" says nothing; the next one is taken along."""
IDENTIFIER_CHARACTERS = 200
UNKNOWN_ROWS = 20
"""So many rows of no known shape and no good one: then the file is the matter, not the row."""
COLUMNS_SHOWN = 12
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSPACED_ENDS = ("。", "！", "？")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_MENTIONS = re.compile(r"^(?:@\w+\s+)+")
_COUNTRY = re.compile(r"[A-Za-z]{2}")

__all__ = ["BadRow", "UnreadableFile", "WrongMapping", "parse_mapping", "read_rows"]


class WrongMapping(Problem):
    """The text given to `--map` cannot be used."""

    exit_code = ExitCode.WRONG_USE


class _Unusable(Exception):  # noqa: N818 - becomes a BadRow, never leaves this module
    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


class _UnknownShape(_Unusable):
    """Nothing tells which column is which."""


def parse_mapping(text: str) -> dict[str, str]:
    """Field → column from `summary=title,description=body,submission_id=id`.

    `source==shop` gives every row the same value. Raises `WrongMapping`.
    """
    mapping: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, sign, column = (piece.strip() for piece in part.partition("="))
        if not sign or not column.removeprefix(LITERAL):
            raise _wrong_mapping(f"{part!r} is not field=column")
        if field not in FIELDS:
            raise _wrong_mapping(f"there is no field {field!r}; fields are {', '.join(FIELDS)}")
        if field in mapping:
            raise _wrong_mapping(f"{field!r} is given twice")
        mapping[field] = column
    return mapping


def read_rows(
    path: Path, mapping: Mapping[str, str] | None = None, limit: int | None = None
) -> Iterator[IntakeRow | BadRow]:
    """The rows of a file in its order; ends after `limit` good ones.

    A row without a source gets the file's name without its ending, so keep that name when the file
    is sent again. Moments without a zone are taken for UTC. Raises `UnreadableFile`.
    """
    seen: dict[bytes, int] = {}
    good = unknown = 0
    records = read_records(path)
    while limit is None or good < limit:
        record = next(records, None)
        if record is None:
            return
        if isinstance(record, BadRow):
            yield record
            continue
        try:
            row = _row(record, mapping or {}, path.stem)
            _refuse_repeated(row, record.line, seen)
        except _Unusable as unusable:
            unknown += isinstance(unusable, _UnknownShape)
            if unknown == UNKNOWN_ROWS and not good:
                raise _unknown_file(path, record) from None
            yield BadRow(line=record.line, what=unusable.what, remedy=unusable.remedy)
        else:
            good += 1
            yield row


def _row(record: Record, mapping: Mapping[str, str], file_name: str) -> IntakeRow:
    draft = _draft(record, mapping)
    identifier = _text(draft, "submission_id")
    if not identifier or len(identifier) > IDENTIFIER_CHARACTERS:
        raise _Unusable(
            "the row has no submission_id, or one beyond 200 characters",
            "Give it the id that it has where it comes from, or name the column of that id: "
            "--map submission_id=id",
        )
    title, text = _text(draft, "summary"), _text(draft, "description")
    if not title and not text:
        raise _Unusable("the row has no text", "Give it a summary or a description.")
    country = _text(draft, "country")
    return IntakeRow(
        source=_text(draft, "source") or file_name,
        submission_id=identifier,
        summary=_trimmed_summary(title) if title else _headline(text),
        description=_trimmed_description(text),
        customer=_text(draft, "customer") or None,
        reporter_account_id=_text(draft, "reporter_account_id") or None,
        issue_type=_text(draft, "issue_type") or IntakeRow.model_fields["issue_type"].default,
        release=_text(draft, "release") or None,
        created_at=_moment(_text(draft, "created_at")),
        country=country.upper() if _COUNTRY.fullmatch(country) else None,
    )


def _draft(record: Record, mapping: Mapping[str, str]) -> Draft:
    if mapping:
        try:
            return mapped(record.values, mapping)
        except KeyError as missing:
            raise _UnknownShape(
                f"the row has no column {missing.args[0]!r}",
                "Name a column that it has with --map.",
            ) from None
    shape = shape_of(record.values)
    if shape is None:
        raise _UnknownShape(
            "the columns are of no known shape",
            "Say which is which: --map submission_id=…,summary=…,description=…",
        )
    return shape.read(record.values)


def _refuse_repeated(row: IntakeRow, line: int, seen: dict[bytes, int]) -> None:
    identity = f"{row.source}\n{row.submission_id}".encode()
    mark = blake2b(identity, digest_size=8).digest()
    if mark in seen:
        raise _Unusable(
            f"its submission_id came before, in line {seen[mark]}",
            "Give each row its own id; the first one was taken.",
        )
    seen[mark] = line


def _text(draft: Draft, field: str) -> str:
    """The value as clean text. Characters that no tracker stores are dropped."""
    value: Any = draft.get(field)
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise _Unusable(f"{field} is not a text", "Give it one text or one number.")
    whole = str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unusable(
            "created_at is not a date", "Write it as 2026-01-31 or 2026-01-31T09:30:00+00:00."
        ) from None


def _headline(text: str) -> str:
    """The first sentence that says something, at most 120 characters."""
    headline = ""
    for sentence in _SENTENCE_ENDS.split(_MENTIONS.sub("", text)[: 20 * HEADLINE_CHARACTERS]):
        between = "" if headline.endswith(_UNSPACED_ENDS) else " "
        headline = f"{headline}{between}{' '.join(sentence.split())}".strip()
        if len(headline) >= SHORTEST_HEADLINE:
            break
    return _cut(headline or text, HEADLINE_CHARACTERS)


def _trimmed_summary(title: str) -> str:
    return _cut(" ".join(title.split()), SUMMARY_CHARACTERS)


def _cut(text: str, most: int) -> str:
    """The text, or what fits of it up to a space, ending in an ellipsis."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    spaced = kept if text[most - 1] == " " else kept.rsplit(" ", 1)[0]
    return f"{spaced if len(spaced) > most // 2 else kept}…"


def _trimmed_description(text: str) -> str:
    if len(text) <= DESCRIPTION_CHARACTERS:
        return text
    note = f"\n\n(Shortened here. The text as it was sent has {len(text)} characters.)"
    return text[: DESCRIPTION_CHARACTERS - len(note)] + note


def _wrong_mapping(what: str) -> WrongMapping:
    return WrongMapping(
        f"{what}.",
        where="--map",
        remedy="Write it as summary=title,description=body,submission_id=id.",
    )


def _unknown_file(path: Path, record: Record) -> UnreadableFile:
    columns = ", ".join(list(record.values)[:COLUMNS_SHOWN])
    return UnreadableFile(
        f"nothing tells which column is which. The columns are: {columns}.",
        where=str(path),
        remedy="Say it with --map submission_id=…,summary=…,description=… and the file's columns.",
    )
