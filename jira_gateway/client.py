"""One `JIRA` client per thread, made when a thread first needs one."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, Literal

from jira import JIRA
from pydantic import SecretStr
from requests.exceptions import RequestException

from jira_gateway.calls import CallCounter, CountingAdapter
from jira_gateway.failures import jira_failures
from jira_gateway.fields import account_id_of
from models.base import Frozen

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
SOURCE_HEADER = {"X-Request-Source": "followthrough"}

JiraKind = Literal["cloud", "datacenter"]


class JiraCredentials(Frozen):
    """Who we are in Jira. Without a user the token is sent as a bearer token."""

    user: str = ""
    token: SecretStr | None = None


class Person(Frozen):
    """A user of Data Center: a key that stays and a name that may change."""

    key: str
    name: str


class Myself(Frozen):
    """Our own account: its id, and the IANA zone in which Jira reads dates in JQL."""

    account_id: str
    zone: str = "UTC"


class JiraClients:
    """Hands every thread its own client, since the package promises no thread safety.

    Nothing here retries: Temporal does, visibly and durably. Every method raises
    `ApplicationError` with a type of `models.failures`.
    """

    def __init__(self, url: str, credentials: JiraCredentials, kind: JiraKind = "cloud") -> None:
        self.url = url.rstrip("/")
        self.kind = kind
        self.counter = CallCounter()
        self._credentials = credentials
        self._local = threading.local()
        self._lock = threading.Lock()
        self._myself: Myself | None = None
        self._server_info: dict[str, Any] = {}
        self.people: dict[str, Person] = {}
        """Data Center's users that `jira_gateway.people` has looked up."""

    def client(self) -> JIRA:
        """This thread's client. The first one in a process asks Jira for its version, one call."""
        found: JIRA | None = getattr(self._local, "client", None)
        if found is None:
            with self.counter.operation("connect"), jira_failures():
                found = self._connect()
            self._local.client = found
        return found

    def myself(self, *, fresh: bool = False) -> Myself:
        """Our own account, asked for once in a process unless `fresh` is wanted."""
        known = self._myself
        if known is not None and not fresh:
            return known  # without the lock: nobody waits for a sweep's fresh look
        with self._lock:
            if self._myself is None or fresh:
                client = self.client()
                with self.counter.operation("connect"), jira_failures():
                    raw = client.myself()
                self._myself = Myself(
                    account_id=account_id_of(raw) or "", zone=raw.get("timeZone") or "UTC"
                )
            return self._myself

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """GET below the REST root, as JSON.

        The package's own `issue()` writes an answer that it cannot read, customer's text and all,
        to the root logger, and it has no call for pages of the changelog.
        """
        client = self.client()
        with jira_failures("GET", path):
            response = client._session.get(client._get_url(path), params=dict(params or {}))
            answer = response.json()
            if not isinstance(answer, dict):
                raise RequestException(request=response.request)
            return answer

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """PUT below the REST root.

        The package's `Issue.update` reads the issue again after each write and takes no issue
        properties; both would cost a call.
        """
        client = self.client()
        with jira_failures("PUT", path):
            client._session.put(client._get_url(path), data=json.dumps(dict(body)))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST below the REST root, as JSON. The package's `create_issue` takes no properties."""
        client = self.client()
        with jira_failures("POST", path):
            response = client._session.post(client._get_url(path), data=json.dumps(dict(body)))
            if not response.content:
                return {}
            answer = response.json()
            return answer if isinstance(answer, dict) else {}

    def _connect(self) -> JIRA:
        token = self._credentials.token
        secret = "" if token is None else token.get_secret_value()
        user = self._credentials.user
        client = _CountedJira(
            self.counter,
            self._server_info,
            server=self.url,
            basic_auth=(user, secret) if user else None,
            token_auth=secret if secret and not user else None,
            options={"headers": dict(SOURCE_HEADER)},
            max_retries=0,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            logging=False,  # its error lines repeat answers, and answers hold customers' words
        )
        if self.kind == "cloud":
            # Otherwise a site that hides its deployment type makes searches return nothing.
            client.deploymentType = "Cloud"
        return client


class _CountedJira(JIRA):
    """The package's client with our counting transport, and one look at the version for all."""

    def __init__(self, counter: CallCounter, known_info: dict[str, Any], **arguments: Any) -> None:
        self._counter = counter
        self._known_info = known_info
        super().__init__(**arguments)

    def server_info(self) -> dict[str, Any]:
        """Called by the constructor once the session stands, and by nobody else here."""
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CountingAdapter(self._counter))
        if not self._known_info:
            self._known_info.update(super().server_info())
        return dict(self._known_info)
