"""A signed statement of how far the ledger went: the row, and the digest that covers all before it.

Signed with Ed25519, so that whoever checks it needs the public key and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.records import Anchor
from models.base import Frozen, Moment
from models.policy import Seal

_SIGNED = b"followthrough-checkpoint-v1\n"
Sign = Callable[[bytes], Seal]


class Checkpoint(Frozen):
    """At `made_at` the ledger went up to this row. `signature` is Ed25519, in hex."""

    sequence: int
    digest: str
    made_at: Moment
    key_id: str
    signature: str

    def anchor(self, where: str) -> Anchor:
        """What it says about its row."""
        return Anchor(sequence=self.sequence, digest=self.digest, where=where)

    def signed_by(self, public_keys: Mapping[str, str]) -> bool:
        """Whether one of these keys (id → hex) made the signature."""
        public_hex = public_keys.get(self.key_id)
        if public_hex is None:
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
            content = _content(self.sequence, self.digest, self.made_at)
            key.verify(bytes.fromhex(self.signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True


def checkpoint(sequence: int, digest: str, made_at: datetime, sign: Sign) -> Checkpoint:
    """Sign that the ledger goes up to this row."""
    seal = sign(_content(sequence, digest, made_at))
    return Checkpoint(
        sequence=sequence,
        digest=digest,
        made_at=made_at,
        key_id=seal.key_id,
        signature=seal.signature,
    )


def _content(sequence: int, digest: str, made_at: datetime) -> bytes:
    said: dict[str, str | int] = {
        "sequence": sequence,
        "digest": digest,
        "made_at": made_at.isoformat(),
    }
    return _SIGNED + rfc8785.dumps({**said})
