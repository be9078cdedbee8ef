"""One shared connection to Temporal that may come and go while the desk stays up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.client import Client


class TemporalLink:
    """Connects when first needed and tries again after a failure.

    `connect` raises `Unreachable`; so does `client`.
    """

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def client(self) -> Client:
        """The connected client; the SDK mends a broken connection by itself later."""
        async with self._lock:
            if self._client is None:
                self._client = await self._connect()
            return self._client
