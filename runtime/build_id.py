"""Which code a worker runs: a digest of the rooms whose code decides what a history means."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("models", "policies", "workflows", "activities")
LENGTH = 12


@cache
def build_id() -> str:
    """The same for the same sources, on every machine; shown in the Temporal UI with each task.

    The SDK's default reads and hashes every module of the process, which takes two seconds.
    """
    digest = hashlib.sha256()
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            digest.update(file.relative_to(ROOT).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:LENGTH]
