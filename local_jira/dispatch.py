"""Carries out one call: who asks, which handler, what is answered when it cannot be done."""

import re
import secrets
import traceback
from dataclasses import dataclass
from urllib.parse import quote

import structlog

from local_jira.auth import UnreadableTokenError, authenticate
from local_jira.calls import PROBLEM_TYPE, Answer, Call
from local_jira.changes.work import journal_entry
from local_jira.failures import (
    ForbiddenError,
    ProblemError,
    RateLimitedError,
    RefusalError,
    UnauthenticatedError,
)
from local_jira.limits import Asked, points_of
from local_jira.routes import (
    ADMIN_WEBHOOKS,
    DATACENTER,
    LOCAL,
    PLATFORM,
    SERVICE_DESK,
    SESSION,
)
from local_jira.routing import Match, RouteTable
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.store.journal import finish_request, record_request

log = structlog.get_logger("local_jira")

_PLATFORM_PATH = re.compile(r"^/rest/api/(2|3|latest)/(.+)$")
_DESK_PREFIX = "/rest/servicedeskapi/"


@dataclass(frozen=True)
class Target:
    """Where a path leads: the route table, the rest of the path, and the API's version."""

    table: RouteTable
    rest: str
    api: str
    prefix: str


def target_of(path: str, on_datacenter: bool = False) -> Target | None:
    """The API that a path belongs to; None for pages and unknown paths.

    Data Center has version 2 only, which is its latest.
    """
    match = _PLATFORM_PATH.match(path)
    if match and on_datacenter:
        if match.group(1) == "3":
            return None
        return Target(DATACENTER, match.group(2), "2", f"/rest/api/{match.group(1)}/")
    if match:
        api = "2" if match.group(1) == "2" else "3"
        return Target(PLATFORM, match.group(2), api, f"/rest/api/{match.group(1)}/")
    for prefix, table in (
        ("/rest/webhooks/1.0/", ADMIN_WEBHOOKS),
        ("/rest/auth/1/", SESSION),
        (_DESK_PREFIX, SERVICE_DESK),
        ("/__local__/", LOCAL),
    ):
        if path.startswith(prefix):
            return Target(table, path[len(prefix) :], "2", prefix)
    return None


def _find(call: Call, target: Target) -> Match:
    match = target.table.find(call.method, target.rest)
    if match:
        return match
    if target.table.methods(target.rest):
        raise ProblemError(405, "Method Not Allowed", f"Method '{call.method}' is not supported.")
    raise ProblemError(404, "Not Found", f"No endpoint {call.method} {call.path}.")


def _perform(call: Call) -> Answer:
    target = target_of(call.path, call.site.settings.is_datacenter)
    if target is None:
        raise ProblemError(404, "Not Found", f"No endpoint {call.method} {call.path}.")
    call.api = target.api
    match = _find(call, target)
    call.endpoint = target.prefix + match.route.template
    call.parameters = match.parameters
    header = call.headers.get("authorization")
    if target.table is LOCAL:
        # These operations ask for no account, so a page elsewhere must not reach them.
        if call.is_foreign:
            raise ProblemError(403, "Forbidden", "This was sent from another site.")
    else:
        on_datacenter = call.site.settings.is_datacenter
        call.account = authenticate(call.site.database.reader(), header, on_datacenter)
        if on_datacenter and header and call.account is None:
            # Data Center refuses a wrong password everywhere, also where nobody need sign in.
            call.answer_headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
            raise UnauthenticatedError
        if call.account is None and not match.route.anonymous:
            raise UnauthenticatedError
        _hold_to_limits(call)
        _refuse_archived(call)
    answer = match.route.handler(call)
    _charge(call, target, answer)
    return answer


def _caller(call: Call) -> str:
    return call.account.account_id if call.account else ""


def _costs_points(call: Call) -> bool:
    is_app = call.account is not None and call.account.account_type == "app"
    everybody = call.site.limits.limits.points_of == "everybody"
    return everybody or (is_app and call.has_bearer_token)


