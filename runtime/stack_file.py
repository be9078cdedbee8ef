"""What a running local stack writes down, so that other terminals find it.

`stack.json` is for people and programs: addresses, process ids, log files, no secrets.
`stack.env` holds the variables (with the local secrets, mode 0600) that `load_settings` reads.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ledger import private_file

STACK_JSON = "stack.json"
STACK_ENV = "stack.env"


def process_is_alive(pid: int) -> bool:
    """Whether a process of that id exists (a zombie does not count)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def read_stack(data_dir: Path) -> dict[str, Any] | None:
    """The content of `stack.json` while the stack that wrote it is alive, else None."""
    try:
        content = json.loads((data_dir / STACK_JSON).read_text())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("pid"), int):
        return None
    return content if process_is_alive(content["pid"]) else None


def running_stack_variables(data_dir: Path) -> Path | None:
    """The variables file of the stack that is running in the data directory, else None."""
    variables = data_dir / STACK_ENV
    return variables if read_stack(data_dir) is not None and variables.is_file() else None


def write_stack(data_dir: Path, content: dict[str, Any], variables: dict[str, str]) -> None:
    """Publish a running stack; the variables first, since `stack.json` announces them."""
    lines = "".join(f"{name}={json.dumps(value)}\n" for name, value in sorted(variables.items()))
    private_file.replace(data_dir / STACK_ENV, lines)
    draft = data_dir / (STACK_JSON + ".new")
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(data_dir / STACK_JSON)


def remove_stack(data_dir: Path) -> None:
    """Take the announcement back when the stack has stopped."""
    for name in (STACK_JSON, STACK_ENV):
        (data_dir / name).unlink(missing_ok=True)
