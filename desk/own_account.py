"""Our own Jira account, so that our own writes are not taken for news."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients

log = structlog.get_logger(__name__)
AGAIN_AFTER_SECONDS = 30.0


class OwnAccount:
    """Calling it answers the account id, or None while Jira does not tell. Blocking.

    Not knowing it costs only that an echo wakes its item, which then finds nothing new; so Jira is
    asked once, and after a failure at most every half minute.
    """

    def __init__(self, clients: JiraClients, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._clock = clock
        self._lock = threading.Lock()
        self._known: str | None = None
        self._again_at = 0.0

    def __call__(self) -> str | None:
        """The account id."""
        if self._known is not None or self._clock() < self._again_at:
            return self._known
        if not self._lock.acquire(blocking=False):
            return None  # another delivery is asking; this one must not wait for Jira
        try:
            self._known = self._clients.myself().account_id or None
        except ApplicationError as error:
            self._again_at = self._clock() + AGAIN_AFTER_SECONDS
            log.warning("own_account_unknown", failure=error.type)
        finally:
            self._lock.release()
        return self._known
