"""`/ledger`: the newest rows, and whether every row is what was written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.anchors import anchors_in_temporal
from desk.failures import status_of
from desk.ledger_access import ledger_problems, opened
from desk.site import Site, Visit
from models.events import LedgerAnchor
from runtime.problems import Problem
from runtime.settings import Settings

if TYPE_CHECKING:
    from ledger.records import RecordedEvent, Verdict

NEWEST = 25


def ledger_routes(site: Site) -> APIRouter:
    """The page, and its button: a verification reads every row, so one is made at a time."""
    router = APIRouter()
    one_at_a_time = asyncio.Lock()

    @router.get("/ledger")
    async def ledger(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        return await _page(site, visit, None)

    @router.post("/ledger")
    async def verify(request: Request) -> HTMLResponse:
        visit, _ = await site.posted(request)
        try:
            async with one_at_a_time:
                anchors = await anchors_in_temporal(await site.temporal.client())
                verdict = await asyncio.to_thread(_verified, site.settings, anchors)
        except Problem as problem:
            return await _page(site, visit, None, problem)
        return await _page(site, visit, verdict)

    return router


async def _page(
    site: Site, visit: Visit, verdict: Verdict | None, problem: Problem | None = None
) -> HTMLResponse:
    rows: tuple[RecordedEvent, ...] = ()
    try:
        rows = await asyncio.to_thread(_newest, site.settings)
    except Problem as met:
        problem = problem or met
    return site.page(
        visit,
        "ledger.html",
        status=status_of(problem) if problem else 200,
        rows=rows,
        verdict=verdict,
        problem=problem,
    )


def _verified(settings: Settings, anchors: Sequence[tuple[str, LedgerAnchor]]) -> Verdict:
    from ledger.records import Anchor  # noqa: PLC0415 - loads the database package, as `opened` does

    known = [Anchor(sequence=one.row, digest=one.digest, where=where) for where, one in anchors]
    with ledger_problems(), opened(settings) as book:
        return book.verify(known)


def _newest(settings: Settings) -> tuple[RecordedEvent, ...]:
    with ledger_problems(), opened(settings) as book:
        return book.recent_events(NEWEST)
