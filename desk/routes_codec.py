"""`POST /codec/decode` and `/codec/encode`: the Temporal UI asks the desk to make payloads readable.

Temporal's protocol for codec servers: `{"payloads": […]}` in protobuf's JSON, there and back. Only
somebody who is signed in to the desk is answered, and only pages of the Temporal UI may ask.

Refusals are plain text: the Temporal UI takes any JSON for payloads, but shows what is none as a
failure of its codec server, and the payloads as they are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from google.protobuf import json_format
from starlette.middleware.cors import CORSMiddleware
from temporalio.api.common.v1 import Payload, Payloads

from desk.site import SignInFirst, Site
from desk.webhook import read_bounded
from runtime.connection import payload_key_ring
from runtime.payload_codec import EncryptionCodec, PayloadUnreadable

LARGEST_BODY = 8_000_000
"""Bytes. A page of a history holds at most 4 MB, which base64 makes a third longer."""
PREFLIGHT_SECONDS = 600

Convert = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]

log = structlog.get_logger(__name__)


def mount_codec(app: FastAPI, site: Site) -> None:
    """Serve the Temporal UI, where payloads are encrypted and its address is known.

    Raises `WrongSettings` when the keys cannot be used.
    """
    ring, address = payload_key_ring(site.settings), site.settings.temporal_ui_url
    if ring is None or address is None:
        return
    origin = _origin_of(address)
    served = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    codec = EncryptionCodec(ring)
    for path, convert in (("/decode", codec.decode), ("/encode", codec.encode)):
        served.add_api_route(path, _answering(site, origin, convert), methods=["POST"])
    served.add_middleware(
        CORSMiddleware,
        allow_origins=[origin],
        allow_methods=["POST"],
        allow_headers=["Content-Type", "X-Namespace", "Authorization"],
        allow_credentials=True,
        max_age=PREFLIGHT_SECONDS,
    )
    app.mount("/codec", served)


def _answering(
    site: Site, origin: str, convert: Convert
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.headers.get("Origin") != origin:
            return PlainTextResponse("Only the Temporal UI may ask.", 403)
        try:
            _, person = await site.signed_in(request)
        except SignInFirst:
            return PlainTextResponse("Sign in to the desk in this browser first.", 401)
        body = await read_bounded(request, LARGEST_BODY)
        if body is None:
            return PlainTextResponse("These payloads are too large.", 413)
        try:
            given = await asyncio.to_thread(_payloads_in, body)
        except (ValueError, RecursionError, json_format.ParseError):
            return PlainTextResponse("These are no payloads.", 400)
        try:
            converted = Payloads(payloads=await convert(given))
        except PayloadUnreadable as problem:
            return PlainTextResponse(problem.sentence(), 422)
        log.info("payloads_converted", person=person.id, count=len(given))
        text = await asyncio.to_thread(json_format.MessageToJson, converted)
        return Response(text, media_type="application/json")

    return answer


def _payloads_in(body: bytes) -> Sequence[Payload]:
    """Raises `ValueError`, `RecursionError` or `ParseError` when there are none in it."""
    members = json.loads(body)
    if not isinstance(members, dict):
        raise ValueError("not an object")
    return json_format.ParseDict(members, Payloads()).payloads


def _origin_of(address: str) -> str:
    """Scheme, host and port, as a browser names where a page came from."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
