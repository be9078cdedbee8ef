"""`/in/{secret}`: a link from a notice. GET shows where it leads, POST uses it up.

Looking uses nothing up, since mail filters open every link that they see.
"""

from __future__ import annotations

import asyncio

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk.form_data import read_form
from desk.site import Site, Visit
from runtime.problems import Problem

log = structlog.get_logger(__name__)


class LinkSpent(Problem):
    """The link was used, ran out, or never was one; which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__(
            "This link opens nothing any more: each works once, within a day.",
            remedy="Sign in, and look for the item by its key.",
        )


def link_routes(site: Site) -> APIRouter:
    """The page and its button."""
    router = APIRouter()

    @router.get("/in/{secret}")
    async def look(request: Request, secret: str) -> HTMLResponse:
        link = await asyncio.to_thread(site.ledger.look_at_link, secret)
        if link is None:
            raise LinkSpent
        visit = Visit(request, site.sessions.read(request), None)
        return site.page(visit, "link.html", issue_key=link.issue_key, secret=secret)

    @router.post("/in/{secret}")
    async def use(request: Request, secret: str) -> Response:
        session = site.sessions.read(request)
        site.require_own_form(session, await read_form(request))
        link = await asyncio.to_thread(site.ledger.use_link, secret)
        if link is None:
            raise LinkSpent
        person = await asyncio.to_thread(site.people.signed_in, link.person)
        if person is None:
            raise LinkSpent
        response = RedirectResponse(f"/items/{link.issue_key}", status_code=303)
        if session.person != person.id or session.only is not None:
            # Whoever is signed in as this person already loses nothing by the link.
            site.sessions.write(response, site.sessions.begin_by_link(person.id, link.issue_key))
        log.info("came_by_link", person=person.id, issue_key=link.issue_key)
        return response

    return router
