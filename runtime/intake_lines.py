"""From a file to records, one at a time, whatever state the file is in. Memory stays flat."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from models.base import Frozen
from runtime.problems import ExitCode, Problem

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. A longer line is passed over unread."""
MOST_LINES_A_RECORD = 500
"""A CSV value may hold line breaks; one with more of them is taken for an unclosed quote."""
_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_DELIMITERS = (",", ";", "\t")


class BadRow(Frozen):
    """A row that was left out: its first line in the file, what is wrong, and how to mend it."""

    line: int
    what: str
    remedy: str


class Record(Frozen):
    """One row as the file gives it, with the number of its first line."""

    line: int
    values: dict[str, Any]


class UnreadableFile(Problem):
    """The file cannot be opened, or is of no kind that can be taken in."""

    exit_code = ExitCode.WRONG_USE


Line = tuple[int, str] | BadRow


def read_records(path: Path) -> Iterator[Record | BadRow]:
    """Every record of a JSONL or CSV file, told apart by the first character.

    Raises `UnreadableFile`.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableFile(
            f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}.",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error
    with file:
        marks = file.peek(2)[:2]
        if marks in _BYTE_ORDER_MARKS:
            kind = _BYTE_ORDER_MARKS[marks]
            yield BadRow(line=1, what=f"the file is {kind}", remedy="Save it as UTF-8.")
            return
        yield from _records(_lines(file), path)


def _records(lines: Iterator[Line], path: Path) -> Iterator[Record | BadRow]:
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            continue
        start = line[1].lstrip()
        if not start:
            continue
        if start.startswith("["):
            raise UnreadableFile(
                "the file is one JSON array.",
                where=str(path),
                remedy="Write one object a line instead, for example with `jq -c '.[]'`.",
            )
        if start.startswith("{"):
            yield from _json_records(chain([line], lines))
        else:
            yield from _csv_records(line, lines)
        return


def _lines(file: BinaryIO) -> Iterator[Line]:
    """Each line decoded by itself, so that a wrong byte costs one line and not the file."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield BadRow(
                line=number,
                what=f"the line is longer than {LONGEST_LINE // 1024 // 1024} MB",
                remedy="Shorten it; no issue could hold it.",
            )
            continue
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            yield BadRow(
                line=number,
                what=f"byte {error.start + 1} of the line is not UTF-8",
                remedy="Save the file as UTF-8.",
            )


def _json_records(lines: Iterator[Line]) -> Iterator[Record | BadRow]:
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            # The error's own message is about JSON only and repeats nothing of the line.
            yield _bad_json(number, f"not valid JSON at column {error.colno}: {error.msg}")
        except (RecursionError, ValueError):
            yield _bad_json(number, "not JSON that can be read: nested too deep, or a huge number")
        else:
            if isinstance(values, dict):
                yield Record(line=number, values=values)
            else:
                yield _bad_json(number, "not a JSON object")


def _bad_json(line: int, what: str) -> BadRow:
    return BadRow(line=line, what=what, remedy="Each line must be one whole JSON object.")


def _csv_records(first: tuple[int, str], lines: Iterator[Line]) -> Iterator[Record | BadRow]:
    csv.field_size_limit(LONGEST_LINE)
    number, text = first
    delimiter = max(_DELIMITERS, key=text.count)
    header = _cells(text, delimiter)
    if header is None or len(set(header)) != len(header) or not all(header):
        yield BadRow(
            line=number,
            what="the header names no columns, or one of them twice",
            remedy="The first line must name each column once.",
        )
        return
    waiting: deque[Line] = deque()
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        if isinstance(line, BadRow):
            yield line
        elif line[1].strip():
            yield _csv_record(line, waiting, lines, header, delimiter)


def _csv_record(
    line: tuple[int, str],
    waiting: deque[Line],
    lines: Iterator[Line],
    header: list[str],
    delimiter: str,
) -> Record | BadRow:
    """The record that begins with this line; lines it turns out not to need wait for the next."""
    number, text = line
    taken: list[Line] = []
    size = len(text)
    while text.count('"') % 2 and len(taken) < MOST_LINES_A_RECORD and size < LONGEST_LINE:
        following = waiting.popleft() if waiting else next(lines, None)
        if following is None:
            break
        taken.append(following)
        if isinstance(following, BadRow):
            break
        size += len(following[1])
        text += following[1]
    cells = None if text.count('"') % 2 else _cells(text, delimiter)
    if cells is not None and len(cells) == len(header):
        return Record(line=number, values=dict(zip(header, cells, strict=True)))
    waiting.extendleft(reversed(taken))
    if cells is None or taken:
        return BadRow(
            line=number,
            what="a quotation mark is not closed, or stands within a value",
            remedy='Put the value in quotation marks and double each one within ("").',
        )
    return BadRow(
        line=number,
        what=f"the row has {len(cells)} values and the header has {len(header)} columns",
        remedy="Put values that hold the separator in quotation marks.",
    )


def _cells(text: str, delimiter: str) -> list[str] | None:
    lines = text.splitlines(keepends=True)
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row]
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
