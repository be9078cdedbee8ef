"""Sends what is in the outbox, with the real service's headers, retries and patience."""

import random
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import structlog

from local_jira.database import Database
from local_jira.settings import LocalJiraSettings
from local_jira.store.webhooks import find_webhook
from local_jira.webhooks.signing import signature

RETRIED_STATUSES = frozenset({408, 409, 425, 429})
MOST_RETRIES = 5
SHORTEST_DELAY_SECONDS = 5 * 60
LONGEST_DELAY_SECONDS = 15 * 60
CONCURRENCY = 20
IDLE_SECONDS = 1.0

log = structlog.get_logger("local_jira.webhooks")


class Deliverer:
    """A thread that watches the outbox and a pool that sends.

    A delivery that was under way when the process died is sent again at the next start, with
    the same identifier: at least once, as receivers must expect.
    """

    def __init__(
        self, database: Database, settings: LocalJiraSettings, clock: Callable[[], int]
    ) -> None:
        """Nothing is sent before `start`."""
        self._database = database
        self._settings = settings
        self._clock = clock
        # Data Center promises no second attempt.
        self._most_retries = 0 if settings.is_datacenter else MOST_RETRIES
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._under_way: set[int] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="local-jira-webhooks", daemon=True)
        self._pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="local-jira-webhook")
        timeout = httpx.Timeout(
            settings.webhook_timeout_seconds, connect=settings.webhook_connect_timeout_seconds
        )
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def start(self) -> None:
        """Begin to send; what waited since the last run goes first."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the outbox now."""
        self._wake.set()

    def stop(self) -> None:
        """Send nothing new and wait for what is under way."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True)
        self._client.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self._send_due()
            self._wake.wait(pause)
            self._wake.clear()

    def _send_due(self) -> float:
        """Hand every due delivery to the pool; answers how many seconds to rest."""
        now = self._clock()
        rows = self._database.reader().execute(
            "SELECT * FROM delivery WHERE state = 'pending' ORDER BY next_attempt, id LIMIT 200"
        )
        pause = IDLE_SECONDS
        for row in rows.fetchall():
            if row["next_attempt"] > now:
                pause = min(pause, (row["next_attempt"] - now) / 1000)
                break
            with self._lock:
                if row["id"] in self._under_way:
                    continue
                self._under_way.add(row["id"])
            self._pool.submit(self._deliver, row)
        return max(pause, 0.005)

    def _deliver(self, row: sqlite3.Row) -> None:
        try:
            status, error = self._send(row)
            self._note(row, status, error)
        finally:
            with self._lock:
                self._under_way.discard(row["id"])
            self.wake()

    def _send(self, row: sqlite3.Row) -> tuple[int | None, str | None]:
        webhook = find_webhook(self._database.reader(), row["webhook_id"])
        body = bytes(row["body"])
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": row["identifier"],
        }
        if not self._settings.is_datacenter:
            headers["X-Atlassian-Webhook-Flow"] = row["flow"]
        if row["retries"]:
            headers["X-Atlassian-Webhook-Retry"] = str(row["retries"])
        if webhook is not None and webhook.secret:
            headers["X-Hub-Signature"] = signature(webhook.secret, body)
        try:
            answer = self._client.post(row["url"], content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, type(error).__name__
        return answer.status_code, None

    def _note(self, row: sqlite3.Row, status: int | None, error: str | None) -> None:
        retries = row["retries"]
        worth_retrying = status is None or status in RETRIED_STATUSES or status >= 500
        next_attempt = row["next_attempt"]
        if status is not None and 200 <= status < 300:
            state = "delivered"
        elif worth_retrying and retries < self._most_retries:
            state, retries = "pending", retries + 1
            next_attempt = self._clock() + round(self._delay_seconds() * 1000)
        else:
            state = "failed"
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE delivery SET state = ?, retries = ?, attempts = attempts + 1, "
                "next_attempt = ?, last_status = ?, last_error = ? WHERE id = ?",
                (state, retries, next_attempt, status, error, row["id"]),
            )
        if state == "failed":
            log.warning("webhook given up", event_name=row["event"], status=status, error=error)

    def _delay_seconds(self) -> float:
        real = random.uniform(SHORTEST_DELAY_SECONDS, LONGEST_DELAY_SECONDS)  # noqa: S311 - spreads retries, guards nothing
        return real * self._settings.webhook_retry_scale
