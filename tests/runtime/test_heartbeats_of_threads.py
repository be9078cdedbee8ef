"""Activities in threads, on a real server: they beat, and the event loop stays free meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from runtime.plugin import followthrough_plugin
from runtime.temporal_server import plan_temporal_server, temporal_server_is_ready
from tests.runtime.slow_activity import SlowActivityWorkflow

LONGEST_BLOCK_SECONDS = 2.0
"""Far above what a busy machine does to a loop, far below the ten seconds of a beat in vain."""


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    plan = plan_temporal_server(tmp_path_factory.mktemp("temporal"), port=0, ui_port=0)
    process = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not temporal_server_is_ready(plan.address):
            assert process.poll() is None, "the Temporal server ended at once; is the wheel whole?"
            assert time.monotonic() < deadline, "the Temporal server is not ready after 30 s"
            time.sleep(0.25)
        yield plan.address
    finally:
        process.terminate()
        process.wait(timeout=20)


async def longest_block(blocks: list[float]) -> None:
    """Notes how much later than asked for the loop comes back."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(0.05)
        blocks.append(time.monotonic() - before - 0.05)


async def test_an_activity_in_a_thread_that_outlasts_its_first_beat_ends_at_the_first_attempt(
    address: str,
) -> None:
    attempts: list[int] = []

    @activity.defn(name="slow")
    def slow() -> int:
        attempts.append(activity.info().attempt)
        time.sleep(5)
        return activity.info().attempt

    blocks: list[float] = []
    client = await Client.connect(address, plugins=[followthrough_plugin()])
    watching = asyncio.create_task(longest_block(blocks))
    queue = f"beats-{uuid.uuid4()}"
    with ThreadPoolExecutor(1) as threads:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[SlowActivityWorkflow],
            activities=[slow],
            activity_executor=threads,
        ):
            answer = await client.execute_workflow(
                SlowActivityWorkflow.run,
                id=queue,
                task_queue=queue,
                execution_timeout=timedelta(seconds=60),
            )
    watching.cancel()
    assert answer == 1
    assert attempts == [1]
    assert max(blocks) < LONGEST_BLOCK_SECONDS, "a beat must not wait on the event loop"
