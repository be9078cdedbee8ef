"""`/sign-in` and `/sign-out`: at a provider, or with passwords kept on this machine."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk.form_data import read_form
from desk.open_id import CALLBACK, OpenIdProvider, SignInRefused
from desk.passwords import password_holds
from desk.site import Site, Visit

log = structlog.get_logger(__name__)
LONGEST_NAME = 100
LONGEST_PASSWORD = 500


def sign_in_routes(site: Site) -> APIRouter:
    """The sign-in page, both forms, and the way to the provider and back."""
    router = APIRouter()
    if site.provider is not None:
        _add_provider(router, site, site.provider)

    @router.get("/sign-in")
    async def ask(request: Request, to: str = "/") -> HTMLResponse:
        return _page(site, request, to=own_path(to))

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        if site.provider is not None:
            raise HTTPException(404, f"People sign in with {site.provider.host} here.")
        return await _sign_in(site, request)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await site.posted(request)
        response = RedirectResponse("/sign-in", status_code=303)
        site.sessions.end(response)
        return response

    return router


def _add_provider(router: APIRouter, site: Site, provider: OpenIdProvider) -> None:
    @router.get("/sign-in/provider")
    async def leave(request: Request, to: str = "/") -> Response:
        return await provider.begin(request, own_path(to))

    @router.get(CALLBACK)
    async def come_back(request: Request) -> Response:
        address = _address(request)
        if wait := site.attempts.wait(address, ""):
            return _page(site, request, status=429, problem=_too_many(wait), wait=wait)
        try:
            identity, to = await provider.finish(request)
            person = await asyncio.to_thread(
                site.people.by_identity, identity.subject, identity.verified_email
            )
            if person is None:
                raise SignInRefused("nobody_here", NOBODY_HERE)
        except SignInRefused as refused:
            site.attempts.note(address, "")
            log.warning("sign_in_refused", reason=refused.reason)
            return _page(site, request, status=401, problem=refused.sentence())
        return _signed_in(site, person.id, to)


NOBODY_HERE = (
    "You are signed in there, but people.yaml names nobody with this account. Ask whoever keeps "
    "it for an entry with your subject or your address."
)


def _signed_in(site: Site, person: str, to: str) -> Response:
    response = RedirectResponse(own_path(to), status_code=303)
    site.sessions.write(response, site.sessions.begin(person))
    log.info("signed_in", person=person)
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _too_many(wait: int) -> str:
    return f"Too many attempts. Try again in {wait // 60 + 1} minutes."


def _page(
    site: Site,
    request: Request,
    *,
    to: str = "/",
    name: str = "",
    problem: str | None = None,
    status: int = 200,
    wait: int = 0,
) -> HTMLResponse:
    page = site.page(
        Visit(request, site.sessions.read(request), None),
        "sign_in.html",
        status=status,
        to=to,
        name=name,
        problem=problem,
        provider=site.provider.host if site.provider else None,
    )
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


async def _sign_in(site: Site, request: Request) -> Response:
    session = site.sessions.read(request)
    form = await read_form(request)
    site.require_own_form(session, form)
    name = form.get("person", "")[:LONGEST_NAME]
    to = own_path(form.get("to", "/"))
    address = _address(request)
    wait = site.attempts.wait(address, name)
    if not wait and await _is_right(site, name, form.get("password", "")):
        return _signed_in(site, name, to)
    if not wait:
        site.attempts.note(address, name)
        log.warning("sign_in_refused")
    problem = _too_many(wait) if wait else "This name and password do not belong together."
    status = 429 if wait else 401
    return _page(site, request, to=to, name=name, problem=problem, status=status, wait=wait)


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
