"""`/rollouts`, `/reviews` and `/themes`: what is asked of whom, and replying. GET shows, POST replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.failures import status_of
from desk.sheets import (
    asked_of,
    find_review,
    find_rollout,
    find_theme,
    list_reviews,
    list_rollouts,
    list_themes,
)
from desk.site import Site, Visit
from models.people import Person
from models.review import ReviewStatus
from models.rollout import RolloutStatus
from models.sheet import SIGNED
from models.theme import ThemeStatus
from policies.reviews.digest_text import number, value_before, value_now
from policies.rollouts.words import figures
from policies.themes.words import hits, title, worth
from runtime.problems import Problem, WrongSettings

Refused = Callable[[Problem], Awaitable[HTMLResponse]]
"""Makes the page of a sheet anew, with why the reply did not count."""


def sheets_routes(site: Site) -> APIRouter:
    """The lists, the pages and the replies."""
    router = APIRouter()

    async def answered(
        visit: Visit, person: Person, workflow_id: str, path: str, refused: Refused
    ) -> Response:
        """Reply, and go back to the page; one that does not count shows the page as it is now."""
        try:
            said = await _reply(site, visit, person, workflow_id)
        except Problem as problem:
            return await refused(problem)
        return site.after(path, said)

    @router.get("/rollouts")
    async def rollouts(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        found = await list_rollouts(await site.temporal.client())
        return site.page(visit, "rollouts.html", found=found)

    @router.get("/rollouts/{version_id}")
    async def rollout(request: Request, version_id: str) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        found = await find_rollout(await site.temporal.client(), version_id)
        return _rollout_page(site, visit, person, found)

    @router.post("/rollouts/{version_id}")
    async def reply_to_rollout(request: Request, version_id: str) -> Response:
        visit, person = await site.posted(request)
        found = await find_rollout(await site.temporal.client(), version_id)

        async def refused(problem: Problem) -> HTMLResponse:
            now = await find_rollout(await site.temporal.client(), found.workflow_id)
            return _rollout_page(site, visit, person, now, problem)

        return await answered(
            visit, person, found.workflow_id, f"/rollouts/{found.version_id}", refused
        )

    @router.get("/reviews")
    async def reviews(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        found = await list_reviews(await site.temporal.client())
        return site.page(visit, "reviews.html", found=found)

    @router.get("/reviews/{named}")
    async def review(request: Request, named: str) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        found = await find_review(await site.temporal.client(), named)
        return _review_page(site, visit, person, found)

    @router.post("/reviews/{named}")
    async def reply_to_review(request: Request, named: str) -> Response:
        visit, person = await site.posted(request)
        found = await find_review(await site.temporal.client(), named)

        async def refused(problem: Problem) -> HTMLResponse:
            now = await find_review(await site.temporal.client(), found.workflow_id)
            return _review_page(site, visit, person, now, problem)

        return await answered(
            visit, person, found.workflow_id, f"/reviews/{found.held_at:%Y-%m-%d}", refused
        )

    @router.get("/themes")
    async def themes(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        found = await list_themes(await site.temporal.client())
        return site.page(visit, "themes.html", found=found, title=title, hits=hits)

    @router.get("/themes/{named}")
    async def theme(request: Request, named: str) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        found = await find_theme(await site.temporal.client(), named)
        return _theme_page(site, visit, person, found)

    @router.post("/themes/{named}")
    async def reply_to_theme(request: Request, named: str) -> Response:
        visit, person = await site.posted(request)
        found = await find_theme(await site.temporal.client(), named)

        async def refused(problem: Problem) -> HTMLResponse:
            now = await find_theme(await site.temporal.client(), found.theme_id)
            return _theme_page(site, visit, person, now, problem)

        return await answered(visit, person, found.theme_id, f"/themes/{found.theme_id}", refused)

    return router


async def _reply(site: Site, visit: Visit, person: Person, workflow_id: str) -> str:
    question, choice = visit.form.get("question", ""), visit.form.get("choice", "")
    reason = visit.form.get("reason", "").strip()
    if not question or not choice:
        raise WrongSettings("Choose one of the answers.")
    if choice != SIGNED and not reason:
        raise WrongSettings("Give a reason: it is recorded with your answer.")
    try:
        replied = await (await site.sender()).reply(
            workflow_id,
            person.id,
            question,
            choice,
            reason,
            act_id=site.act_id(person, visit.form),
        )
    except ValidationError as error:
        raise WrongSettings("The reason is too long; 2,000 characters are enough.") from error
    return replied.message


def _rollout_page(
    site: Site,
    visit: Visit,
    person: Person,
    found: RolloutStatus,
    problem: Problem | None = None,
) -> HTMLResponse:
    return site.page(
        visit,
        "rollout.html",
        status=status_of(problem) if problem else 200,
        found=found,
        figures=figures(found.verdict) if found.verdict else (),
        mine={one.id for one in asked_of(found.questions, person.id)},
        signed=SIGNED,
        problem=problem,
        jira_link=site.jira_link(found.issue_key) if found.issue_key else None,
        temporal_link=site.temporal_link(found.workflow_id),
    )


def _review_page(
    site: Site,
    visit: Visit,
    person: Person,
    found: ReviewStatus,
    problem: Problem | None = None,
) -> HTMLResponse:
    return site.page(
        visit,
        "review.html",
        status=status_of(problem) if problem else 200,
        found=found,
        number=number,
        value_now=value_now,
        value_before=value_before,
        mine={one.id for one in asked_of(found.questions, person.id)},
        signed=SIGNED,
        problem=problem,
        jira_link=site.jira_link(found.issue_key) if found.issue_key else None,
        temporal_link=site.temporal_link(found.workflow_id),
    )


def _theme_page(
    site: Site,
    visit: Visit,
    person: Person,
    found: ThemeStatus,
    problem: Problem | None = None,
) -> HTMLResponse:
    return site.page(
        visit,
        "theme.html",
        status=status_of(problem) if problem else 200,
        found=found,
        name=title(found.name, found.theme_id, found.figures),
        hits=hits,
        worth=worth,
        mine={one.id for one in asked_of(found.questions, person.id)},
        signed=SIGNED,
        problem=problem,
        jira_link=site.jira_link(found.issue_key) if found.issue_key else None,
        temporal_link=site.temporal_link(found.theme_id),
    )
