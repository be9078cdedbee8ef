"""Opens an office for a test: starts everything real that it needs, and closes it again."""

from __future__ import annotations

import asyncio
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from ledger.store import open_ledger
from local_jira import clock as jira_clock
from local_jira.server import listen
from local_jira.testing import RunningLocalJira, running_local_jira
from models.names import SEARCH_ATTRIBUTES
from runtime.effects_stand_in import create_app as effects_app
from runtime.effects_store import EffectsStore
from runtime.payload_keys import PayloadKeyRing
from runtime.plugin import followthrough_plugin
from runtime.settings import SHIPPED_POLICIES, JiraSettings, Settings, load_temporal_settings
from runtime.temporal_server import add_search_attributes, find_temporal_binary
from tests.workflows.office import Office
from worker import THREADS, WORKFLOWS, build_activities, build_interceptors
from workflows.case_file import (
    AWAITING,
    BREACHED,
    CATEGORY,
    DUE_AT,
    GROUPS,
    OWNER,
    RELEASE,
    SEVERITY,
    STAGE,
)

SCALE = 150.0
LONGEST_WAIT = timedelta(seconds=10)
ALL_KEYS: list[SearchAttributeKey[Any]] = [
    *(STAGE, SEVERITY, CATEGORY, OWNER, DUE_AT, BREACHED, AWAITING, RELEASE, GROUPS)
]
CUSTOMERS = "id,segment,plan,annual_revenue_minor,currency,zone,country\n" \
    "acc-cora-customer,enterprise,gold,1200000,EUR,Europe/Berlin,DE\n"  # fmt: skip


class RealOffice(Office):
    """An office on a real Temporal server, whose clocks run `SCALE` times faster."""

    async def now(self) -> datetime:
        """The machine's present."""
        return datetime.now(UTC)

    async def sleep(self, delay: timedelta) -> None:
        """Wait for so much scaled time; what lasts for days is shortened in `quick_policies`."""
        await asyncio.sleep(min(delay / SCALE, LONGEST_WAIT).total_seconds())


def quick_policies(directory: Path) -> Path:
    """The shipped policies with a watch and a longest expiry of minutes instead of days."""
    policies = directory / "policies"
    shutil.copytree(SHIPPED_POLICIES, policies)
    shortened = (
        ("sla.yaml", "lasts: 7d", "lasts: 20m"),
        ("approval.yaml", "expires_after: 10d", "expires_after: 20m"),
        ("approval.yaml", "remind_after: 2d", "remind_after: 10m"),
    )
    for name, long, short in shortened:
        file = policies / name
        text = file.read_text()
        assert long in text, f"{name} no longer says {long}; choose here what to shorten"
        file.write_text(text.replace(long, short))
    return policies


@contextmanager
def running_effects(directory: Path) -> Iterator[str]:
    """The effects stand-in on a free port."""
    listener = listen("127.0.0.1", 0)
    directory.mkdir(parents=True, exist_ok=True)
    store = EffectsStore(directory / "effects.db")
    config = uvicorn.Config(effects_app(store), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        store.close()


def office_settings(directory: Path, jira: RunningLocalJira, effects_url: str) -> Settings:
    """The settings of an office in this directory, with a customer of the highest segment."""
    customers = directory / "customers.csv"
    customers.write_text(CUSTOMERS)
    return Settings(
        temporal=load_temporal_settings({}),
        jira=JiraSettings(url=jira.url, user=jira.bot_auth[0], token=SecretStr(jira.bot_auth[1])),
        data_dir=directory,
        effects_url=effects_url,
        customers=customers,
        task_queue=f"office-{uuid4()}",
    )


@asynccontextmanager
async def open_office(
    directory: Path,
    environment: WorkflowEnvironment | None,
    client: Client,
    kind: type[Office] = Office,
    changes: Mapping[str, Any] | None = None,
    site: Mapping[str, Any] | None = None,
    **worker_options: Any,
) -> AsyncIterator[Office]:
    """An office with a worker that runs until the block ends.

    `changes` are of its settings, `site` are settings of its local Jira.
    """
    jira_clock.set_ahead(0)
    with (
        running_local_jira(**dict(site or {})) as jira,
        running_effects(directory / "effects") as effects_url,
    ):
        settings = office_settings(directory, jira, effects_url)
        if kind is RealOffice:
            quick = {"clock_scale": SCALE, "policies": quick_policies(directory)}
            settings = settings.model_copy(update=quick)
        settings = settings.model_copy(update=dict(changes or {}))
        ledger = open_ledger(settings.ledger_url.get_secret_value())
        office = kind(client, jira, ledger, settings, effects_url, environment)
        await office.now()
        async with open_worker(office, **worker_options):
            yield office
        ledger.close()
        jira_clock.set_ahead(0)


@asynccontextmanager
async def open_worker(office: Office, **worker_options: Any) -> AsyncIterator[None]:
    """One more worker of an office, which runs until the block ends."""
    settings, client = office.settings, office.client
    with ThreadPoolExecutor(THREADS) as threads:
        worker = Worker(
            client,
            task_queue=settings.task_queue,
            workflows=WORKFLOWS,
            activities=build_activities(settings, client, office.ledger, _clock_of(office)),
            interceptors=build_interceptors(settings, client),
            activity_executor=threads,
            max_concurrent_activities=THREADS,
            **worker_options,
        )
        async with worker:
            yield


def _clock_of(office: Office) -> Callable[[], datetime]:
    """The tracker's clock, so that proofs signed in activities expire in Temporal's time."""

    def now() -> datetime:
        return datetime.fromtimestamp(jira_clock.now_milliseconds() / 1000, UTC)

    return now


@asynccontextmanager
async def skipping_office(directory: Path, **worker_options: Any) -> AsyncIterator[Office]:
    """An office on the time-skipping server."""
    binary = Path(sys.executable).with_name("temporal-test-server")
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(binary), plugins=[followthrough_plugin()]
    )
    # The test server knows no search attribute by itself.
    await add_search_attributes(environment.client, list(SEARCH_ATTRIBUTES))
    async with (
        environment,
        open_office(directory, environment, environment.client, **worker_options) as office,
    ):
        yield office


@asynccontextmanager
async def real_office(
    directory: Path,
    *,
    kind: type[Office] = RealOffice,
    server_options: Sequence[str] = (),
    payload_keys: PayloadKeyRing | None = None,
    **worker_options: Any,
) -> AsyncIterator[Office]:
    """An office on a real Temporal server; `server_options` are of its command line.

    With `payload_keys` it encrypts what it sends to Temporal. Of the kind `Office` its clocks run
    as in life, so that nothing falls due by itself.
    """
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_temporal_binary()),
        search_attributes=ALL_KEYS,
        dev_server_extra_args=server_options,
        plugins=[followthrough_plugin(payload_keys)],
    )
    async with (
        environment,
        open_office(
            directory, environment, environment.client, kind=kind, **worker_options
        ) as office,
    ):
        yield office
