"""What is known of customers, from a CSV, under pseudonyms.

Columns: `id` (needed), `segment`, `plan`, `annual_revenue_minor`, `currency`, `joined` (the day on
which they became one, as 2024-05-31), `zone`, `country`, `subdivision` (a part of the country).
"""

from __future__ import annotations

import csv
import hmac
import io
import threading
from datetime import date
from hashlib import sha256
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from activities.customer_sources import CustomerSource
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
    joined: date | None = None


class Customers:
    """Facts by customer id. Safe to share among threads; a changed CSV is read again by itself.

    `pepper` keys the pseudonyms: whoever lacks it cannot test a guessed id. It must stay the same
    for as long as customers shall be recognised. Without a source every customer is unknown.
    """

    def __init__(self, source: CustomerSource | None, pepper: bytes) -> None:
        self._source = source
        self._pepper = pepper
        self._lock = threading.Lock()
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
        if self._source is None:
            return {}
        with self._lock:
            while (text := self._source.changed()) is not None:
                rows = _read(self._source.name, text)
                if rows is not None:
                    self._rows = rows
                    self._source.usable(text)
            return self._rows


def _read(source: str, text: str) -> dict[str, _Row] | None:
    """All good lines; a broken one is reported by its line, without its content.

    None for a text that is no list of customers at all, such as a page that asks to sign in.
    """
    rows: dict[str, _Row] = {}
    skipped = 0
    lines = io.StringIO(text)
    header = _cells(lines.readline())
    if header is None or "id" not in header:
        _report(source, 1, "the header has no column named id")
        return None
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        values, problem = _values(header, _cells(line))
        identity = values.get("id", "")
        what = problem or _problem_of(identity, rows) or _wrong(values)
        if what is not None:
            skipped += 1
            _report(source, number, what)
            continue
        rows[identity] = _Row.model_validate(_known(values))
    log.info("customers_read", source=source, customers=len(rows), skipped=skipped)
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


def _report(source: str, line: int, what: str) -> None:
    log.warning(
        "customer_row_skipped",
        where=f"{source}:{line}",
        problem=what,
        remedy="Mend this line; it is read again when it changes.",
    )
