"""Notices that the list of what waits has changed, once for everybody who looks at it.

Temporal's visibility is asked while somebody watches, and not more often than a share of the
time that an answer takes, so that a long list does not keep it busy.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from temporalio.client import Client

from desk.list_memory import ListMemory
from desk.listing import Stretch, most_urgent
from runtime.problems import Problem

log = structlog.get_logger(__name__)
EVERY_SECONDS = 2.0
REST_FACTOR = 10
"""A look that took a second is followed by ten seconds of rest."""


async def fingerprint(client: Client, stretches: Sequence[Stretch], memory: ListMemory) -> str:
    """Changes when an item comes or goes, or one in these stretches is due or owned otherwise.

    They are looked at anew and kept in `memory`. Raises `Unreachable`.
    """
    seen = await asyncio.gather(
        *(
            most_urgent(
                client, one.awaiting, owner=one.owner, limit=one.limit, memory=memory, anew=True
            )
            for one in stretches
        )
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()


class InboxWatch:
    """Wakes those who listen when `look` answers something else than before."""

    def __init__(
        self, look: Callable[[], Awaitable[str]], every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._look = look
        self._every = every_seconds
        self._listeners: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change; whoever takes it clears it."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
        try:
            yield changed
        finally:
            self._listeners.discard(changed)
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _keep_looking(self) -> None:
        seen: str | None = None
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                found = await self._look()
            except Problem as problem:
                log.warning("inbox_not_watched", problem=problem.what)
            else:
                if seen is not None and found != seen:
                    for changed in self._listeners:
                        changed.set()
                seen = found
            await asyncio.sleep(max(self._every, REST_FACTOR * (loop.time() - began)))
