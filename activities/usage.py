"""How many people have a release, and how many use it, from a CSV file that somebody exports.

Columns: `release` (the version's name), `exposed` (how many people have it) and, if it is known,
`adopted` (how many of them use it). Of several lines of one release the last counts.
"""

from __future__ import annotations

import csv
from pathlib import Path

import structlog

from models.rollout import ReleaseUse

log = structlog.get_logger("usage")


class Usage:
    """Reads the file anew each time it is asked; that happens once a day for each rollout."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def exposed(self, release: str) -> int | None:
        """How many people have the release; None when nobody has said."""
        return next((one.exposed for one in self.releases() if one.release == release), None)

    def releases(self) -> tuple[ReleaseUse, ...]:
        """What was said of every release. A line that says no count is logged and passed over."""
        if self._path is None:
            return ()
        found: dict[str, ReleaseUse] = {}
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                for number, row in enumerate(csv.DictReader(file), start=2):
                    use = self._read(row, number)
                    if use is not None:
                        found[use.release] = use
        except (OSError, UnicodeError, csv.Error) as error:
            log.warning("usage_file_unreadable", file=str(self._path), error=type(error).__name__)
        return tuple(found.values())

    def _read(self, row: dict[str, str | None], line: int) -> ReleaseUse | None:
        release = (row.get("release") or "").strip()
        exposed, adopted = _count(row.get("exposed")), _count(row.get("adopted"))
        if not release or exposed is None:
            self._passed_over(line, "exposed is no count")
            return None
        if row.get("adopted") and (adopted is None or adopted > exposed):
            self._passed_over(line, "adopted is no count, or more than exposed")
            adopted = None
        return ReleaseUse(release=release, exposed=exposed, adopted=adopted)

    def _passed_over(self, line: int, problem: str) -> None:
        log.warning("usage_row_skipped", where=f"{self._path}:{line}", problem=problem)


def _count(written: str | None) -> int | None:
    text = (written or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
