"""The secrets that rows are sealed with. The newest seals; the older ones only check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from ledger import private_file
from ledger.failures import LedgerKeysWrong

KEYS_DIRECTORY = "ledger-keys"
KEY_FILE = "chain-keys"
KEY_ID_DIGITS = 16


@dataclass(frozen=True)
class ChainKey:
    """One secret, in hex, and the id that rows name it by."""

    key_id: str
    secret: SecretStr

    @property
    def secret_bytes(self) -> bytes:
        """The secret as HMAC takes it."""
        return bytes.fromhex(self.secret.get_secret_value())


@dataclass(frozen=True)
class ChainKeys:
    """Every key that the ledger was ever sealed with, in the order of their use."""

    keys: tuple[ChainKey, ...]

    @property
    def newest(self) -> ChainKey:
        """The one that new rows are sealed with."""
        return self.keys[-1]

    def place(self, key_id: str) -> int | None:
        """How many keys were in use before this one; None for a key that is not known."""
        known = (place for place, key in enumerate(self.keys) if key.key_id == key_id)
        return next(known, None)


class KeySource:
    """The keys of one directory, read when they are first needed. Safe to share among threads."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._keys: ChainKeys | None = None

    def for_head(self, key_id: str | None) -> ChainKeys:
        """The keys to go on with after a row with this key; None: there is no row yet.

        They are made only where there is no row. They are read again when they do not know the
        row's key, because it was changed. Raises `LedgerKeysWrong`.
        """
        keys = self._keys
        if keys is None or (key_id is not None and keys.place(key_id) is None):
            keys = self._keys = self.made() if key_id is None else self.existing()
        if key_id is not None and keys.place(key_id) is None:
            raise LedgerKeysWrong(
                f"The newest row is sealed with the key {key_id}, which is not known here.",
                f"Copy the ledger's present keys to {self._directory or 'this machine'}.",
            )
        return keys

    def add(self) -> ChainKeys:
        """A new key beside those there are, to seal with from now on. Raises `LedgerKeysWrong`."""
        self.made()
        self._keys = add_key(self._directory) if self._directory else None
        return self._keys or self.made()

    def made(self) -> ChainKeys:
        """The keys, made if there are none. Raises `LedgerKeysWrong`."""
        if self._directory is None:
            raise LedgerKeysWrong(
                "The ledger has no keys to seal with.",
                "Set FOLLOWTHROUGH_LEDGER_KEYS to the directory that holds them.",
            )
        return load_or_create_keys(self._directory)

    def existing(self) -> ChainKeys:
        """The keys that are there, also none. Raises `LedgerKeysWrong` for a damaged file."""
        if self._directory is None or not (self._directory / KEY_FILE).exists():
            return ChainKeys(())
        return load_or_create_keys(self._directory)


def keys_beside(url: str) -> Path | None:
    """Where the keys of an SQLite file are when nobody says otherwise; None for other databases."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database.removeprefix("file:")).parent / KEYS_DIRECTORY


def load_or_create_keys(directory: Path) -> ChainKeys:
    """Read the keys, or make the first one (mode 0600).

    Raises `LedgerKeysWrong` when the file is none of ours or others may read it.
    """
    path = directory / KEY_FILE
    try:
        if not path.exists():
            with private_file.alone(path):
                if not path.exists():
                    private_file.replace(path, _new_line())
        return _read(path)
    except OSError as error:
        raise LedgerKeysWrong(
            f"The keys of the ledger cannot be read: {error.strerror}.",
            f"Look at {path} and its permissions.",
        ) from error


def add_key(directory: Path) -> ChainKeys:
    """Make a new key that seals from now on; the older ones stay for checking."""
    load_or_create_keys(directory)
    path = directory / KEY_FILE
    with private_file.alone(path):
        private_file.replace(path, path.read_text() + _new_line())
    return load_or_create_keys(directory)


def _new_line() -> str:
    return f"{private_file.new_secret()}\n"


def _read(path: Path) -> ChainKeys:
    mode = private_file.mode_if_others_may_read(path)
    if mode is not None:
        raise LedgerKeysWrong(
            f"Others may read the keys of the ledger (mode {mode}).",
            f"Run `chmod 600 {path}`; if others did read them, run `followthrough ledger rotate`.",
        )
    lines = path.read_text().split()
    if not lines or not all(map(private_file.is_secret, lines)):
        raise LedgerKeysWrong(
            "The file of the ledger's keys is damaged or not one of ours.",
            f"Restore {path} from a copy, or point FOLLOWTHROUGH_LEDGER_KEYS at the right directory.",
        )
    return ChainKeys(tuple(ChainKey(_id_of(line), SecretStr(line)) for line in lines))


def _id_of(secret: str) -> str:
    return hashlib.sha256(f"followthrough-ledger-key\n{secret}".encode()).hexdigest()[
        :KEY_ID_DIGITS
    ]
