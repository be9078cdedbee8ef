"""A real Temporal server, a worker with tiny workflows and a real HTTP server, for the tests."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker
from tiny_workflows import TinyAction, TinyItem

from runtime.plugin import followthrough_plugin
from runtime.temporal_server import plan_temporal_server, temporal_server_is_ready

TASK_QUEUE = "desk-tests"


@contextmanager
def temporal_server(directory: Path) -> Iterator[str]:
    """The address of a dev server that stops with the block."""
    plan = plan_temporal_server(directory, port=0, ui_port=0)
    process = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            if temporal_server_is_ready(plan.address):
                break
            assert process.poll() is None, "the Temporal server ended at once; is the wheel whole?"
            time.sleep(0.25)
        else:
            raise AssertionError("the Temporal server did not become ready within 30 s")
        yield plan.address
    finally:
        process.terminate()
        process.wait(timeout=20)


async def client_of(address: str) -> Client:
    """A client with the product's plugin."""
    return await Client.connect(address, plugins=[followthrough_plugin()])


@asynccontextmanager
async def worker(client: Client, task_queue: str = TASK_QUEUE) -> AsyncIterator[None]:
    """A worker that serves the tiny workflows."""
    async with Worker(client, task_queue=task_queue, workflows=[TinyItem, TinyAction]):
        yield


@contextmanager
def worker_thread(address: str, task_queue: str = TASK_QUEUE) -> Iterator[None]:
    """The same worker on a thread of its own, for tests that are not async."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        async with worker(await client_of(address), task_queue):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20), "the worker did not start"
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=20)
        loop.close()
