"""`/`: what waits and for whom; first what stands still, then what has an owner."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.finding import ItemReference
from desk.questions import MOST_LISTED, WAITS_FOR_PEOPLE, list_exceptions, list_items
from desk.site import Site
from models.lifecycle import Awaiting

PAGE = 25
VIEWS: dict[str, tuple[str, tuple[Awaiting, ...]]] = {
    "waiting": ("Waiting for people", WAITS_FOR_PEOPLE),
    "approvals": ("Approvals", (Awaiting.APPROVAL,)),
    "escalations": ("Escalations", (Awaiting.ACKNOWLEDGEMENT,)),
    "owners": ("With their owners", (Awaiting.OWNER,)),
    "triage": ("Unsure triage", (Awaiting.TRIAGE,)),
    "parked": ("Parked", (Awaiting.OPERATOR,)),
    "everything": ("Everything that runs", ()),
}


def inbox_routes(site: Site) -> APIRouter:
    """The inbox and its views."""
    router = APIRouter()

    @router.get("/")
    async def inbox(request: Request, view: str = "waiting", page: int = 1) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        chosen = view if view in VIEWS else "waiting"
        number = min(max(page, 1), MOST_LISTED // PAGE)
        client = await site.temporal.client()
        listed, in_force = await asyncio.gather(
            list_items(
                client,
                awaiting=VIEWS[chosen][1],
                offset=(number - 1) * PAGE,
                limit=PAGE,
            ),
            list_exceptions(client),
        )
        for status in (entry.status for entry in listed.items if entry.status):
            item = ItemReference(issue_id=status.issue_id, issue_key=status.issue_key)
            site.note(status.issue_key, item)
        return site.page(
            visit,
            "inbox.html",
            listed=listed,
            exceptions=in_force,
            mine={
                request
                for entry in listed.items
                for request, voters in entry.voters.items()
                if person.id in voters
            },
            views={name: title for name, (title, _) in VIEWS.items()},
            view=chosen,
            number=number,
            pages=max(1, -(-listed.total // PAGE)),
        )

    return router
