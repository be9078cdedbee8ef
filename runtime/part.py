"""One process of the local stack: start it, wait until it answers, stop it, tell why it died."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from runtime.problems import PartFailed

POLL_SECONDS = 0.2
TAIL_LINES = 5
TAIL_BYTES = 4096


@dataclass
class Part:
    """What to run and how to know that it is ready.

    `ready` is told when the process was started (UTC) and asked again until it says yes.
    `patience_seconds` bounds the start; `stop_seconds` is how long the part may take to finish its
    work before it is killed.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    ready: Callable[[datetime], bool]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    patience_seconds: float = 60.0
    stop_seconds: float = 10.0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _log_begins: int = field(default=0, repr=False)
    _started_at: datetime = field(default=datetime.min.replace(tzinfo=UTC), repr=False)

    @property
    def pid(self) -> int | None:
        """The process id, or None when it does not run."""
        return self._process.pid if self._process is not None and self.is_alive() else None

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process. It gets a session of its own, so that Ctrl-C reaches only the stack."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._started_at = datetime.now(UTC)
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own parts with fixed arguments
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when the part answers. Raises `PartFailed` when it dies or takes too long."""
        deadline = time.monotonic() + self.patience_seconds
        while not self.ready(self._started_at):
            self.check()
            if time.monotonic() > deadline:
                raise self.failure(f"{self.name} did not answer in {self.patience_seconds:.0f} s")
            time.sleep(POLL_SECONDS)
        self.check()

    def check(self) -> None:
        """Raise `PartFailed` when the process that should run has ended."""
        if self._process is not None and not self.is_alive():
            raise self.failure(f"{self.name} ended by itself ({self._ending()})")

    def failure(self, what: str) -> PartFailed:
        """What happened, the log file, and its last lines."""
        lines = [f"  | {line}" for line in self.last_lines()]
        return PartFailed(
            "\n".join([f"{what}. The last lines of its log:", *lines]) if lines else f"{what}.",
            where=str(self.log),
            remedy="Read that log, mend the cause, and start again.",
        )

    def last_lines(self) -> list[str]:
        """The end of what this start of the part wrote to its log file."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(self._log_begins, self.log.stat().st_size - TAIL_BYTES))
                return log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        except OSError:
            return []

    def stop(self) -> bool:
        """Ask the process to finish and wait; False when it had to be killed."""
        process = self._process
        if process is None:
            return True
        finished = True
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                finished = False
        self._process = None
        return finished

    def kill(self) -> None:
        """End the process at once, as a crash would (`kill -9`)."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            self._process = None

    def _ending(self) -> str:
        code = self._process.returncode if self._process is not None else None
        if code is not None and code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"
