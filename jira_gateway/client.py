"""One `JIRA` client per thread, made when a thread first needs one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from jira import JIRA
from pydantic import SecretStr
from requests.exceptions import RequestException
from temporalio.exceptions import ApplicationError

from jira_gateway.calls import CallCounter, CountingAdapter
from jira_gateway.failures import jira_failures, stranger, translate
from jira_gateway.fields import account_id_of
from models.base import Frozen
from models.failures import ISSUE_GONE

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
        """Our own account, asked for once in a process unless `fresh` is wanted.

        Raises `JiraAuthentication` when Jira answers as to a stranger: a credential that lost its
        worth does not fail everywhere, a search then finds nothing.
        """
        known = self._myself
        if known is not None and not fresh:
            return known  # without the lock: nobody waits for a sweep's fresh look
        with self._lock:
            if self._myself is None or fresh:
                client = self.client()
                with self.counter.operation("connect"), jira_failures():
                    raw = client.myself()
                account = account_id_of(raw)
                if account is None:
                    raise stranger()
                self._myself = Myself(account_id=account, zone=raw.get("timeZone") or "UTC")
            return self._myself

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """GET below the REST root, as JSON.

        The package's own `issue()` writes an answer that it cannot read, customer's text and all,
        to the root logger, and it has no call for pages of the changelog.
        """
        answer = self._get(path, params)
        if not isinstance(answer, dict):
            raise _unreadable("GET", path)
        return answer

    def get_list(self, path: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """GET below the REST root, where the answer is a list of objects."""
        answer = self._get(path, params)
        if not isinstance(answer, list):
            raise _unreadable("GET", path)
        return [one for one in answer if isinstance(one, dict)]

    def server_info(self) -> dict[str, Any]:
        """What Jira said of itself when we connected: version, kind of deployment, address."""
        self.client()
        return dict(self._server_info)

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """PUT below the REST root.

        The package's `Issue.update` reads the issue again after each write and takes no issue
        properties; both would cost a call.
        """
        client = self.client()
        with self._gone_only_for_the_known(), jira_failures("PUT", path):
            client._session.put(client._get_url(path), data=json.dumps(dict(body)))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST below the REST root, as JSON. The package's `create_issue` takes no properties."""
        client = self.client()
        with self._gone_only_for_the_known(), jira_failures("POST", path):
            response = client._session.post(client._get_url(path), data=json.dumps(dict(body)))
            if not response.content:
                return {}
            answer = response.json()
            return answer if isinstance(answer, dict) else {}

    def _get(self, path: str, params: Mapping[str, Any] | None) -> Any:
        client = self.client()
        with self._gone_only_for_the_known(), jira_failures("GET", path):
            response = client._session.get(client._get_url(path), params=dict(params or {}))
            return response.json()

    @contextmanager
    def _gone_only_for_the_known(self) -> Iterator[None]:
        """Jira may tell strangers that an issue does not exist, so first ask who we are to it."""
        try:
            yield
        except ApplicationError as error:
            if error.type == ISSUE_GONE.type:
                self.myself(fresh=True)
            raise

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


def _unreadable(method: str, path: str) -> ApplicationError:
    """An answer of another shape than Jira's comes from something in between."""
    return translate(RequestException(), method=method, path=path)


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
