"""The private key that channels sign proofs with, and the public keys that workers trust.

The desk, the command line and the Jira intake have checked who acts; they say so by signing a
claim. A workflow verifies the signature with public keys pinned in its policy snapshot, which is
pure arithmetic and needs no secret in any history.
"""

from __future__ import annotations

import hashlib
import os
import stat
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from models.people import Proof, ProofClaim
from models.policy import Seal
from runtime.problems import WrongSettings

KEY_ID_LENGTH = 16
TRUSTED_KEYS = "trusted-keys"


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair. The private half is never shown, also not by `repr`."""

    key_id: str
    public_hex: str
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, claim: ProofClaim) -> Proof:
        """Sign a claim; whoever calls this has made sure that the claim is true."""
        signature = self.private.sign(claim.signing_bytes())
        return Proof(claim=claim, key_id=self.key_id, signature=signature.hex())

    def seal(self, content: bytes) -> Seal:
        """Sign the rules that were just pinned (`policies.seal`)."""
        return Seal(key_id=self.key_id, signature=self.private.sign(content).hex())

    @property
    def public_keys(self) -> dict[str, str]:
        """This key's id and public half in hex, in the shape `trusted_keys` has."""
        return {self.key_id: self.public_hex}


def load_or_create_signing_key(path: Path) -> SigningKey:
    """Read the key, or make one (mode 0600); two processes that start together get the same one.

    The public half is written to `trusted-keys/` beside it. Items pin the public keys that they
    are received under, so moving the private key away strands those that run; `docs/signing-keys.md`
    says how to change it.
    Raises `WrongSettings` when the file is not such a key or others may read it.
    """
    if not path.exists():
        _create(path)
    key = _load(path)
    public = path.parent / TRUSTED_KEYS / f"{key.key_id}.pub"
    if not public.exists():
        public.parent.mkdir(parents=True, exist_ok=True)
        public.write_text(key.public_hex + "\n")
    return key


def trusted_public_keys(path: Path) -> dict[str, str]:
    """Every public key in `trusted-keys/` beside the signing key: id → hex.

    A worker on another machine needs only that directory. Raises `WrongSettings` for a file whose
    content is not the key its name says.
    """
    return public_keys_in((path.parent / TRUSTED_KEYS).glob("*.pub"))


def public_keys_in(files: Iterable[Path]) -> dict[str, str]:
    """The public keys in these files: id → hex. Raises `WrongSettings`, as above."""
    keys: dict[str, str] = {}
    for file in sorted(files):
        keys |= (key := public_key_in(file))
        if file.stem not in key:
            raise WrongSettings(
                "the public key is not the one that the file's name says.",
                where=str(file),
                remedy="Restore the file, or remove it when its key is not to be trusted any more.",
            )
    return keys


def public_key_in(file: Path) -> dict[str, str]:
    """The public key in one file, whatever its name: id → hex. Raises `WrongSettings`."""
    try:
        public_hex = file.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise WrongSettings(
            "the public key cannot be read.", where=str(file), remedy="Name a .pub file."
        ) from error
    return {_id_of(public_hex): public_hex}


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        os.link(draft, path)  # fails when another process was first; its key then counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _load(path: Path) -> SigningKey:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WrongSettings(
            f"others may read the private signing key (mode {mode:04o}).",
            where=str(path),
            remedy=f"Run `chmod 600 {path}`; if others did read it, remove it and its public half.",
        )
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise WrongSettings(
            "the file holds no Ed25519 private key.",
            where=str(path),
            remedy="Point FOLLOWTHROUGH_SIGNING_KEY_FILE at the right file, or move this one "
            "away to have a new key made.",
        )
    public_hex = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    return SigningKey(key_id=_id_of(public_hex), public_hex=public_hex, private=private)


def _id_of(public_hex: str) -> str:
    return hashlib.sha256(public_hex.encode()).hexdigest()[:KEY_ID_LENGTH]
