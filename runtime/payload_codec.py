"""Encrypts payloads on their way to Temporal, and decrypts them on their way back (ADR 20).

AES-256-GCM with a new random nonce for each payload. What says how to decrypt (the encoding, the
cipher, the key's id) stands beside the ciphertext in the clear and is authenticated with it. What
is not encrypted passes through, so that it can be switched on while items live.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from runtime.payload_keys import KEY_ID_DIGITS, SETTING, PayloadKey, PayloadKeyRing, PayloadKeys
from runtime.problems import Problem

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
KEY_ID = "encryption-key-id"
NONCE_BYTES = 12
KEY_ID_FORM = re.compile(rf"[0-9a-f]{{{KEY_ID_DIGITS}}}")


class PayloadUnreadable(Problem):
    """An encrypted payload that cannot be decrypted here. Says nothing of what is in it."""


class PayloadKeyUnknown(PayloadUnreadable):
    """It was encrypted with a key that is not here. `key_id` is None when its id is none of ours."""

    def __init__(self, key_id: str | None, file: Path | None) -> None:
        self.key_id = key_id
        named = f"the key {key_id}" if key_id else "a key that is none of ours"
        super().__init__(
            f"A payload in Temporal is encrypted with {named}, which is not known here.",
            where=str(file) if file else SETTING,
            remedy="Copy the payload keys here from a machine that has it, such as one of the "
            f"workers; {SETTING} must name their file. docs/operating.md says more.",
        )


class PayloadDamaged(PayloadUnreadable):
    """It was altered after it was encrypted with the key `key_id`, or cut off."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(
            f"A payload in Temporal that names the key {key_id} was altered after it was encrypted.",
            remedy="Find out who can write to Temporal's database, and restore it from a back-up. "
            "`followthrough ledger verify` says whether the evidence is whole.",
        )


class EncryptionCodec(PayloadCodec):
    """Encrypts with the active key of the ring; without a ring it encrypts nothing.

    `decode` raises `PayloadKeyUnknown` and `PayloadDamaged`.
    """

    def __init__(self, ring: PayloadKeyRing | None) -> None:
        self._ring = ring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload encrypted, metadata and all."""
        if self._ring is None:
            return list(payloads)
        keys = self._ring.current()
        return [_encrypted(payload, keys) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload as it was before it was encrypted, or as it is when it never was."""
        return [
            self._decrypted(payload) if payload.metadata.get("encoding") == ENCODING else payload
            for payload in payloads
        ]

    def _decrypted(self, payload: Payload) -> Payload:
        named = payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        key_id = named if KEY_ID_FORM.fullmatch(named) else None
        key = self._ring.current().find(key_id) if self._ring and key_id else None
        if key is None:
            raise PayloadKeyUnknown(key_id, self._ring.path if self._ring else None)
        nonce, ciphertext = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            content = key.cipher.decrypt(nonce, ciphertext, _authenticated(key))
            return Payload.FromString(content)
        except (InvalidTag, ValueError, DecodeError):
            # Without its cause: a parser's words may repeat the content.
            raise PayloadDamaged(key.key_id) from None


def data_converter(ring: PayloadKeyRing | None) -> DataConverter:
    """The converter of every client and worker; with keys, messages of failures are encrypted too."""
    if ring is None:
        return dataclasses.replace(pydantic_data_converter, payload_codec=EncryptionCodec(None))
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=EncryptionCodec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _encrypted(payload: Payload, keys: PayloadKeys) -> Payload:
    key, nonce = keys.active, os.urandom(NONCE_BYTES)
    content = payload.SerializeToString()
    return Payload(
        metadata={"encoding": ENCODING, "encryption-cipher": CIPHER, KEY_ID: key.key_id.encode()},
        data=nonce + key.cipher.encrypt(nonce, content, _authenticated(key)),
    )


def _authenticated(key: PayloadKey) -> bytes:
    """What stands beside the ciphertext and says how to decrypt it."""
    return b"\n".join((ENCODING, CIPHER, key.key_id.encode()))
