"""One request as the handlers see it, and one answer as they give it."""

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local_jira.failures import BadRequestError, ProblemError, UnauthenticatedError, invalid_payload
from local_jira.store.accounts import Account

if TYPE_CHECKING:
    from local_jira.site import Site

Json = dict[str, Any]
JSON_TYPE = "application/json;charset=UTF-8"
PROBLEM_TYPE = "application/problem+json;charset=UTF-8"
# The server listens on this machine only; None is a request that names no host.
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1", None})
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _loads(body: bytes) -> Any:
    """Strict JSON: numbers that nothing can store and half characters are refused."""
    text = body.decode(json.detect_encoding(body))
    document = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    if "\\ud" in text.lower():
        json.dumps(document, ensure_ascii=False).encode()
    return document


@dataclass
class Answer:
    """Status, body and headers of one answer; a body of None sends no content."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def encoded(self) -> bytes:
        """The body as bytes."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class Call:
    """One request: where it goes, who asks, and what it carries.

    `api` is "2" or "3" and decides whether texts are wiki strings or ADF documents.
    `journal_id` and `committed` are filled by the write that this call makes.
    `answer_headers` go with the answer, whatever it is. A search leaves out what changed in the
    last `stale_milliseconds`.
    """

    site: "Site"
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    api: str = "2"
    endpoint: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    account: Account | None = None
    journal_id: int | None = None
    committed: bool = False
    answer_headers: dict[str, str] = field(default_factory=dict)
    stale_milliseconds: int = 0

    @property
    def has_bearer_token(self) -> bool:
        """Whether the caller signed in with a bearer token, as apps do."""
        return self.headers.get("authorization", "").lower().startswith("bearer ")

    @property
    def actor(self) -> Account:
        """The account that asks; raises UnauthenticatedError for an anonymous call."""
        if self.account is None:
            raise UnauthenticatedError
        return self.account

    @property
    def is_misdirected(self) -> bool:
        """Whether this was sent under another site's name, as a page does that had its own name
        lead to this machine in order to read what is here.
        """
        try:
            name = urlsplit(f"//{self.headers.get('host', '')}").hostname
        except ValueError:
            return True
        return name not in _OWN_NAMES

    @property
    def is_foreign(self) -> bool:
        """Whether a browser sent this from another site's page, or under another site's name."""
        fetched = self.headers.get("sec-fetch-site")
        if self.is_misdirected or (fetched is not None and fetched not in ("same-origin", "none")):
            return True
        origin = self.headers.get("origin")
        return origin is not None and origin.partition("://")[2] != self.headers.get("host")

    def first(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, repeated or separated by commas."""
        parts = [part.strip() for value in self.query.get(name, []) for part in value.split(",")]
        return [part for part in parts if part]

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean query parameter."""
        value = self.first(name)
        return default if value is None else value.lower() == "true"

    def number(self, name: str, default: int) -> int:
        """A whole number from the query; raises BadRequestError when it is none."""
        value = self.first(name)
        if value is None:
            return default
        if not _NUMBER.fullmatch(value):
            raise BadRequestError(f"The value of the parameter '{name}' must be a number.")
        return int(value)

    def json(self) -> Any:
        """The JSON body; raises BadRequestError or ProblemError in Jira's words when there is none."""
        content_type = self.headers.get("content-type", "application/json").split(";")[0].strip()
        if content_type != "application/json":
            raise ProblemError(
                415, "Unsupported Media Type", f"Content-Type '{content_type}' is not supported."
            )
        try:
            return _loads(self.body)
        except (ValueError, RecursionError):
            raise BadRequestError(
                "There was an error parsing JSON. Check that your request body is valid."
            ) from None

    def json_object(self) -> Json:
        """The JSON body, which must be an object."""
        document = self.json()
        if not isinstance(document, dict):
            raise invalid_payload()
        return document
