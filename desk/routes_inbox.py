"""`/`: what waits and for whom; first what stands still, then what has an owner."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from temporalio.client import Client

from desk.finding import ItemReference
from desk.form_data import ITEM_BOX, ticked_items
from desk.listing import MOST_LISTED, WAITS_FOR_PEOPLE, ItemList
from desk.questions import list_exceptions, list_items, list_items_for
from desk.sheets import AskedOf, sheets_that_ask
from desk.site import Site, Visit
from models.lifecycle import Awaiting
from models.people import Person
from runtime.problems import Problem, WrongSettings

PAGE = 25
MINE = "mine"
VIEWS: dict[str, tuple[str, tuple[Awaiting, ...]]] = {
    MINE: ("For me", WAITS_FOR_PEOPLE),
    "waiting": ("Waiting for people", WAITS_FOR_PEOPLE),
    "approvals": ("Approvals", (Awaiting.APPROVAL,)),
    "escalations": ("Escalations", (Awaiting.ACKNOWLEDGEMENT,)),
    "owners": ("With their owners", (Awaiting.OWNER,)),
    "triage": ("Unsure triage", (Awaiting.TRIAGE,)),
    "parked": ("Parked", (Awaiting.OPERATOR,)),
    "everything": ("Everything that runs", ()),
}


def inbox_routes(site: Site) -> APIRouter:
    """The inbox, its views, and taking on several items at once."""
    router = APIRouter()

    @router.get("/")
    async def inbox(request: Request, view: str = MINE, page: int = 1) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        chosen = view if view in VIEWS else MINE
        number = min(max(page, 1), MOST_LISTED // PAGE)
        client = await site.temporal.client()
        listed, in_force, asked = await asyncio.gather(
            _listed(site, client, chosen, person, number),
            list_exceptions(client),
            _sheets(client, chosen, person),
        )
        for status in (entry.status for entry in listed.items if entry.status):
            item = ItemReference(issue_id=status.issue_id, issue_key=status.issue_key)
            site.note(status.issue_key, item)
        return site.page(
            visit,
            "inbox.html",
            listed=listed,
            asked=asked,
            exceptions=in_force,
            mine={
                request
                for entry in listed.items
                for request, voters in entry.voters.items()
                if person.id in voters
            },
            views={name: title for name, (title, _) in VIEWS.items()},
            view=chosen,
            takeable=_takeable(listed, person),
            item_box=ITEM_BOX,
            number=number,
            pages=max(1, -(-min(listed.total, MOST_LISTED) // PAGE)),
        )

    @router.post("/take-on")
    async def take_on(request: Request) -> Response:
        visit, person = await site.posted(request)
        keys = ticked_items(visit.form)
        if not keys:
            raise WrongSettings("Tick the escalations that you take on.")
        refused = await asyncio.gather(*(_take_on(site, visit, person, key) for key in keys))
        taken = [key for key, why in zip(keys, refused, strict=True) if why is None]
        said = [f"You have taken on {', '.join(taken)}."] if taken else []
        view = visit.form.get("view", "")
        path = f"/?view={view if view in VIEWS else MINE}"
        return site.after(path, " ".join([*said, *(why for why in refused if why)]))

    return router


def _takeable(listed: ItemList, person: Person) -> tuple[str, ...]:
    """The keys of the listed escalations that wait for this person's word."""
    known = [entry.status for entry in listed.items if entry.status]
    return tuple(
        one.issue_key
        for one in known
        if one.awaiting is Awaiting.ACKNOWLEDGEMENT and person.id in one.awaited
    )


async def _take_on(site: Site, visit: Visit, person: Person, key: str) -> str | None:
    """Take on one of several; answers why not. One that is refused stops none of the others."""
    act_id = f"{site.act_id(person, visit.form)}-{key}"
    try:
        item = await site.item(key)
        sender = await site.sender()
        await sender.acknowledge(item.workflow_id, person.id, act_id=act_id)
    except Problem as problem:
        return f"{key}: {problem.what}"
    return None


async def _listed(site: Site, client: Client, view: str, person: Person, number: int) -> ItemList:
    page = {"offset": (number - 1) * PAGE, "limit": PAGE}
    if view == MINE:
        return await list_items_for(client, person.id, recent=site.recent, **page)
    return await list_items(client, awaiting=VIEWS[view][1], recent=site.recent, **page)


async def _sheets(client: Client, view: str, person: Person) -> tuple[AskedOf, ...]:
    return await sheets_that_ask(client, person.id) if view == MINE else ()
