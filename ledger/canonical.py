"""The exact bytes that stand behind a row's digest, its seal, and the digest of personal text.

Version 1 of the form. It is never changed, since rows that were sealed under it are checked by it;
another form would get another version.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import rfc8785

BEGINNING = "0" * 64
"""What stands as the digest before the first row."""
FORM = 1
LARGEST_EXACT = 2**53 - 1
"""RFC 8785 knows no larger whole number; larger ones are written as text."""
_SEALED = b"followthrough-ledger-v1\n"
_COVERED = (
    "sequence",
    "operation_id",
    "issue_id",
    "issue_key",
    "workflow_id",
    "category",
    "policy_version",
    "item_sequence",
    "kind",
    "at",
    "person",
    "channel",
    "summary",
    "facts",
    "recorded_at",
    "personal_digest",
    "key_id",
)
"""The columns of `events` that a digest covers: all but the digest and the seal themselves."""
COLUMNS = (*_COVERED, "digest", "seal")
"""Every column of `events`."""


def row_digest(row: Mapping[str, Any], previous: str) -> str:
    """SHA-256, in hex, of a row of `events` together with the digest before it."""
    covered = {name: _plain(row[name]) for name in _COVERED}
    return hashlib.sha256(
        rfc8785.dumps({"form": FORM, "previous": previous, **covered})
    ).hexdigest()


def seal_of(digest: str, secret: bytes) -> str:
    """HMAC-SHA256, in hex, over a row's digest: nobody can make it without the secret."""
    return hmac.new(secret, _SEALED + digest.encode(), hashlib.sha256).hexdigest()


def personal_digest(content: Mapping[str, Any], salt: str) -> str:
    """HMAC-SHA256, in hex, of personal text under its own salt.

    Once the salt is erased with the text, not even a short text can be found by guessing.
    """
    canonical = rfc8785.dumps(_plain(dict(content)))
    return hmac.new(bytes.fromhex(salt), canonical, hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    """A value that canonical JSON has, the same whichever database it was read from."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, float) and value.is_integer():
        # PostgreSQL gives a whole float back as the integer that its shortest form spells.
        value = int(Decimal(repr(value)))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        return {"integer": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return value
