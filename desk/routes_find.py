"""`/find`: an item by its key, or those whose issue has the words that somebody looks for.

It is posted, so that what a customer may have said stands in no address and no log of a proxy.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.finding import ItemReference, NoKey
from desk.site import Site


def find_routes(site: Site) -> APIRouter:
    """The field at the top of every page."""
    router = APIRouter()

    @router.post("/find")
    async def find(request: Request) -> Response:
        visit, _ = await site.posted(request)
        wanted = visit.form.get("wanted", "").strip()
        try:
            item = await site.item(wanted.upper())
            return RedirectResponse(f"/items/{item.issue_key}", status_code=303)
        except NoKey:
            found = await site.words.found(site.settings.jira.project, wanted)
        for one in found or ():
            item = ItemReference(issue_id=one.issue_id, issue_key=one.issue_key)
            site.note(one.issue_key, item)
        return site.page(visit, "found.html", wanted=wanted, found=found)

    return router
