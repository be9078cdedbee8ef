"""The desk as one web application: the webhook, the pages, the health answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware
from temporalio.client import Client
from temporalio.service import RPCError

from activities.sheet_news import sheet_of
from activities.start_item import Started, start_item, tell_running_item, wake
from desk.deliveries import LedgerDeliveries
from desk.failures import add_failure_pages
from desk.finding import ItemReference, KnownKeys, find_item, jira_clients
from desk.guard import add_guards
from desk.open_id import COOKIE, COOKIE_LASTS_SECONDS, OpenIdProvider
from desk.own_account import OwnAccount
from desk.people import People
from desk.routes_codec import mount_codec
from desk.routes_customer import customer_routes
from desk.routes_find import find_routes
from desk.routes_inbox import inbox_routes
from desk.routes_item import item_routes
from desk.routes_ledger import ledger_routes
from desk.routes_link import link_routes
from desk.routes_live import live_routes
from desk.routes_migrate import migrate_routes
from desk.routes_numbers import numbers_routes
from desk.routes_operations import operations_routes
from desk.routes_policies import policies_routes
from desk.routes_request import request_routes
from desk.routes_sheets import sheets_routes
from desk.routes_sign_in import sign_in_routes
from desk.routes_similar import similar_routes
from desk.routes_themes import themes_routes
from desk.sessions import Sessions, session_secret
from desk.site import HERE, Site
from desk.temporal_link import TemporalLink
from desk.webhook import WebhookIntake, webhook_routes
from desk.webhook_payload import COMMENT_EVENTS, Hint, was_created
from desk.words_of_items import WordsOfItems
from ledger.failures import LedgerFailure
from runtime.connection import connect
from runtime.problems import Unreachable
from runtime.settings import Settings
from runtime.signing import load_or_create_signing_key

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 3.0
ROUTES = (
    inbox_routes,
    find_routes,
    live_routes,
    migrate_routes,  # a page of its own, so it comes before the acts of the item's
    item_routes,
    customer_routes,
    similar_routes,
    link_routes,
    request_routes,
    sheets_routes,
    themes_routes,
    numbers_routes,
    policies_routes,
    ledger_routes,
    operations_routes,
    sign_in_routes,
)


def create_app(settings: Settings) -> FastAPI:
    """The desk for these settings. It comes up also while Temporal or Jira do not answer.

    Raises `WrongSettings` for a signing key or payload keys that cannot be used, and `PolicyError`
    for policies that do not load, since nobody could sign in.
    """
    site = make_site(settings)
    intake = make_intake(settings, site.temporal)
    app = FastAPI(
        title="Followthrough desk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life
    )
    add_guards(app, settings)
    if site.provider is not None:
        _keep_what_was_begun(app, settings)
    add_failure_pages(app, site)
    app.include_router(webhook_routes(intake))
    for routes in ROUTES:
        app.include_router(routes(site))
    mount_codec(app, site)
    app.state.site = site
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    _add_health(app, site, intake)
    return app


def _keep_what_was_begun(app: FastAPI, settings: Settings) -> None:
    """A cookie for a sign-in that is under way at the provider."""
    app.add_middleware(
        SessionMiddleware,
        secret_key=session_secret(settings.data_dir),
        session_cookie=COOKIE,
        max_age=COOKIE_LASTS_SECONDS,
        path="/sign-in",
        https_only=settings.desk_url.startswith("https:"),
    )


@asynccontextmanager
async def _life(_app: FastAPI) -> AsyncIterator[None]:
    log.info("desk_ready")
    yield
    log.info("desk_stopped")


def make_site(settings: Settings) -> Site:
    """The parts that pages need."""
    people = People(settings.policies)
    people.directory()
    clients = jira_clients(settings.jira)
    ledger = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    known = KnownKeys()

    def find(key: str) -> ItemReference:
        return known.find(key, lambda: find_item(clients, ledger.remembered_item, key))

    async def connected() -> Client:
        return await connect(settings, patience_seconds=PATIENCE_SECONDS)

    return Site(
        settings=settings,
        people=people,
        temporal=TemporalLink(connected),
        sessions=Sessions(
            session_secret(settings.data_dir), secure=settings.desk_url.startswith("https:")
        ),
        signing_key=load_or_create_signing_key(settings.signing_key_file),
        find=find,
        note=known.note,
        ledger=ledger,
        words=WordsOfItems(clients),
        provider=OpenIdProvider(settings) if settings.oidc_issuer else None,
    )


def make_intake(settings: Settings, temporal: TemporalLink) -> WebhookIntake:
    """The parts that the webhook needs."""
    deliveries = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)

    async def start(client: Client, hint: Hint, delivery: str) -> bool:
        try:
            sheet = await asyncio.to_thread(sheet_of, deliveries, hint.issue_id or "", hint.labels)
        except LedgerFailure as failure:
            log.warning("sheets_unreadable", problem=failure.what)
            if hint.event in COMMENT_EVENTS:
                # Nobody can say whose issue it is, and no item begins with a comment.
                return await tell_running_item(client, hint.issue_id or "", delivery, hint.event)
            sheet = None
        if sheet is not None:
            return await wake(client, sheet, delivery, hint.event)
        started = await start_item(
            client,
            settings.task_queue,
            hint.issue_id or "",
            hint.issue_key or "",
            delivery,
            hint.event,
            created=was_created(hint),
        )
        return started is not Started.ENDED

    return WebhookIntake(
        secret=settings.jira.webhook_secret,
        project=settings.jira.project,
        temporal=temporal,
        start_item=start,
        deliveries=deliveries,
        own_account=OwnAccount(jira_clients(settings.jira)),
    )


def _add_health(app: FastAPI, site: Site, intake: WebhookIntake) -> None:
    @app.get("/health")
    async def health() -> JSONResponse:
        temporal = await _temporal_answers(site.temporal)
        body = {
            "status": "ok" if temporal else "degraded",
            "temporal": temporal,
            "webhook_configured": intake.secret is not None,
            "webhook_answers": dict(sorted(intake.counts.items())),
            "clock_scale": site.settings.clock_scale,
            "allow_unproven_decisions": site.settings.allow_unproven_decisions,
        }
        return JSONResponse(body, status_code=200 if temporal else 503)


async def _temporal_answers(link: TemporalLink) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            client = await link.client()
            return await client.service_client.check_health(
                timeout=timedelta(seconds=PATIENCE_SECONDS)
            )
    except (RPCError, Unreachable, TimeoutError):
        return False
