"""What becomes of a failure that nobody foresaw, and of log lines while a command runs."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

from runtime.log import configure_logging
from runtime.problems import Problem
from runtime.settings import chosen_data_dir

LOG_FILE = "logs/followthrough.log"


class _FileWhenNeeded:
    """A stream that makes its file with the first line, so that looking leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> int:
        """Append; a directory that cannot be written loses the line, not the command."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                return file.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        """Nothing is held back."""


def log_file() -> Path:
    """Where the details of this terminal's mishaps are kept."""
    return chosen_data_dir() / LOG_FILE


def quiet_logs() -> None:
    """Log lines of a command go to the file; the terminal belongs to the answer."""
    stream = cast(TextIO, _FileWhenNeeded(log_file()))
    configure_logging("json", level=logging.WARNING, stream=stream)


def keep_details(error: Exception) -> Problem:
    """Write types and places of the failure down (no messages: they may hold a customer's words).

    Returns the problem to tell.
    """
    lines = [f"{datetime.now(UTC).isoformat()} {type(error).__name__}"]
    lines += [
        f"  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    path = log_file()
    _FileWhenNeeded(path).write("\n".join(lines) + "\n")
    return Problem(
        f"Something went wrong that this program does not know ({type(error).__name__}).",
        remedy=f"The details are in {path}; `followthrough doctor` checks each part.",
    )
