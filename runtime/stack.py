"""The local stack: Temporal, Jira, the billing stand-in, the worker and the desk as processes.

For trying out, tests and the demonstration. Everything listens on 127.0.0.1 and keeps its files in
the data directory. Nothing is restarted silently: a part that dies is told, and the stack stops.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, NoReturn, Self

from runtime.jira_webhook import register_webhook
from runtime.problems import PartFailed
from runtime.settings import Settings
from runtime.stack_file import read_stack, remove_stack, write_stack
from runtime.stack_leftovers import end_leftovers
from runtime.stack_plan import StackPlan, StackPorts, StackUrls, plan_stack

WATCH_SECONDS = 0.5
LOCK = "stack.lock"
Say = Callable[[str], None]


def _silent(_text: str) -> None:
    """Say nothing."""


class LocalStack:
    """All parts of one local installation. Use it in a `with` block, or `start` and `stop` it.

    `say` receives lines for a person. `commands` replaces the command of a part (tests do that).
    Blocking; from asynchronous code call its methods through `asyncio.to_thread`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ports: StackPorts | None = None,
        say: Say = _silent,
        commands: Mapping[str, Sequence[str]] | None = None,
        extra_environment: Mapping[str, str] | None = None,
    ) -> None:
        self._given = settings
        self._ports = ports or StackPorts(desk=settings.desk_port)
        self._say = say
        self._commands = commands or {}
        self._extra_environment = extra_environment or {}
        self._plan: StackPlan | None = None
        self._lock: IO[str] | None = None

    @property
    def settings(self) -> Settings:
        """Settings that reach this stack, for a client in the same process."""
        return self._planned().settings

    @property
    def urls(self) -> StackUrls:
        """Where each part answers."""
        return self._planned().urls

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that reach this stack, for a command run beside it."""
        return dict(self._planned().variables)

    @property
    def logs(self) -> dict[str, Path]:
        """The log file of each part by the part's name."""
        return {name: part.log for name, part in self._planned().parts.items()}

    def start(self) -> None:
        """Start every part, wait until each answers, then announce the stack.

        Raises `PartFailed` when a stack already runs on this data directory or a part does not come
        up; whatever was started is stopped again.
        """
        self._given.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            end_leftovers(self._given.data_dir, self._say)
            self._plan = plan_stack(
                self._given,
                self._ports,
                say=self._say,
                commands=self._commands,
                extra_environment=self._extra_environment,
            )
            self._start_parts()
        except BaseException:
            self.stop()
            raise

    def _start_parts(self) -> None:
        plan = self._planned()
        for wave in plan.waves:
            for name in wave:
                plan.parts[name].start()
            self._announce()
            for name in wave:
                plan.parts[name].wait_until_ready()
                self._say(f"{name} is ready.")
        register_webhook(plan.settings.jira, plan.urls.desk)
        self._say(plan.urls.where_to_look())

    def stop(self) -> None:
        """Stop every part, the last started first; the worker finishes what it has begun."""
        if self._plan is not None:
            for part in reversed(self._plan.parts.values()):
                if not part.stop():
                    self._say(f"{part.name} did not stop in time and was killed; see {part.log}")
        if self._lock is not None:
            remove_stack(self._given.data_dir)
            self._lock.close()
            self._lock = None

    def check(self) -> None:
        """Raise `PartFailed` when a part has ended that should run."""
        for part in self._planned().parts.values():
            part.check()

    def ended_parts(self) -> tuple[str, ...]:
        """The names of parts that should run and do not, without raising."""
        parts = self._planned().parts.items()
        return tuple(name for name, part in parts if not part.is_alive())

    def kill_worker(self) -> None:
        """End the worker at once, as a crash would; `restart_worker` brings it back."""
        self._planned().parts["worker"].kill()
        self._announce()

    def restart_worker(self) -> None:
        """Let the worker finish what it has begun, then start a new one and wait until it polls."""
        worker = self._planned().parts["worker"]
        worker.stop()
        worker.start()
        self._announce()
        worker.wait_until_ready()

    def run(self) -> None:
        """Start, stay up until Ctrl-C or SIGTERM, then stop. For the main thread of a command.

        Raises `PartFailed` when a part dies, after the others were stopped.
        """
        previous = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            for name in previous:
                signal.signal(name, _interrupt)
            with suppress(KeyboardInterrupt):
                self.start()
                self._watch()
        finally:
            for name in previous:
                signal.signal(name, signal.SIG_IGN)
            self._say("Stopping…")
            self.stop()
            self._say("Stopped.")
            for name, handler in previous.items():
                signal.signal(name, handler)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _watch(self) -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            self.check()

    def _planned(self) -> StackPlan:
        if self._plan is None:
            raise RuntimeError("the local stack has not been started; call start() first")
        return self._plan

    def _announce(self) -> None:
        plan = self._planned()
        parts = {
            name: {"pid": part.pid, "command": list(part.command), "log": str(part.log)}
            for name, part in plan.parts.items()
            if part.pid is not None
        }
        content = {"pid": os.getpid(), "urls": plan.urls.model_dump(), "parts": parts}
        write_stack(self._given.data_dir, content, plan.variables)

    def _take_lock(self) -> None:
        lock = (self._given.data_dir / LOCK).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            other = read_stack(self._given.data_dir)
            who = f" (process {other['pid']})" if other else ""
            raise PartFailed(
                f"a local stack is running on this data directory already{who}.",
                where=str(self._given.data_dir),
                remedy="Use that one, stop it with Ctrl-C where it runs, or choose another "
                "directory with FOLLOWTHROUGH_DATA_DIR.",
            ) from error
        self._lock = lock


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
