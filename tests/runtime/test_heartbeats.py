from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from runtime.heartbeats import Heartbeats
from runtime.plugin import followthrough_plugin


class Slow(ActivityInboundInterceptor):
    """Stands for the activity itself; ends after so many heartbeats, or at once."""

    def __init__(self, until: asyncio.Event | None) -> None:
        self.until = until

    async def execute_activity(self, input: ExecuteActivityInput) -> str:
        if self.until is not None:
            await self.until.wait()
        return "done"


async def beats_of(allowed: timedelta | None, wanted: int) -> int:
    heard: list[object] = []
    enough = asyncio.Event()

    def hear(*details: object) -> None:
        heard.append(details)
        if len(heard) >= wanted:
            enough.set()

    environment = ActivityEnvironment()
    environment.info = ActivityEnvironment.default_info()
    environment.info = replace(environment.info, heartbeat_timeout=allowed)
    environment.on_heartbeat = hear
    inbound = Heartbeats().intercept_activity(Slow(enough if wanted else None))

    async def on_the_loop() -> None: ...

    given = ExecuteActivityInput(fn=on_the_loop, args=[], executor=None, headers={})
    assert await environment.run(inbound.execute_activity, given) == "done"
    return len(heard)


async def test_an_activity_that_takes_long_beats_until_it_ends():
    assert await beats_of(timedelta(milliseconds=30), wanted=3) >= 3


async def test_an_activity_that_ends_before_its_first_beat_sends_none():
    assert await beats_of(timedelta(seconds=60), wanted=0) == 0


async def test_an_activity_without_a_heartbeat_timeout_never_beats():
    assert await beats_of(None, wanted=0) == 0


def test_every_process_beats_because_the_plugin_says_so():
    assert any(isinstance(one, Heartbeats) for one in followthrough_plugin().interceptors or ())
