"""One durable timer for the earliest deadline.

A timer that already rings early enough is left alone, so an item that is answered in time costs
no second timer: it wakes, finds nothing due, and sets the next one.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from policies.lifecycle.deadlines import Deadline


class Alarm:
    """Rings once at the earliest deadline it was set to. `rang` says so until it is set again."""

    def __init__(self) -> None:
        self._rings_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self.rang = False

    def set(self, deadline: Deadline | None) -> None:
        """Make sure that it rings no later than this deadline; None silences it."""
        self.rang = False
        if deadline is None:
            self.silence()
            return
        if self._rings_at is not None and self._rings_at <= deadline.at:
            return
        self.silence()
        self._rings_at = deadline.at
        self._task = asyncio.create_task(self._ring(deadline))

    def silence(self) -> None:
        """Cancel the timer, if one runs."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._rings_at = None

    async def _ring(self, deadline: Deadline) -> None:
        delay = max(deadline.at - workflow.now(), timedelta())
        # A server timer may fire a moment early by rounding; one more second finds the deadline due.
        await workflow.sleep(delay + timedelta(milliseconds=1), summary=deadline.what)
        self._rings_at = None
        self._task = None
        self.rang = True
