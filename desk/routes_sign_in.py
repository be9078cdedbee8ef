"""`/sign-in` and `/sign-out`: the local sign-in with generated passwords."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk.form_data import read_form
from desk.passwords import password_holds
from desk.site import Site, Visit

log = structlog.get_logger(__name__)
LONGEST_NAME = 100
LONGEST_PASSWORD = 500


def sign_in_routes(site: Site) -> APIRouter:
    """The sign-in page and both forms."""
    router = APIRouter()

    @router.get("/sign-in")
    async def ask(request: Request, to: str = "/") -> HTMLResponse:
        visit = Visit(request, site.sessions.read(request), None)
        return site.page(visit, "sign_in.html", to=own_path(to), name="", problem=None)

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        return await _sign_in(site, request)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await site.posted(request)
        response = RedirectResponse("/sign-in", status_code=303)
        site.sessions.end(response)
        return response

    return router


async def _sign_in(site: Site, request: Request) -> Response:
    session = site.sessions.read(request)
    form = await read_form(request)
    site.require_own_form(session, form)
    name = form.get("person", "")[:LONGEST_NAME]
    to = own_path(form.get("to", "/"))
    address = request.client.host if request.client else "unknown"
    wait = site.attempts.wait(address, name)
    if not wait and await _is_right(site, name, form.get("password", "")):
        response = RedirectResponse(to, status_code=303)
        site.sessions.write(response, site.sessions.begin(name))
        log.info("signed_in", person=name)
        return response
    if not wait:
        site.attempts.note(address, name)
        log.warning("sign_in_refused")
    problem = (
        f"Too many attempts. Try again in {wait // 60 + 1} minutes."
        if wait
        else "This name and password do not belong together."
    )
    page = site.page(
        Visit(request, session, None),
        "sign_in.html",
        status=429 if wait else 401,
        to=to,
        name=name,
        problem=problem,
    )
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


async def _is_right(site: Site, name: str, password: str) -> bool:
    right = await asyncio.to_thread(
        password_holds, site.settings.data_dir, name, password[:LONGEST_PASSWORD]
    )
    return right and await asyncio.to_thread(site.people.signed_in, name) is not None


def own_path(wanted: str) -> str:
    """A path of this desk; anything that leads elsewhere becomes the inbox."""
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not wanted.startswith("/"):
        return "/"
    return "/" if wanted.startswith(("//", "/\\")) else parts.path
