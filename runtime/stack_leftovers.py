"""Parts that outlived a stack which was killed: recognised by process id and command, and ended."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runtime.stack_file import STACK_JSON, process_is_alive, remove_stack

PATIENCE_SECONDS = 10.0


def end_leftovers(data_dir: Path, say: Callable[[str], None]) -> None:
    """End what a killed stack left running in this data directory, and forget its announcement.

    A process is ended only when both its id and its whole command are those that were written
    down, so a process that merely inherited the number is left alone. Call it under the lock.
    """
    try:
        parts = json.loads((data_dir / STACK_JSON).read_text())["parts"]
        recorded = {name: (int(part["pid"]), list(part["command"])) for name, part in parts.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        remove_stack(data_dir)
        return
    for name, (pid, command) in recorded.items():
        if _command_of(pid) == command:
            say(f"{name} was left over from a stack that was killed (process {pid}); ending it.")
            _end(pid)
    remove_stack(data_dir)


def _command_of(pid: int) -> list[str] | None:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    return raw.decode(errors="replace").split("\0")[:-1]


def _end(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process_is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if process_is_alive(pid):
            os.kill(pid, signal.SIGKILL)
