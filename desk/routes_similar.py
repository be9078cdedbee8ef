"""`/items/{key}/similar`: an item beside those that resemble it, to tell a duplicate from a cousin."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from desk.finding import ItemReference
from desk.ledger_access import ledger_problems, opened
from desk.similar_items import Resembling, compared, resembling
from desk.site import Site
from runtime.problems import WrongSettings


def similar_routes(site: Site) -> APIRouter:
    """The page that shows similar items side by side."""
    router = APIRouter()

    @router.get("/items/{key}/similar")
    async def similar(
        request: Request, key: str, other: Annotated[str, Query(alias="with")] = ""
    ) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        item = await site.item(key)
        chosen = await site.item(other.strip().upper()) if other.strip() else None
        if chosen == item:
            raise WrongSettings("That is this item. Name another one, such as FT-12.")
        found = await asyncio.to_thread(_looked_up, site, item, chosen)
        own, beside = await compared(site.words, item.issue_id, found)
        return site.page(
            visit,
            "similar.html",
            issue_key=item.issue_key,
            chosen=chosen,
            own=own,
            others=tuple(zip(found, beside, strict=True)),
            jira_link=site.jira_link,
        )

    return router


def _looked_up(
    site: Site, item: ItemReference, chosen: ItemReference | None
) -> tuple[Resembling, ...]:
    with ledger_problems(), opened(site.settings) as ledger:
        return resembling(ledger, item, chosen)
