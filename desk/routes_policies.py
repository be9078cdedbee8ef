"""`/policies`: the files in force in words, and how often each approval rule applied."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.ledger_access import ledger_problems, opened
from desk.people import wrong_policies
from desk.policy_view import approval_cards, ladder_words, promises
from desk.site import Site
from models.events import Event, EventKind
from policies.loader import load
from policies.problems import PolicyError
from runtime.problems import Problem
from runtime.settings import Settings

if TYPE_CHECKING:
    from policies.policy_set import PolicySet

LOOKED_BACK = timedelta(days=90)


def policies_routes(site: Site) -> APIRouter:
    """The page of the policies."""
    router = APIRouter()

    @router.get("/policies")
    async def policies(request: Request) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        loaded, ended = await asyncio.gather(
            asyncio.to_thread(_loaded, site.settings),
            asyncio.to_thread(_ended, site.settings, site.now()),
        )
        return site.page(
            visit,
            "policies.html",
            version=loaded.version,
            approvals=approval_cards(loaded.approval, ended),
            promises=promises(loaded.sla.targets),
            ladders=[(ladder, ladder_words(ladder)) for ladder in loaded.escalation.ladders],
            days=LOOKED_BACK.days,
        )

    return router


def _loaded(settings: Settings) -> PolicySet:
    try:
        return load(settings.policies)
    except PolicyError as error:
        raise wrong_policies(settings.policies, error) from error


def _ended(settings: Settings, now: datetime) -> tuple[Event, ...]:
    """The ends of requests; none where there is no ledger yet."""
    try:
        with ledger_problems(), opened(settings) as book:
            found = book.events_between((EventKind.ACTION_ENDED,), now - LOOKED_BACK, now)
    except Problem:
        return ()
    return tuple(row.event for row in found)
