"""How many people have a release, from a CSV file that somebody exports.

Columns: `release` (the version's name) and `exposed` (how many people have it). Of several lines of
one release the last counts.
"""

from __future__ import annotations

import csv
from pathlib import Path

import structlog

log = structlog.get_logger("usage")


class Usage:
    """Reads the file anew each time it is asked; that happens once a day for each rollout."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def exposed(self, release: str) -> int | None:
        """How many people have the release; None when nobody has said."""
        if self._path is None:
            return None
        found: int | None = None
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                for number, row in enumerate(csv.DictReader(file), start=2):
                    if (row.get("release") or "").strip() == release:
                        found = self._count(row.get("exposed"), number, found)
        except (OSError, UnicodeError, csv.Error) as error:
            log.warning("usage_file_unreadable", file=str(self._path), error=type(error).__name__)
        return found

    def _count(self, written: str | None, line: int, before: int | None) -> int | None:
        text = (written or "").strip()
        if text.isascii() and text.isdigit():
            return int(text)
        log.warning(
            "usage_row_skipped", where=f"{self._path}:{line}", problem="exposed is no count"
        )
        return before
