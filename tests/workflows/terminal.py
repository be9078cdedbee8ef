"""A second terminal beside an office: commands of `followthrough` in processes of their own.

The office's worker logs to this process's standard output, so a command run in here by typer's
`CliRunner` would sometimes find a line of the log in what it printed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    exit_code: int | None
    stdout: str
    stderr: str


async def command(*arguments: str) -> Said:
    """Run one command with this process's environment variables."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "cli.py"),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    stdout, stderr = await process.communicate()
    return Said(exit_code=process.returncode, stdout=stdout.decode(), stderr=stderr.decode())


async def printed(*arguments: str) -> str:
    """What a command printed that did what it was told."""
    result = await command(*arguments)
    assert result.exit_code == 0, result
    return result.stdout


async def document(*arguments: str) -> dict[str, Any]:
    """The JSON document of a command that did what it was told."""
    found: dict[str, Any] = json.loads(await printed(*arguments, "--json"))
    return found
