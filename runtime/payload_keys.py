"""The keys that payloads are encrypted with before Temporal gets them.

One file, a secret on each line. The last one encrypts; all of them decrypt. A line that begins with
`next` is a key that only decrypts yet, so that it can reach every machine before it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import private_file
from runtime.problems import WrongSettings

SETTING = "FOLLOWTHROUGH_PAYLOAD_KEYS_FILE"
ROTATE = "followthrough payload-keys rotate"
KEY_ID_DIGITS = 16
PREPARED = "next "

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PayloadKey:
    """One AES-256 key and the id that payloads name it by. Neither shows the secret."""

    key_id: str
    cipher: AESGCM = field(repr=False)


@dataclass(frozen=True)
class PayloadKeys:
    """Every key of one file, in the order in which they were made; `active` encrypts."""

    keys: tuple[PayloadKey, ...]
    active: PayloadKey
    prepared: PayloadKey | None = None

    def find(self, key_id: str) -> PayloadKey | None:
        """The key of this id, if it is known."""
        return next((key for key in self.keys if key.key_id == key_id), None)


class PayloadKeyRing:
    """The keys as they stand in their file, read anew when it changes. Safe to share among threads.

    Raises `WrongSettings` when they cannot be read at the beginning. A file that cannot be read any
    more leaves the last good reading in force, so that nothing is ever written in the clear.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)
        self._keys = read_payload_keys(path)

    def current(self) -> PayloadKeys:
        """The keys in force now."""
        stamp = _stamp(self.path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._keys = read_payload_keys(self.path)
            except WrongSettings as problem:
                log.warning("payload_keys_unusable", problem=problem.what)
        return self._keys


def read_payload_keys(path: Path) -> PayloadKeys:
    """The keys in this file. Raises `WrongSettings` when there are none, or others may read it."""
    try:
        mode = private_file.mode_if_others_may_read(path)
        lines = path.read_text().splitlines()
    except (OSError, UnicodeError) as error:
        raise WrongSettings(
            "the file of the payload keys cannot be read.",
            where=str(path),
            remedy=f"Restore it from a copy, or make a first key with `{ROTATE}`.",
        ) from error
    if mode is not None:
        raise WrongSettings(
            f"others may read the payload keys (mode {mode}).",
            where=str(path),
            remedy=f"Run `chmod 600 {path}`; if others did read them, run `{ROTATE}`.",
        )
    return _parsed(lines, path)


def prepare_key(path: Path) -> PayloadKeys:
    """Make a key that only decrypts for now, unless one waits already. Raises `WrongSettings`."""
    with _changing(path):
        keys = read_payload_keys(path)
        if keys.prepared is None:
            _append(path, f"{PREPARED}{private_file.new_secret()}")
    return read_payload_keys(path)


def rotate_key(path: Path) -> PayloadKeys:
    """Encrypt with another key from now on: the prepared one, else a new one.

    Makes the file when there is none. Raises `WrongSettings`.
    """
    with _changing(path):
        if path.exists() and read_payload_keys(path).prepared is not None:
            private_file.replace(path, path.read_text().replace(PREPARED, ""))
        else:
            _append(path, private_file.new_secret())
    return read_payload_keys(path)


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    try:
        with private_file.alone(path):
            yield
    except OSError as error:
        raise WrongSettings(
            f"the payload keys cannot be written: {error.strerror}.", where=str(path)
        ) from error


def _append(path: Path, line: str) -> None:
    lines = path.read_text().splitlines() if path.exists() else []
    private_file.replace(path, "".join(f"{one}\n" for one in (*lines, line)))


def _parsed(lines: list[str], path: Path) -> PayloadKeys:
    *older, last = lines or [""]
    waits = last.startswith(PREPARED)
    secrets = [*older, last.removeprefix(PREPARED)]
    if not all(map(private_file.is_secret, secrets)) or (waits and not older):
        raise WrongSettings(
            "the file of the payload keys is damaged or not one of ours.",
            where=str(path),
            remedy=f"Restore it from a copy, or point {SETTING} at the right file.",
        )
    keys = tuple(map(_key, secrets))
    if waits:
        return PayloadKeys(keys, active=keys[-2], prepared=keys[-1])
    return PayloadKeys(keys, active=keys[-1])


def _key(secret: str) -> PayloadKey:
    digest = hashlib.sha256(f"followthrough-payload-key\n{secret}".encode()).hexdigest()
    return PayloadKey(digest[:KEY_ID_DIGITS], AESGCM(bytes.fromhex(secret)))


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes with the file: each is replaced as a whole, and so has another number."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
