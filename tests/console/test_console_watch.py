"""`watch`, on a terminal and in a pipe: a process of its own, ended as people end it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_console_acts import an_item

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0

pytestmark = pytest.mark.usefixtures("installation")


LISTENING_TO_CTRL_C = ("env", "--default-signal=INT")
"""Tests that run in the background are started deaf to it, and so would be what they start."""


def watching(*arguments: str, stdout: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *LISTENING_TO_CTRL_C,
            sys.executable,
            str(ROOT / "cli.py"),
            "watch",
            "--every",
            "0.5",
            *arguments,
        ],
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def read_until(source: int, enough: Callable[[str], bool]) -> str:
    text, deadline = "", time.monotonic() + PATIENCE_SECONDS
    while not enough(text):
        assert time.monotonic() < deadline, f"waited in vain; it wrote: {text!r}"
        text += os.read(source, 65536).decode(errors="replace")
    return text


def end(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGINT)
    return process.wait(20)


def test_an_items_events_come_as_lines_of_json_into_a_pipe(served_address: str) -> None:
    item = an_item(served_address)
    read, write = os.pipe()
    process = watching(item, "--json", stdout=write)
    text = read_until(read, lambda seen: seen.count("\n") >= 2)
    first, second = (json.loads(line) for line in text.splitlines()[:2])
    assert (first["sequence"], second["sequence"]) == (1, 2)
    assert end(process) == 0


def test_what_waits_is_drawn_on_a_terminal_until_ctrl_c(served_address: str) -> None:
    an_item(served_address)
    outer, inner = pty.openpty()
    process = watching(stdout=inner)
    assert "Ctrl-C ends" in read_until(outer, lambda seen: "Ctrl-C ends" in seen)
    assert end(process) == 0


def test_the_queue_is_not_watched_into_a_pipe() -> None:
    process = watching(stdout=subprocess.PIPE)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert b"followthrough queue --json" in told
