"""`/items/{key}/migrate`: look what the policy in force would change, then sign the move."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.failures import status_of
from desk.finding import ItemReference
from desk.moving import preview
from desk.questions import ask_clocks, ask_subject
from desk.site import Site, Visit
from runtime.problems import Problem, WrongSettings


def migrate_routes(site: Site) -> APIRouter:
    """The page that shows what would change, and its form."""
    router = APIRouter()

    @router.get("/items/{key}/migrate")
    async def show(request: Request, key: str) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        return await _page(site, visit, await site.item(key))

    @router.post("/items/{key}/migrate")
    async def migrate(request: Request, key: str) -> Response:
        visit, person = await site.posted(request)
        item = await site.item(key)
        try:
            answer = await (await site.sender()).migrate_policy(
                item.workflow_id,
                person.id,
                visit.form.get("reason", ""),
                act_id=site.act_id(person, visit.form),
            )
        except ValidationError:
            missing = WrongSettings("Something is missing: a reason is always needed.")
            return await _page(site, visit, item, problem=missing)
        except Problem as problem:
            return await _page(site, visit, item, problem=problem)
        return site.after(f"/items/{key}", answer.message)

    return router


async def _page(
    site: Site, visit: Visit, item: ItemReference, *, problem: Problem | None = None
) -> HTMLResponse:
    client = await site.temporal.client()
    subject, facts = await asyncio.gather(
        ask_subject(client, item.workflow_id), ask_clocks(client, item.workflow_id)
    )
    found = await asyncio.to_thread(preview, site.settings.policies, subject, facts, site.now())
    return site.page(
        visit,
        "migrate.html",
        status=status_of(problem) if problem else 200,
        issue_key=subject.item.issue_key,
        preview=found,
        problem=problem,
    )
