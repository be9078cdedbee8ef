"""`/operations`: what `doctor` finds, what is parked and why, and taking it up again."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.examining.everything import examine
from desk.examining.parked import ParkedItem, grouped, parked_items
from desk.site import Site
from models.people import Act
from runtime.problems import Problem


def operations_routes(site: Site) -> APIRouter:
    """The page, and its buttons."""
    router = APIRouter()

    @router.get("/operations")
    async def operations(request: Request) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        examination, parked = await asyncio.gather(examine(site.settings), _parked(site))
        return site.page(
            visit,
            "operations.html",
            findings=examination.findings,
            groups=grouped(parked),
            may_resume=any(one.id == person.id for one in site.people.directory().may(Act.RESUME)),
            silent=[item for item in parked if item.failure is None],
        )

    @router.post("/operations/resume/{workflow_id}")
    async def resume(request: Request, workflow_id: str) -> Response:
        visit, person = await site.posted(request)
        try:
            await (await site.sender()).resume(workflow_id, person.id)
        except Problem as problem:
            return site.after("/operations", f"{problem.what} {problem.remedy or ''}".strip())
        named = visit.form.get("issue_key") or "The item"
        return site.after("/operations", f"{named} was told to go on; look again in a moment.")

    return router


async def _parked(site: Site) -> tuple[ParkedItem, ...]:
    """Nothing while Temporal does not answer: the findings say so."""
    try:
        return await parked_items(await site.temporal.client())
    except Problem:
        return ()
