"""Turns whatever a call to Jira raises into one failure of `models.failures`.

A failure carries its type, the method, the endpoint's template and the status. The answer's body
never travels, since it may repeat the customer's words, and neither does `str(JIRAError)`, which
prints headers, cookies and the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from json import JSONDecodeError
from urllib.parse import unquote, urlsplit

from jira.exceptions import JIRAError
from requests import PreparedRequest, Response
from requests.exceptions import RequestException
from temporalio.exceptions import ApplicationError

from jira_gateway.retry_after import retry_delay
from models.failures import (
    ISSUE_ARCHIVED,
    ISSUE_GONE,
    JIRA_AUTHENTICATION,
    JIRA_CONFLICT,
    JIRA_PERMISSION,
    JIRA_RATE_LIMITED,
    JIRA_REFUSED,
    JIRA_UNAVAILABLE,
    Failure,
)

_REST = re.compile(r"^.*?/rest/[a-z-]+/[0-9a-z.]+/")
_IDENTIFIER = re.compile(r"^(\d+|[A-Za-z][A-Za-z0-9_]*-\d+)$")
_FIELD_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_.\- ]{0,63}$")
_MOST_FIELDS = 20
_BY_STATUS: dict[int, Failure] = {
    401: JIRA_AUTHENTICATION,
    403: JIRA_PERMISSION,
    408: JIRA_UNAVAILABLE,
    409: JIRA_CONFLICT,
    425: JIRA_UNAVAILABLE,
    429: JIRA_RATE_LIMITED,
}


@dataclass(frozen=True)
class Refusal:
    """What may be said of a failed call without saying anything of the customer's."""

    failure: Failure
    method: str
    endpoint: str
    status: int | None
    fields: tuple[str, ...] = ()

    def sentence(self) -> str:
        """One line for the log and the Temporal UI."""
        answer = "did not answer" if self.status is None else f"answered {self.status}"
        named = f", refusing {', '.join(self.fields)}" if self.fields else ""
        return f"{self.method} {self.endpoint} {answer}{named}. {self.failure.remedy}"


@contextmanager
def jira_failures(method: str = "The call", path: str = "to Jira") -> Iterator[None]:
    """Every call to Jira happens inside this block.

    `method` and `path` (below the REST root) name the call where the error itself does not. Raises `ApplicationError` with a type of `models.failures`; its cause is cut off, because the
    cause would carry the body into Temporal's history.
    """
    try:
        yield
    except (JIRAError, RequestException, JSONDecodeError) as error:
        raise translate(error, method=method, path=path) from None


def translate(
    error: Exception,
    now: datetime | None = None,
    *,
    method: str = "The call",
    path: str = "to Jira",
) -> ApplicationError:
    """The typed failure for what a call raised. `now` matters only for a `Retry-After` date."""
    refusal = refusal_of(error, method, path)
    response = _response_of(error)
    delay = None
    if refusal.failure.retryable and response is not None:
        delay = retry_delay(response.headers, now or datetime.now(UTC))
    return ApplicationError(
        refusal.sentence(),
        {
            "method": refusal.method,
            "endpoint": refusal.endpoint,
            "status": refusal.status,
            "fields": list(refusal.fields),
        },
        type=refusal.failure.type,
        non_retryable=not refusal.failure.retryable,
        next_retry_delay=delay,
    )


def archived() -> ApplicationError:
    """Jira shows the issue and takes nothing for it until somebody restores it."""
    return ApplicationError(
        ISSUE_ARCHIVED.remedy,
        {"method": "GET", "endpoint": "issue/{id}", "status": 200, "fields": []},
        type=ISSUE_ARCHIVED.type,
        non_retryable=True,
    )


def stranger() -> ApplicationError:
    """Jira answered, and to nobody in particular: our credential is worth nothing any more."""
    return ApplicationError(
        f"Jira takes us for a stranger, to whom a search finds nothing. {JIRA_AUTHENTICATION.remedy}",
        {"method": "GET", "endpoint": "myself", "status": 200, "fields": []},
        type=JIRA_AUTHENTICATION.type,
        non_retryable=True,
    )


def refusal_of(error: Exception, method: str, path: str) -> Refusal:
    """Which failure this is, and where it happened."""
    response = _response_of(error)
    request = getattr(error, "request", None) if response is None else response.request
    endpoint = _without_identifiers(path)
    if isinstance(request, PreparedRequest):
        method = request.method or method
        endpoint = endpoint_template(request.url or "")
    if response is None or response.ok:
        # An answer that says 200 and cannot be read broke off on its way.
        return Refusal(JIRA_UNAVAILABLE, method, endpoint, None)
    failure = _failure_for(response, endpoint)
    fields = refused_fields(response) if failure is JIRA_REFUSED else ()
    return Refusal(failure, method, endpoint, response.status_code, fields)


def refused_fields(response: Response) -> tuple[str, ...]:
    """The names of the fields that Jira refused, never what it says about them."""
    try:
        errors = response.json().get("errors")
    except (ValueError, AttributeError):
        return ()
    if not isinstance(errors, dict):
        return ()
    names = sorted(str(name) for name in errors)
    return tuple(name for name in names if _FIELD_NAME.match(name))[:_MOST_FIELDS]


def endpoint_template(url: str) -> str:
    """The path below the REST root with ids and keys taken out: `issue/{id}/transitions`."""
    path = unquote(urlsplit(url).path)
    return _without_identifiers(_REST.sub("", path).strip("/"))


def _without_identifiers(path: str) -> str:
    return "/".join("{id}" if _IDENTIFIER.match(part) else part for part in path.split("/"))


def _failure_for(response: Response, endpoint: str) -> Failure:
    status = response.status_code
    if status == 403 and _locked_out(response):
        return JIRA_AUTHENTICATION
    if status == 404 and endpoint.startswith("issue/{id}"):
        return ISSUE_GONE
    if status >= 500:
        return JIRA_UNAVAILABLE
    return _BY_STATUS.get(status, JIRA_REFUSED)


def _locked_out(response: Response) -> bool:
    """After several wrong passwords Jira wants a person to solve a CAPTCHA, and says so by 403."""
    reason = response.headers.get("X-Authentication-Denied-Reason", "")
    login = response.headers.get("X-Seraph-LoginReason", "")
    return "CAPTCHA" in reason or "AUTHENTICATION_DENIED" in login


def _response_of(error: Exception) -> Response | None:
    response = getattr(error, "response", None)
    return response if isinstance(response, Response) else None
