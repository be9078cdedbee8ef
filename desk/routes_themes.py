"""`/themes`: what recurs, whether it becomes work, and putting right what belongs together."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.failures import status_of
from desk.form_data import ITEM_BOX, ticked_items
from desk.sheet_replies import answered, reason_in
from desk.sheets import asked_of, find_theme, list_themes
from desk.site import Site, Visit
from models.people import Actor, Channel, Person
from models.sheet import SIGNED
from models.theme import ThemeStatus
from models.theme_messages import Regroup
from policies.themes.words import hits, title, worth
from runtime.problems import Problem, WrongSettings


def themes_routes(site: Site) -> APIRouter:
    """The list, a theme's page, and its forms."""
    router = APIRouter()

    @router.get("/themes")
    async def themes(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        found = await list_themes(await site.temporal.client())
        return site.page(visit, "themes.html", found=found, title=title, hits=hits)

    @router.get("/themes/{named}")
    async def theme(request: Request, named: str) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        return await _page(site, visit, person, named)

    @router.post("/themes/{named}")
    async def reply(request: Request, named: str) -> Response:
        visit, person = await site.posted(request)
        found = await find_theme(await site.temporal.client(), named)

        async def refused(problem: Problem) -> HTMLResponse:
            return await _page(site, visit, person, found.theme_id, problem)

        path = f"/themes/{found.theme_id}"
        return await answered(site, visit, person, found.theme_id, path, refused)

    @router.post("/themes/{named}/{act}")
    async def regroup(request: Request, named: str, act: str) -> Response:
        visit, person = await site.posted(request)
        found = await find_theme(await site.temporal.client(), named)
        try:
            message = _regrouping(act, visit, person)
            said = await (await site.sender()).regroup(
                found.theme_id, message, site.act_id(person, visit.form)
            )
        except Problem as problem:
            return await _page(site, visit, person, found.theme_id, problem, act)
        return site.after(f"/themes/{message.into or found.theme_id}", said.message)

    return router


def _regrouping(act: str, visit: Visit, person: Person) -> Regroup:
    """What the posted form asks for. Raises `WrongSettings`."""
    actor, reason = Actor(person=person.id, channel=Channel.DESK), reason_in(visit)
    try:
        if act == "name":
            return Regroup(actor=actor, name=visit.form.get("name"), reason=reason)
        if act == "merge":
            return Regroup(actor=actor, into=visit.form.get("into"), reason=reason)
        if act == "split":
            return Regroup(actor=actor, items=_items_in(visit), reason=reason)
    except ValidationError as error:
        raise WrongSettings(_MISSING[act]) from error
    raise WrongSettings("There is no such act.")


_MISSING = {
    "name": "Give it a name of at most 120 characters.",
    "merge": "Choose the theme that this one is merged into.",
    "split": "Tick the items that are another problem.",
}


def _items_in(visit: Visit) -> tuple[str, ...]:
    """The ticked items, and those typed by their keys."""
    typed = visit.form.get("older", "").upper().replace(",", " ").split()
    return tuple(dict.fromkeys((*ticked_items(visit.form), *typed)))


async def _page(
    site: Site,
    visit: Visit,
    person: Person,
    named: str,
    problem: Problem | None = None,
    failed_act: str = "",
) -> HTMLResponse:
    client = await site.temporal.client()
    found = await find_theme(client, named)
    others: tuple[ThemeStatus, ...] = ()
    if person.id in found.deciders:
        others = tuple(
            one for one in (await list_themes(client)).themes if one.theme_id != found.theme_id
        )
    return site.page(
        visit,
        "theme.html",
        status=status_of(problem) if problem else 200,
        found=found,
        others=others,
        name=title(found.name, found.theme_id, found.figures),
        title=title,
        hits=hits,
        worth=worth,
        item_box=ITEM_BOX,
        mine={one.id for one in asked_of(found.questions, person.id)},
        signed=SIGNED,
        problem=problem,
        failed_act=failed_act,
        jira_link=site.jira_link(found.issue_key) if found.issue_key else None,
        temporal_link=site.temporal_link(found.theme_id),
    )
