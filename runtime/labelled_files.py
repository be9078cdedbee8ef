"""Labelled texts from a JSONL or CSV file, for learning and for checking what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.base import Frozen
from runtime.intake_lines import BadRow, Record, UnreadableFile, read_records

IDENTIFIERS = ("id", "key", "issue_key", "submission_id")
"""Fields that name a row, the first that it has; else its line does."""


class LabelledText(Frozen):
    """One row: what names it, its text and its label, if it has one."""

    reference: str
    line: int
    text: str
    label: str | None


@dataclass
class LabelledFile:
    """What a file gave: the rows that can be used, and those that cannot, with the reason."""

    rows: list[LabelledText] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read_labelled(path: Path, text_fields: Sequence[str], label_field: str | None) -> LabelledFile:
    """Every row of the file. An empty text is a text; an empty or missing label is none.

    Raises `UnreadableFile` when the file cannot be read, is empty, or has the text in no row.
    """
    found = LabelledFile()
    fields: dict[str, None] = {}
    for record in read_records(path):
        if isinstance(record, BadRow):
            found.bad.append(record)
            continue
        fields.update(dict.fromkeys(record.values))
        row = _row(record, text_fields, label_field)
        (found.bad if isinstance(row, BadRow) else found.rows).append(row)  # type: ignore[arg-type]  # mypy does not pair the two lists with the two types
    if found.rows:
        return found
    if not fields:
        raise UnreadableFile(
            "the file has no row that can be read.",
            where=str(path),
            remedy="Give JSON Lines (an object on each line) or CSV with a header.",
        )
    raise UnreadableFile(
        f"no row has a text under {' or '.join(text_fields)}.",
        where=str(path),
        remedy=f"Name the field by --text; the file has: {', '.join(fields)}.",
    )


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Pairs of references that belong together: the first two fields of each row.

    Raises `UnreadableFile` at the first row that has not two.
    """
    pairs = []
    for record in read_records(path):
        if isinstance(record, BadRow):
            raise UnreadableFile(record.what, where=f"{path}:{record.line}", remedy=record.remedy)
        values = [str(value) for value in record.values.values() if value not in (None, "")]
        if len(values) < 2:
            raise UnreadableFile(
                "the row does not name two items.",
                where=f"{path}:{record.line}",
                remedy='Give each pair as {"a": "ID", "b": "ID"}.',
            )
        pairs.append((values[0], values[1]))
    return pairs


def _row(
    record: Record, text_fields: Sequence[str], label_field: str | None
) -> LabelledText | BadRow:
    given = [record.values[name] for name in text_fields if name in record.values]
    if not given:
        return BadRow(
            line=record.line,
            what=f"it has no field {' or '.join(text_fields)}.",
            remedy="Name the field that holds the text by --text.",
        )
    wrong = next((value for value in given if not isinstance(value, str | None)), None)
    if wrong is not None:
        return BadRow(
            line=record.line,
            what=f"the text is no text but {type(wrong).__name__}.",
            remedy="Write it as a string.",
        )
    return LabelledText(
        reference=_reference(record),
        line=record.line,
        text="\n".join(value for value in given if value),
        label=_label(record.values.get(label_field)) if label_field else None,
    )


def _reference(record: Record) -> str:
    named = (record.values.get(name) for name in IDENTIFIERS)
    return next((str(one) for one in named if one not in (None, "")), f"line {record.line}")


def _label(value: Any) -> str | None:
    label = "" if value is None else str(value).strip()
    return label or None
