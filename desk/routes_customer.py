"""`/items/{key}/customer`: the customer of an item, with everything that they came with.

The page is found by the item, so that no address names a customer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.customers import known_of_customer_behind
from desk.finding import ItemReference
from desk.ledger_access import ledger_problems, opened
from desk.site import Site

if TYPE_CHECKING:
    from insight.numbers.customer import CustomerView


def customer_routes(site: Site) -> APIRouter:
    """The page of an item's customer."""
    router = APIRouter()

    @router.get("/items/{key}/customer")
    async def customer(request: Request, key: str) -> HTMLResponse:
        from desk.report_page import link_to_item  # noqa: PLC0415 - with the numbers' packages, which other pages need not load

        visit, _ = await site.signed_in(request)
        item = await site.item(key)
        found = await asyncio.to_thread(_looked_up, site, item)
        return site.page(
            visit, "customer.html", found=found, issue_key=item.issue_key, link=link_to_item
        )

    return router


def _looked_up(site: Site, item: ItemReference) -> CustomerView:
    with ledger_problems(), opened(site.settings) as ledger:
        return known_of_customer_behind(ledger, item.issue_id, site.now())
