"""A worker with one empty workflow: it polls the task queue, and drains on SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import sys

from temporalio import workflow
from temporalio.worker import Worker

from runtime.connection import connect
from runtime.settings import load_settings


@workflow.defn(sandboxed=False)
class Nothing:
    @workflow.run
    async def run(self) -> None:
        return None


async def main() -> None:
    settings = load_settings()
    client = await connect(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Worker(client, task_queue=settings.task_queue, workflows=[Nothing]):
        await stop.wait()
    sys.stdout.write("drained\n")


if __name__ == "__main__":
    asyncio.run(main())
