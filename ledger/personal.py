"""Which part of an event is personal, kept beside the chain and erasable, and which is evidence."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.canonical import personal_digest

PERSONAL_FACTS = frozenset(
    {
        "account",
        "after",
        "before",
        "country",
        "customer",
        "note",
        "parameters",
        "reason",
        "subdivision",
        "summary",
        "text_digest",
        "text_length",
        "words",
        "would_send",
        "zone",
    }
)
"""Facts that may hold somebody's own words or let them be guessed, or say who or where they are."""
SALT_BYTES = 32


def parted(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts that are evidence, and those that are personal."""
    personal = {
        name: value for name, value in facts.items() if name in PERSONAL_FACTS and value is not None
    }
    return {name: value for name, value in facts.items() if name not in personal}, personal


def personal_row(
    sequence: int, customer: str | None, facts: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The values of a row of `personal_texts`, or None when nothing of the event is personal."""
    if customer is None and not facts:
        return None
    return {
        "sequence": sequence,
        "customer": customer,
        "facts": dict(facts),
        "salt": secrets.token_hex(SALT_BYTES),
    }


def digest_of(row: Mapping[str, Any]) -> str:
    """The digest by which an event holds on to its personal text."""
    content = {"customer": row["customer"], "facts": row["facts"], "sequence": row["sequence"]}
    return personal_digest(content, row["salt"])


def numbers_in(written: object) -> set[int]:
    """The rows that an erasure names, as `numbers_written` wrote them."""
    numbers: set[int] = set()
    for part in str(written or "").split():
        first, _, last = part.partition("-")
        numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def numbers_written(numbers: Iterable[int]) -> str:
    """Row numbers in one line, such as `4-7 9`."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)
