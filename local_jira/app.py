"""The ASGI application: receives requests, lets faults strike, sends answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette

from local_jira.calls import Answer, Call
from local_jira.dispatch import note, perform, problem_answer
from local_jira.failures import ProblemError
from local_jira.faults import HEADER, FaultRule, FaultUnreadableError, rule_in_header
from local_jira.limits import refusal_headers
from local_jira.pages.app import page
from local_jira.settings import LocalJiraSettings
from local_jira.site import Site

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# The server puts the connection under this name into the scope; see `local_jira.server`.
TRANSPORT = "local_jira.transport"
API_PREFIXES = ("/rest/", "/__local__/")


class BodyTooLargeError(Exception):
    """A request body beyond the limit."""


class Front:
    """Answers every request under the context path."""

    def __init__(self, site: Site, pool: ThreadPoolExecutor) -> None:
        """Handlers run in the pool, since SQLite blocks."""
        self.site = site
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["type"] != "http":
            return
        call = self._call(scope, b"")
        try:
            call.body = await self._body(receive)
        except BodyTooLargeError:
            problem = ProblemError(413, "Content Too Large", "The request body is too large.")
            await self._send(send, problem_answer(call, problem))
            return
        if not self._is_inside(scope["path"]):
            problem = ProblemError(404, "Not Found", "This site lives under its context path.")
            await self._send(send, problem_answer(call, problem))
        elif call.path.startswith(API_PREFIXES):
            await self._api(scope, call, send)
        else:
            await self._send(send, await self._run(page, call))

    def _is_inside(self, path: str) -> bool:
        context = self.site.settings.context_path
        return not context or path == context or path.startswith(context + "/")

    def _call(self, scope: Scope, body: bytes) -> Call:
        raw = scope.get("raw_path") or scope["path"].encode()
        path = raw.split(b"?")[0].decode("ascii", "replace")
        context = self.site.settings.context_path
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        query = parse_qs(
            scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True
        )
        return Call(self.site, scope["method"], path.removeprefix(context), query, headers, body)

    async def _body(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            parts.append(message.get("body", b""))
            length += len(parts[-1])
            if length > self.site.settings.max_body_bytes:
                raise BodyTooLargeError
            if not message.get("more_body"):
                break
        return b"".join(parts)

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)

    async def _api(self, scope: Scope, call: Call, send: Send) -> None:
        local = call.path.startswith("/__local__/")
        try:
            rule = None if local else self._rule_for(call)
        except FaultUnreadableError as error:
            await self._send(send, Answer(400, {"errorMessages": [str(error)], "errors": {}}))
            return
        if rule is None:
            answer = await self._run(self._perform_and_note, call)
            await self._send(send, answer)
        else:
            await self._strike(scope, call, send, rule)

    def _rule_for(self, call: Call) -> FaultRule | None:
        """The fault that the request itself asks for, or else the next one that matches."""
        wanted = call.headers.get(HEADER)
        return rule_in_header(wanted) if wanted else self.site.faults.take(call.method, call.path)

    @staticmethod
    def _perform_and_note(
        call: Call, fault: str | None = None, sent: Answer | None = None
    ) -> Answer:
        answer = sent or perform(call)
        note(call, answer.status, fault)
        return answer

    async def _strike(self, scope: Scope, call: Call, send: Send, rule: FaultRule) -> None:
        """Let one fault happen; the journal says whether the work was committed."""
        if rule.action in ("slow", "expire_credential", "stale_search"):
            await self._prepare(call, rule)
            await self._send(send, await self._run(self._perform_and_note, call, rule.action))
            return
        if rule.action in ("status", "conflict", "retry_after"):
            await asyncio.sleep(rule.delay_seconds)
            answer = fault_answer(rule, self.site.clock())
            await self._send(
                send, await self._run(self._perform_and_note, call, rule.action, answer)
            )
            return
        if rule.action == "reset_before":
            await asyncio.sleep(rule.delay_seconds)
            await self._run(note, call, None, rule.action)
            drop_connection(scope)
            return
        answer = await self._run(perform, call)
        await asyncio.sleep(rule.delay_seconds)
        if rule.action == "error_after_commit":
            answer = fault_answer(rule, self.site.clock())
            await self._run(note, call, answer.status, rule.action)
            await self._send(send, answer)
            return
        await self._run(note, call, None, rule.action)
        if rule.action == "truncate":
            await self._send(send, answer, cut=True)
        drop_connection(scope)

    @staticmethod
    async def _prepare(call: Call, rule: FaultRule) -> None:
        """Change what a call finds, so that the work itself goes wrong."""
        if rule.action == "slow":
            await asyncio.sleep(rule.delay_seconds)
        elif rule.action == "stale_search":
            call.stale_milliseconds = round((rule.delay_seconds or 60) * 1000)
        else:
            call.headers.pop("authorization", None)

    @staticmethod
    async def _send(send: Send, answer: Answer, cut: bool = False) -> None:
        body = answer.encoded()
        headers = [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in answer.headers.items()
        ]
        if body or answer.status not in (204, 304):
            headers.append((b"content-type", answer.content_type.encode()))
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        sent = body[: len(body) // 2] if cut else body
        await send({"type": "http.response.body", "body": sent, "more_body": cut})


def fault_answer(rule: FaultRule, now: int) -> Answer:
    """The answer that a fault gives instead of the real one."""
    usual = {"retry_after": 429, "conflict": 409}
    status = rule.status or usual.get(rule.action, 503)
    body = rule.body or {"errorMessages": [f"Injected answer {status}."], "errors": {}}
    headers: dict[str, str] = {}
    if status == 429:
        headers |= refusal_headers(rule.reason or "jira-burst-based", 100, 1000, now, "absent")
    if rule.retry_after is not None:
        headers["Retry-After"] = str(rule.retry_after)
    return Answer(status, body, headers | rule.headers)


def drop_connection(scope: Scope) -> None:
    """Close the connection at once; raises ConnectionResetError where there is none to close."""
    transport = scope.get(TRANSPORT)
    if transport is None:
        raise ConnectionResetError("the connection was dropped on purpose")
    transport.abort()


def create_app(settings: LocalJiraSettings, site: Site | None = None) -> Starlette:
    """The application of one site; webhooks are sent while its lifespan runs."""
    running = site or Site(settings)
    pool = ThreadPoolExecutor(settings.max_threads, thread_name_prefix="local-jira")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running.deliverer.start()
        yield
        pool.shutdown(wait=True)
        running.close()

    app = Starlette(lifespan=lifespan)
    # Not a mounted route, since those do not match a path with a line break in it.
    app.router.default = Front(running, pool)
    app.state.site = running
    return app
