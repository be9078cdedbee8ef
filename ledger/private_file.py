"""Files that only their owner may read, such as keys: one secret on each line. For every room."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

SECRET_BYTES = 32


def new_secret() -> str:
    """A new secret, in hex."""
    return secrets.token_hex(SECRET_BYTES)


def is_secret(line: str) -> bool:
    """Whether a line may be one of ours."""
    return len(line) == 2 * SECRET_BYTES and not set(line) - set("0123456789abcdef")


def mode_if_others_may_read(path: Path) -> str | None:
    """The file's mode as `chmod` writes it when others than its owner may read it; else None."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if mode & (stat.S_IRWXG | stat.S_IRWXO) else None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process changes this file at a time. Makes its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


def replace(path: Path, text: str) -> None:
    """The whole file or the one before: a kill leaves no half of a secret. Mode 0600."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
