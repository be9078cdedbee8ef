"""From starting the worker's process to its first poll, on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from local_jira.testing import running_local_jira
from runtime.temporal_server import (
    plan_temporal_server,
    task_queue_is_polled,
    temporal_server_is_ready,
)

ROOT = str(Path(__file__).resolve().parent.parent)
PATIENCE_SECONDS = 60.0
ASK_EVERY_SECONDS = 0.05


def seconds_to_first_poll(times: int) -> list[float]:
    """Start a worker so often, one after the other; wall-clock seconds of each."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = stack.enter_context(running_local_jira())
        plan = plan_temporal_server(directory, port=0, ui_port=0)
        server = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        _until(lambda: temporal_server_is_ready(plan.address))
        environment = {
            "TEMPORAL_ADDRESS": plan.address,
            "JIRA_URL": site.url,
            "JIRA_USER": site.bot_auth[0],
            "JIRA_TOKEN": site.bot_auth[1],
            "FOLLOWTHROUGH_DATA_DIR": str(directory),
        }
        return [_one_start(plan.address, environment, f"bench-{n}") for n in range(times)]


def _one_start(address: str, environment: dict[str, str], queue: str) -> float:
    since = datetime.now(UTC)
    began = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "worker"],
        env={**os.environ, **environment, "FOLLOWTHROUGH_TASK_QUEUE": queue, "PYTHONPATH": ROOT},
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: task_queue_is_polled(address, queue, since=since))
        return time.monotonic() - began
    finally:
        worker.terminate()
        worker.wait()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("a part of the benchmark did not start within a minute")
        time.sleep(ASK_EVERY_SECONDS)
