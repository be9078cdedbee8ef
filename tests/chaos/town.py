"""The installation that is put under stress: the local stack, and a second worker with its own clock."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from runtime.part import Part
from runtime.settings import Settings, load_settings
from runtime.stack import LocalStack
from runtime.stack_plan import DRAIN_SECONDS, StackPorts

ANY_PORT = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=0)
OURS = ("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")
AHEAD_SECONDS = 240
SECOND = "worker-2"
WRITERS = ("worker", SECOND, "desk")
"""The parts that write to the ledger."""
CUSTOMERS = (
    ("berlin", "enterprise", "Europe/Berlin", "DE"),
    ("boston", "standard", "America/New_York", "US"),
    ("nowhere", "standard", "", ""),
)


class Town:
    """Every part by its name; each can be killed and brought back."""

    def __init__(self, stack: LocalStack, second: Part, ahead: bool) -> None:
        self.stack = stack
        self.settings: Settings = stack.settings
        self.second_is_ahead = ahead
        self.parts: dict[str, Part] = {**stack._planned().parts, SECOND: second}

    async def kill(self, name: str) -> None:
        """`kill -9`."""
        await asyncio.to_thread(self.parts[name].kill)

    async def bring_back(self, name: str) -> None:
        """Start it again on its own files, and wait until it answers; nothing when it runs."""
        part = self.parts[name]
        if part.is_alive():
            return
        await asyncio.to_thread(part.start)
        await asyncio.to_thread(part.wait_until_ready)

    def fill_the_disk(self) -> None:
        """No process that writes the ledger can make any file longer, as on a disk that is full."""
        self._allow(0)

    def free_the_disk(self) -> None:
        """There is room again."""
        self._allow(resource.RLIM_INFINITY)

    def _allow(self, size: int) -> None:
        for name in WRITERS:
            process = self.parts[name].pid
            if process is not None:
                hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def open_town(directory: Path, policies: Path) -> Iterator[Town]:
    """A fresh town in this directory; every process is stopped at the end."""
    customers = directory / "customers.csv"
    customers.write_text("id,segment,plan,annual_revenue_minor,currency,zone,country\n")
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(OURS)}
    os.environ["FOLLOWTHROUGH_DATA_DIR"] = str(directory / "data")
    try:
        settings = load_settings().model_copy(update={"policies": policies, "customers": customers})
        with LocalStack(settings, ports=ANY_PORT) as stack:
            library = _faketime()
            second = _second_worker(stack, library)
            try:
                second.start()
                second.wait_until_ready()
                yield Town(stack, second, library is not None)
            finally:
                second.stop()
    finally:
        del os.environ["FOLLOWTHROUGH_DATA_DIR"]
        os.environ.update(kept)


def know_customers(town: Town, accounts: dict[str, str]) -> None:
    """Write down what is known of the customers, by the accounts that Jira gave them."""
    assert town.settings.customers is not None
    with town.settings.customers.open("a") as file:
        for name, segment, zone, country in CUSTOMERS:
            file.write(f"{accounts[name]},{segment},gold,1200000,EUR,{zone},{country}\n")


def _second_worker(stack: LocalStack, library: Path | None) -> Part:
    first = stack._planned().parts["worker"]
    log = first.log.with_name(f"{SECOND}.log")
    environment = dict(first.environment)
    if library is not None:
        environment |= {
            "LD_PRELOAD": str(library),
            "FAKETIME": f"+{AHEAD_SECONDS}s",
            # What waits for a while must wait that long; only the time of day differs.
            "DONT_FAKE_MONOTONIC": "1",
        }

    def ready(_started: datetime) -> bool:
        text = log.read_bytes()[part._log_begins :] if log.exists() else b""
        return b"worker_started" in text

    part = Part(
        SECOND, (sys.executable, "-P", "-m", "worker"), log, ready,
        environment=environment, stop_seconds=DRAIN_SECONDS,
    )  # fmt: skip
    return part


def _faketime() -> Path | None:
    """The library of Debian's package `faketime`, where it is installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return found[0] if found else None
