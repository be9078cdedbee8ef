"""Failures as pages: a sentence, the next step, and the way back."""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from desk.answers import NotFollowed
from desk.finding import NoKey, UnknownItem
from desk.site import SignInFirst, Site
from runtime.problems import ExitCode, Problem, Unreachable

log = structlog.get_logger(__name__)
_HTTP_WORDS = {404: "There is no such page.", 405: "This page is only for looking."}


def status_of(problem: Problem) -> int:
    """The HTTP status that says the same as a problem."""
    if isinstance(problem, Unreachable):
        return 503
    if isinstance(problem, NotFollowed | UnknownItem | NoKey):
        return 404
    return 400 if problem.exit_code == ExitCode.WRONG_USE else 409


def add_failure_pages(app: FastAPI, site: Site) -> None:
    """Nobody sees a traceback."""

    async def page(request: Request, status: int, what: str, remedy: str | None) -> Response:
        visit = await site.visit(request)
        return site.page(visit, "problem.html", status=status, what=what, remedy=remedy)

    @app.exception_handler(SignInFirst)
    async def sign_in_first(_request: Request, error: SignInFirst) -> Response:
        wanted = urlencode({"to": error.wanted})
        return RedirectResponse(f"/sign-in?{wanted}", status_code=303)

    @app.exception_handler(Problem)
    async def tell(request: Request, problem: Problem) -> Response:
        return await page(request, status_of(problem), problem.what, problem.remedy)

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        what = _HTTP_WORDS.get(error.status_code, str(error.detail))
        return await page(request, error.status_code, what, None)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("page_failed", path=request.url.path, exc_info=error)
        return await page(
            request, 500, "Something went wrong here.", "The details are in the desk's log."
        )
