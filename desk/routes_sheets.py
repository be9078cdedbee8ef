"""`/rollouts` and `/reviews`: what is asked of whom, and replying. GET shows, POST replies."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.failures import status_of
from desk.sheet_replies import answered
from desk.sheets import (
    asked_of,
    find_review,
    find_rollout,
    list_reviews,
    list_rollouts,
)
from desk.site import Site, Visit
from models.people import Person
from models.review import ReviewStatus
from models.rollout import RolloutStatus
from models.sheet import SIGNED
from policies.reviews.digest_text import number, value_before, value_now
from policies.rollouts.words import figures
from runtime.problems import Problem


def sheets_routes(site: Site) -> APIRouter:
    """The lists, the pages and the replies."""
    router = APIRouter()

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
            site, visit, person, found.workflow_id, f"/rollouts/{found.version_id}", refused
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
            site, visit, person, found.workflow_id, f"/reviews/{found.held_at:%Y-%m-%d}", refused
        )

    return router


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