def _written_issue(call: Call) -> IssueRecord | None:
    """The issue that a call would write, as its path names it."""
    name = call.parameters.get("issueIdOrKey")
    if call.method == "GET" or not name:
        return None
    return find_issue(call.site.database.reader(), name)


def _refuse_archived(call: Call) -> None:
    """Nothing that belongs to an archived issue can be written until it is restored."""
    issue = _written_issue(call)
    if issue is not None and issue.fields.get("archiveddate") is not None:
        raise ForbiddenError("The issue is archived. Restore it to change it.")


def _hold_to_limits(call: Call) -> None:
    """Raise RateLimitedError when the call is one too many; note the headers of its answer."""
    book = call.site.limits
    if not book.limits.enabled:
        return
    issue = _written_issue(call)
    asked = Asked(
        call.method, call.endpoint, _caller(call), issue.id if issue else None, _costs_points(call)
    )
    now = call.site.clock()
    on_datacenter = call.site.settings.is_datacenter
    verdict = book.admit_on_datacenter(asked, now) if on_datacenter else book.admit(asked, now)
    call.answer_headers |= verdict.headers
    if not verdict.allowed:
        raise RateLimitedError


def _charge(call: Call, target: Target, answer: Answer) -> None:
    """Count the points of a call that was carried out."""
    limited = call.site.limits.limits.enabled and not call.site.settings.is_datacenter
    if limited and target.table is not LOCAL and _costs_points(call):
        points = points_of(call.method, target.rest, answer.body)
        call.answer_headers |= call.site.limits.charge(points, call.site.clock())


def problem_answer(call: Call, problem: ProblemError) -> Answer:
    """A problem document."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": call.path,
    }
    if call.path.startswith(_DESK_PREFIX):
        # Clients of the service desk read its sentences in this member.
        body["errorMessage"] = problem.detail
    return Answer(problem.status, body, content_type=PROBLEM_TYPE)


def _unauthenticated(call: Call) -> Answer:
    realm = quote(call.site.settings.base_url, safe="")
    return Answer(
        401,
        "Client must be authenticated to access this resource.",
        {"WWW-Authenticate": f'OAuth realm="{realm}"'},
        "text/plain;charset=UTF-8",
    )


def perform(call: Call) -> Answer:
    """Carry out a call and turn every failure into the answer that Jira gives for it."""
    try:
        answer = _perform(call)
    except RefusalError as refusal:
        answer = Answer(refusal.status, refusal.body())
    except UnauthenticatedError:
        answer = _unauthenticated(call)
    except RateLimitedError:
        answer = Answer(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}})
    except UnreadableTokenError:
        answer = Answer(403, {"error": "Failed to parse Connect Session Auth Token"})
    except ProblemError as problem:
        answer = problem_answer(call, problem)
    except Exception as error:
        # The last line of defence: the caller gets Jira's plain 500. The log gets the place and
        # the kind, since the message and the values may hold a customer's words or a token.
        log.error(
            "unexpected failure",
            method=call.method,
            endpoint=call.endpoint,
            error=type(error).__name__,
            place="".join(traceback.format_tb(error.__traceback__)),
        )
        answer = Answer(500, {"errorMessages": ["Internal server error"], "errors": {}})
    answer.headers |= call.answer_headers
    answer.headers.setdefault("Cache-Control", "no-cache, no-store, no-transform")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("X-Arequestid", secrets.token_hex(16))
    return answer


def note(call: Call, status: int | None, fault: str | None) -> None:
    """Write the call into the journal, or finish the line that its commit wrote.

    Calls to /__local__ are left out: they are about the journal, not part of it.
    """
    if call.path.startswith("/__local__/"):
        return
    with call.site.database.transaction() as connection:
        if call.journal_id is None or not call.committed:
            entry = journal_entry(call, call.site.clock(), call.committed)
            call.journal_id = record_request(connection, entry)
        finish_request(connection, call.journal_id, status, fault)
