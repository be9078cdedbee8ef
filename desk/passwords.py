"""Passwords of the local sign-in: for one machine and for trying out, said so on every page.

The file `desk-passwords.json` in the data directory (mode 0600) holds scrypt hashes only. The
passwords are generated, long, and shown once by the command that makes them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from ledger import private_file
from runtime.problems import WrongSettings

PASSWORDS = "desk-passwords.json"
_COST, _BLOCK, _PARALLEL, _LENGTH = 2**14, 8, 1, 32
_NOBODY = f"{base64.b64encode(b'0' * 16).decode()}${base64.b64encode(b'0' * 32).decode()}"


def create_missing_passwords(data_dir: Path, people: Iterable[str]) -> dict[str, str]:
    """Give everybody who has none a generated password; answers the new ones, to be shown once."""
    known = _read(data_dir)
    made = {person: secrets.token_urlsafe(12) for person in people if person not in known}
    if made:
        data_dir.mkdir(parents=True, exist_ok=True)
        hashes = {**known, **{person: _hashed(word) for person, word in made.items()}}
        private_file.replace(data_dir / PASSWORDS, json.dumps(hashes, indent=2) + "\n")
    return made


def new_password(data_dir: Path, person: str) -> str:
    """A generated password for one person, replacing the one before; to be shown once."""
    made = secrets.token_urlsafe(12)
    set_password(data_dir, person, made)
    return made


def set_password(data_dir: Path, person: str, password: str) -> None:
    """Set one person's password, replacing the one before."""
    data_dir.mkdir(parents=True, exist_ok=True)
    hashes = {**_read(data_dir), person: _hashed(password)}
    private_file.replace(data_dir / PASSWORDS, json.dumps(hashes, indent=2) + "\n")


def password_holds(data_dir: Path, person: str, password: str) -> bool:
    """Whether this is the person's password. Takes as long for a person that does not exist."""
    known = _read(data_dir)
    kept = known.get(person, _NOBODY)
    salt, _, expected = kept.partition("$")
    actual = _scrypt(password, base64.b64decode(salt))
    right = hmac.compare_digest(actual, base64.b64decode(expected))
    return right and person in known


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=_LENGTH
    )


def _read(data_dir: Path) -> dict[str, str]:
    path = data_dir / PASSWORDS
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise WrongSettings(
            "the file of the desk's passwords cannot be read.",
            where=str(path),
            remedy="Restore it, or remove it: `followthrough up` makes new passwords.",
        ) from error
    return {str(person): str(kept) for person, kept in content.items()}
