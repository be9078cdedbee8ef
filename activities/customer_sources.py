"""Where the facts about customers come from. The one over HTTP is in `runtime.customer_sources`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger("customers")


class CustomerSource(Protocol):
    """A CSV that may change. Safe to share among threads."""

    @property
    def name(self) -> str:
        """What the log calls it, without secrets."""
        ...

    def changed(self) -> str | None:
        """The whole text if it is another than last time, else None. Asked until it is None.

        What cannot be read is reported once, and counts as unchanged.
        """
        ...

    def usable(self, text: str) -> None:
        """Told that a text could be used."""
        ...


class FileSource:
    """A file, read again by itself when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None

    @property
    def name(self) -> str:
        """The file."""
        return str(self._path)

    def changed(self) -> str | None:
        """See `CustomerSource`."""
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return None
            text = self._path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self._report((-1, -1, -1), error.strerror or type(error).__name__)
            return None
        except UnicodeError:
            self._report(stamp, "it is not UTF-8")
            return None
        self._stamp = stamp
        return text

    def usable(self, text: str) -> None:
        """Nothing to do: the file is kept by whoever wrote it."""

    def _report(self, stamp: tuple[int, int, int], problem: str) -> None:
        """Once; the file is looked at again when it changes."""
        if stamp != self._stamp:
            log.warning(
                "customers_file_unreadable",
                file=self.name,
                problem=problem,
                remedy="Mend the file that FOLLOWTHROUGH_CUSTOMERS names; until then what was "
                "read before is used.",
            )
        self._stamp = stamp
