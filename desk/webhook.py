"""`POST /webhooks/jira`: Jira says that something changed; Temporal must know before we say yes.

Answers, all JSON `{"outcome": …}`:

- 200 `accepted`, `duplicate`, `echo` (our own write), `ignored` (an event or project not ours),
  `ended` (the item was closed before; the sweep reopens it if the issue changed since);
- 400 `malformed`: signed, but not a webhook. Jira does not retry a 400 and shows it as failed in
  its delivery log, which is right: the same bytes would fail again. It is counted and logged;
- 401 `unsigned`: the signature is missing or wrong; 413 `too_large`;
- 503 `unavailable` with Retry-After: Temporal does not have it, so Jira must send it again
  (Jira retries 408, 409, 425, 429 and 5xx only);
- 503 `unconfigured`: JIRA_WEBHOOK_SECRET is not set here; nothing can be trusted until it is.

The payload is never logged and never passed on: the issue is read again from Jira.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.service import RPCError

from activities.start_item import tell_running_item
from desk.signature import signature_holds
from desk.temporal_link import TemporalLink
from desk.webhook_payload import Hint, Malformed, read_hint, was_created
from runtime.problems import Unreachable

log = structlog.get_logger(__name__)

DEFAULT_LARGEST_BODY = 1_000_000
TEMPORAL_SECONDS = 8.0
"""Jira waits 20 seconds for an answer; ours comes well inside that."""
RETRY_AFTER_SECONDS = 30

StartItem = Callable[[Client, Hint, str], Awaitable[bool]]
"""Start or wake the item of a hint; the last argument is the delivery's id. False when it ended."""


class DeliveryBook(Protocol):
    """Remembers which webhook deliveries Temporal already has."""

    def seen_delivery(self, identifier: str) -> bool:
        """Whether this delivery was remembered before."""

    def remember_delivery(self, identifier: str, issue_id: str | None) -> bool:
        """Keep the delivery's id; twice is as good as once."""


@dataclass
class WebhookIntake:
    """The parts of the endpoint, and how often each answer was given since the start."""

    secret: SecretStr | None
    project: str
    temporal: TemporalLink
    start_item: StartItem
    deliveries: DeliveryBook
    own_account: Callable[[], str | None]
    largest_body: int = DEFAULT_LARGEST_BODY
    counts: Counter[str] = field(default_factory=Counter)

    async def receive(self, request: Request) -> JSONResponse:
        """Judge one delivery."""
        if self.secret is None:
            return self._answer(503, "unconfigured")
        body = await read_bounded(request, self.largest_body)
        if body is None:
            return self._answer(413, "too_large")
        header = request.headers.get("X-Hub-Signature")
        if not signature_holds(self.secret.get_secret_value(), body, header):
            return self._answer(401, "unsigned")
        try:
            hint = read_hint(json.loads(body))
        except (ValueError, RecursionError):
            return self._answer(400, "malformed", problem="the body is not JSON")
        except Malformed as problem:
            return self._answer(400, "malformed", problem=str(problem))
        return await self._take_in(hint, request.headers.get("X-Atlassian-Webhook-Identifier"))

    async def _take_in(self, hint: Hint, delivery_id: str | None) -> JSONResponse:
        if not hint.known or hint.issue_id is None or hint.issue_key is None:
            return self._answer(200, "ignored", kind=hint.event)
        if await self._is_echo(hint):
            return self._answer(200, "echo", issue_key=hint.issue_key)
        delivery = (delivery_id or uuid.uuid4().hex)[:200]
        if delivery_id is not None and await self._was_seen(delivery):
            return self._answer(200, "duplicate", issue_key=hint.issue_key)
        try:
            async with asyncio.timeout(TEMPORAL_SECONDS):
                outcome = await self._tell_temporal(hint, delivery)
        except (RPCError, Unreachable, TimeoutError, OSError) as error:
            log.warning("webhook_not_stored", issue_key=hint.issue_key, error=type(error).__name__)
            return self._answer(503, "unavailable", retry_after=RETRY_AFTER_SECONDS)
        await self._remember(delivery, hint)
        return self._answer(200, outcome, issue_key=hint.issue_key)

    async def _is_echo(self, hint: Hint) -> bool:
        """Our own write coming back. An issue that our intake has just made is news all the same."""
        if hint.author is None or was_created(hint):
            return False
        return hint.author == await asyncio.to_thread(self.own_account)

    async def _tell_temporal(self, hint: Hint, delivery: str) -> str:
        client = await self.temporal.client()
        if hint.project == self.project:
            return "accepted" if await self.start_item(client, hint, delivery) else "ended"
        # An item whose issue was moved to another project is still ours; a stranger's is not.
        told = await tell_running_item(client, hint.issue_id or "", delivery, hint.event)
        return "accepted" if told else "ignored"

    async def _was_seen(self, delivery: str) -> bool:
        """A ledger that cannot be read costs a second look at the issue, never the delivery."""
        try:
            return await asyncio.to_thread(self.deliveries.seen_delivery, delivery)
        except Exception as error:  # any failure of any database behind the ledger
            log.warning("deliveries_unreadable", error=type(error).__name__)
            return False

    async def _remember(self, delivery: str, hint: Hint) -> None:
        try:
            await asyncio.to_thread(self.deliveries.remember_delivery, delivery, hint.issue_id)
        except Exception as error:  # Temporal has it; a repeated delivery is harmless
            log.warning("deliveries_unwritable", error=type(error).__name__)

    def _answer(
        self, status: int, outcome: str, *, retry_after: int | None = None, **details: str
    ) -> JSONResponse:
        self.counts[outcome] += 1
        if status >= 400:
            log.warning("webhook_refused", outcome=outcome, status=status, **details)
        else:
            log.info("webhook", outcome=outcome, **details)
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        return JSONResponse({"outcome": outcome, **details}, status_code=status, headers=headers)


async def read_bounded(request: Request, largest: int) -> bytes | None:
    """The raw body, or None as soon as it is known to be larger than `largest` bytes."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > largest:
        return None
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def webhook_routes(intake: WebhookIntake) -> APIRouter:
    """The route of the webhook."""
    router = APIRouter()

    @router.post("/webhooks/jira")
    async def receive(request: Request) -> JSONResponse:
        return await intake.receive(request)

    return router
