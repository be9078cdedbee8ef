"""One way to connect to Temporal, in every process."""

from __future__ import annotations

import asyncio

from temporalio.client import Client
from temporalio.service import RPCError

from runtime.payload_keys import PayloadKeyRing
from runtime.plugin import followthrough_plugin
from runtime.problems import Unreachable
from runtime.settings import Settings

CONNECT_SECONDS = 10.0


def payload_key_ring(settings: Settings) -> PayloadKeyRing | None:
    """The keys that payloads are encrypted with; None when they are not. Raises `WrongSettings`."""
    file = settings.payload_keys_file
    return PayloadKeyRing(file) if file is not None else None


async def connect(settings: Settings, *, patience_seconds: float = CONNECT_SECONDS) -> Client:
    """A client with the product's plugin, after the server has really answered.

    Raises `Unreachable` (exit code 3) when it does not answer within `patience_seconds`, and
    `WrongSettings` when payloads should be encrypted and the keys cannot be used.
    """
    temporal = settings.temporal
    plugin = followthrough_plugin(payload_key_ring(settings), versioned=settings.worker_versioning)
    try:
        async with asyncio.timeout(patience_seconds):
            return await Client.connect(
                **temporal.connect_config,
                plugins=[plugin],
            )
    except (RuntimeError, RPCError, OSError, TimeoutError) as error:
        raise Unreachable(
            f"Temporal does not answer (namespace {temporal.namespace}).",
            where=temporal.address,
            remedy="Start the local stack with `followthrough up`, or set TEMPORAL_ADDRESS "
            "(or TEMPORAL_PROFILE) to a server that runs.",
        ) from error
