"""Lets an activity be missed soon when its worker dies, without a word in the activity itself.

A worker that is killed cannot say so; Temporal learns it when a heartbeat fails to come. Most
activities end before the first one is due, so they cost nothing.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

SHARE = 0.3
"""A heartbeat comes each time so much of the activity's heartbeat timeout has passed."""


class Heartbeats(Interceptor):
    """Beats for every activity that has a heartbeat timeout, while it runs."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Called by the SDK once for each worker."""
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        timeout = activity.info().heartbeat_timeout
        if timeout is None:
            return await self.next.execute_activity(input)
        beating = asyncio.create_task(_beat(SHARE * timeout.total_seconds(), _is_async(input.fn)))
        try:
            return await self.next.execute_activity(input)
        finally:
            beating.cancel()


async def _beat(every_seconds: float, of_coroutine: bool) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        if of_coroutine:
            activity.heartbeat()
        else:
            # While a plain function runs, a beat waits for the event loop; called on the loop
            # itself it would wait for its own end, and everything else with it.
            await asyncio.to_thread(activity.heartbeat)


def _is_async(function: Callable[..., Any]) -> bool:
    """Whether the SDK runs it on the event loop rather than in a thread."""
    called = getattr(function, "__call__", None)  # noqa: B004 - the method itself is looked at
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)
