"""The secret that keys customers' pseudonyms: made once, kept for as long as they shall be known."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PEPPER_FILE = "customer-pepper"
PEPPER_BYTES = 32


def load_or_create_pepper(data_dir: Path) -> bytes:
    """Read the secret, or make it (mode 0600); processes that start together get the same one."""
    path = data_dir / PEPPER_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{PEPPER_FILE}.{secrets.token_hex(8)}.new")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(PEPPER_BYTES))
        try:
            os.link(draft, path)  # fails when another process was first; its secret then counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return bytes.fromhex(path.read_text().strip())
