"""What is known of customers, from a CSV file, under pseudonyms.

Columns: `id` (needed), `segment`, `plan`, `annual_revenue_minor`, `currency`, `zone`, `country`,
`subdivision` (a part of the country).
"""

from __future__ import annotations

import csv
import hmac
import threading
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from models.base import Frozen
from models.item import ANONYMOUS, CustomerFacts

REFERENCE_DIGITS = 16
USUAL_SEGMENT = "standard"
LONGEST_SEGMENT = 64
"""Bytes of UTF-8; Temporal refuses a longer fairness key, and the segment is one."""

log = structlog.get_logger("customers")


class _Row(Frozen):
    """One good line of the file."""

    segment: str = USUAL_SEGMENT
    plan: str | None = None
    annual_revenue_minor: int | None = None
    currency: str | None = None
    zone: str | None = None
    country: str | None = None
    subdivision: str | None = None


class Customers:
    """Facts by customer id. Safe to share among threads; a changed file is read again by itself.

    `pepper` keys the pseudonyms: whoever lacks it cannot test a guessed id. It must stay the same
    for as long as customers shall be recognised. Without a file every customer is unknown.
    """

    def __init__(self, path: Path | None, pepper: bytes) -> None:
        self._path = path
        self._pepper = pepper
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._rows: dict[str, _Row] = {}

    def facts(self, customer_id: str | None, country: str | None = None) -> CustomerFacts:
        """What is known now. `country` is a hint, used when the file does not know better."""
        identity = (customer_id or "").strip()
        if not identity:
            return CustomerFacts(reference=ANONYMOUS, country=country)
        row = self._current().get(identity)
        if row is None:
            return CustomerFacts(reference=self.reference(identity), country=country)
        known = row.model_dump()
        known["country"] = row.country or country
        return CustomerFacts(reference=self.reference(identity), known=True, **known)

    def reference(self, customer_id: str) -> str:
        """The pseudonym: the first 16 hex digits of HMAC-SHA256 of the id."""
        digest = hmac.new(self._pepper, customer_id.strip().encode(), sha256)
        return digest.hexdigest()[:REFERENCE_DIGITS]

    def _current(self) -> dict[str, _Row]:
        if self._path is None:
            return {}
        with self._lock:
            try:
                status = self._path.stat()
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp != self._stamp:
                    self._rows = _read(self._path)
                    self._stamp = stamp
            except (OSError, UnicodeError) as error:
                self._keep_what_is_known(error)
            return self._rows

    def _keep_what_is_known(self, error: Exception) -> None:
        """A file that cannot be read is reported once; it is looked at again when it changes."""
        stamp = (-1, -1, -1)
        if isinstance(error, OSError):
            told = error.strerror
        else:
            told = "it is not UTF-8"
            status = self._path.stat() if self._path and self._path.exists() else None
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino) if status else stamp
        if self._stamp != stamp:
            log.warning(
                "customers_file_unreadable",
                file=str(self._path),
                problem=told,
                remedy="Mend the file that FOLLOWTHROUGH_CUSTOMERS names; until then what was "
                "read before is used.",
            )
        self._stamp = stamp


def _read(path: Path) -> dict[str, _Row]:
    """All good lines; a broken one is reported by its line, without its content."""
    rows: dict[str, _Row] = {}
    skipped = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = _cells(file.readline())
        if header is None or "id" not in header:
            _report(path, 1, "the header has no column named id")
            return {}
        for line, text in enumerate(file, start=2):
            if not text.strip():
                continue
            values, problem = _values(header, _cells(text))
            identity = values.get("id", "")
            what = problem or _problem_of(identity, rows) or _wrong(values)
            if what is not None:
                skipped += 1
                _report(path, line, what)
                continue
            rows[identity] = _Row.model_validate(_known(values))
    log.info("customers_read", file=str(path), customers=len(rows), skipped=skipped)
    return rows


def _cells(line: str) -> list[str] | None:
    """One line's values. Each line stands alone, so that an open quote spoils no other line."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return None


def _values(header: list[str], cells: list[str] | None) -> tuple[dict[str, str], str | None]:
    """The line's values by column, and what is wrong with its shape."""
    if cells is None:
        return {}, "it is not a CSV line"
    if len(cells) != len(header):
        return {}, f"it has {len(cells)} values and the header has {len(header)} columns"
    return dict(zip(header, cells, strict=True)), None


def _problem_of(identity: str, rows: dict[str, _Row]) -> str | None:
    if not identity:
        return "the id is empty"
    return "its id stands further up already" if identity in rows else None


def _wrong(values: dict[str, str]) -> str | None:
    try:
        row = _Row.model_validate(_known(values))
    except ValidationError as error:
        names = sorted({str(detail["loc"][0]) for detail in error.errors()})
        return f"{', '.join(names)} has a value that cannot be used"
    if len(row.segment.encode()) > LONGEST_SEGMENT:
        return f"segment is longer than {LONGEST_SEGMENT} bytes"
    if row.annual_revenue_minor is not None and row.annual_revenue_minor < 0:
        return "annual_revenue_minor is negative"
    if row.currency is not None and not (len(row.currency) == 3 and row.currency.isupper()):
        return "currency is not an ISO 4217 code such as EUR"
    if row.annual_revenue_minor is not None and row.currency is None:
        return "annual_revenue_minor has no currency"
    return None if row.zone is None or _is_zone(row.zone) else "zone is not an IANA time zone"


def _known(values: dict[str, str]) -> dict[str, str]:
    return {name: values[name] for name in _Row.model_fields if values.get(name)}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _report(path: Path, line: int, what: str) -> None:
    log.warning(
        "customer_row_skipped",
        where=f"{path}:{line}",
        problem=what,
        remedy="Mend this line; the file is read again when it changes.",
    )
