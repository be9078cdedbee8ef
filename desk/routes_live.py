"""`/live`: tells the inbox of a browser that its list has changed, by server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from desk.inbox_watch import InboxWatch, fingerprint
from desk.questions import WAITS_FOR_PEOPLE
from desk.site import Site
from models.lifecycle import Awaiting

LASTS_SECONDS = 300.0
"""Then the browser asks anew by itself, and whoever is signed out by now is told."""
STEP_SECONDS = 1.0
CHANGED = "changed"


def live_routes(site: Site) -> APIRouter:
    """The stream of one browser. It says that there is news and never what."""
    router = APIRouter()

    async def look(awaiting: tuple[Awaiting, ...]) -> str:
        return await fingerprint(await site.temporal.client(), awaiting)

    waiting = InboxWatch(partial(look, WAITS_FOR_PEOPLE))
    everything = InboxWatch(partial(look, ()))

    async def allowed(request: Request) -> None:
        await site.signed_in(request)

    # A dependency, since the answer has begun before the stream's own first line runs.
    @router.get("/live", response_class=EventSourceResponse, dependencies=[Depends(allowed)])
    async def live(view: str = "") -> AsyncIterator[ServerSentEvent]:
        watch = everything if view == "everything" else waiting
        ends = asyncio.get_running_loop().time() + LASTS_SECONDS
        async with watch.listening() as changed:
            while asyncio.get_running_loop().time() < ends and not site.closing():
                try:
                    await asyncio.wait_for(changed.wait(), STEP_SECONDS)
                except TimeoutError:
                    continue
                changed.clear()
                yield ServerSentEvent(event=CHANGED, data="")

    return router
