"""`/live`: tells the inbox of a browser that its list has changed, by server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from desk.inbox_watch import InboxWatch, fingerprint
from desk.listing import Stretch
from desk.questions import stretches_for
from desk.routes_inbox import MINE, PAGE, VIEWS
from desk.site import Site
from models.people import Person

LASTS_SECONDS = 300.0
"""Then the browser asks anew by itself, and whoever is signed out by now is told."""
STEP_SECONDS = 1.0
CHANGED = "changed"


def live_routes(site: Site) -> APIRouter:
    """The stream of one browser. It says that there is news and never what."""
    router = APIRouter()

    watches: dict[tuple[str, str | None], InboxWatch] = {}

    async def look(view: str, person: str | None) -> str:
        stretches = (
            stretches_for(person, PAGE)
            if person is not None
            else (Stretch(awaiting=VIEWS[view][1], limit=PAGE),)
        )
        return await fingerprint(await site.temporal.client(), stretches, site.recent.lists)

    async def listener(request: Request) -> Person:
        return (await site.signed_in(request))[1]

    # A dependency, since the answer has begun before the stream's own first line runs.
    @router.get("/live", response_class=EventSourceResponse)
    async def live(
        person: Person = Depends(listener),  # noqa: B008 - FastAPI's way, and resolved only so
        view: str = MINE,
    ) -> AsyncIterator[ServerSentEvent]:
        chosen = view if view in VIEWS else MINE
        whose = person.id if chosen == MINE else None
        watch = watches.setdefault((chosen, whose), InboxWatch(partial(look, chosen, whose)))
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
