"""Sends what is in the outbox, with the real service's headers, retries and patience."""

import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import structlog

from local_jira.database import Database
from local_jira.faults import FaultBook
from local_jira.settings import LocalJiraSettings
from local_jira.store.webhooks import find_webhook
from local_jira.webhooks.addresses import host_of
from local_jira.webhooks.signing import signature

RETRIED_STATUSES = frozenset({408, 409, 425, 429})
MOST_RETRIES = 5
SHORTEST_DELAY_SECONDS = 5 * 60
LONGEST_DELAY_SECONDS = 15 * 60
CONCURRENCY = 20
"""Deliveries under way to one host."""
THREADS = 100
LOOKED_AT = 5000
HELD_BACK_SECONDS = 5.0
IDLE_SECONDS = 1.0

log = structlog.get_logger("local_jira.webhooks")


class Deliverer:
    """A thread that watches the outbox and a pool that sends.

    A delivery that was under way when the process died is sent again at the next start, with
    the same identifier: at least once, as receivers must expect.
    """

    def __init__(
        self,
        database: Database,
        settings: LocalJiraSettings,
        clock: Callable[[], int],
        faults: FaultBook,
    ) -> None:
        """Nothing is sent before `start`."""
        self._database = database
        self._settings = settings
        self._clock = clock
        # Data Center promises no second attempt.
        self._most_retries = 0 if settings.is_datacenter else MOST_RETRIES
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._faults = faults
        self._under_way: set[int] = set()
        self._busy: Counter[str] = Counter()
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="local-jira-webhooks", daemon=True)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="local-jira-webhook")
        timeout = httpx.Timeout(
            settings.webhook_timeout_seconds, connect=settings.webhook_connect_timeout_seconds
        )
        self._client = httpx.Client(
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=THREADS, max_keepalive_connections=CONCURRENCY),
        )

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
            "SELECT id, url, next_attempt FROM delivery WHERE state = 'pending' "
            "ORDER BY next_attempt, id LIMIT ?",
            (LOOKED_AT,),
        )
        pause = IDLE_SECONDS
        for row in rows.fetchall():
            if row["next_attempt"] > now:
                pause = min(pause, (row["next_attempt"] - now) / 1000)
                break
            host = host_of(row["url"])
            with self._lock:
                if row["id"] in self._under_way or self._busy[host] >= CONCURRENCY:
                    continue
                self._under_way.add(row["id"])
                self._busy[host] += 1
            self._pool.submit(self._deliver, row["id"], host)
        return max(pause, 0.005)

    def _deliver(self, delivery_id: int, host: str) -> None:
        try:
            # Looked at again, since it may have been sent between the look and now.
            row = (
                self._database.reader()
                .execute(
                    "SELECT * FROM delivery "
                    "WHERE id = ? AND state = 'pending' AND next_attempt <= ?",
                    (delivery_id, self._clock()),
                )
                .fetchone()
            )
            if row is not None:
                self._attempt(row)
        finally:
            with self._lock:
                self._under_way.discard(delivery_id)
                self._busy[host] -= 1
            self.wake()

    def _attempt(self, row: sqlite3.Row) -> None:
        """Send once, unless a fault has it otherwise."""
        fault = self._faults.take_for_webhook(row["event"])
        action = fault.action if fault else None
        if fault is not None and action == "webhook_reorder":
            self._hold_back(row, fault.delay_seconds or HELD_BACK_SECONDS)
            return
        if action == "webhook_drop":
            self._set(row, "lost", row["retries"], row["next_attempt"], None, "lost on purpose")
            return
        wrongly_signed = action == "webhook_bad_signature"
        status, error = self._send(row, wrongly_signed)
        if action == "webhook_duplicate":
            status, error = self._send(row, wrongly_signed)
        self._note(row, status, error)
        if status is not None:
            self._let_go()

    def _hold_back(self, row: sqlite3.Row, seconds: float) -> None:
        """Let others pass first: this one waits until another has arrived, or so long."""
        with self._lock:
            self._held.add(row["id"])
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE delivery SET next_attempt = ? WHERE id = ?",
                (self._clock() + round(seconds * 1000), row["id"]),
            )

    def _let_go(self) -> None:
        with self._lock:
            held, self._held = sorted(self._held), set()
        if held:
            with self._database.transaction() as connection:
                connection.executemany(
                    "UPDATE delivery SET next_attempt = ? WHERE id = ? AND state = 'pending'",
                    [(self._clock(), delivery_id) for delivery_id in held],
                )

    def _send(self, row: sqlite3.Row, wrongly_signed: bool) -> tuple[int | None, str | None]:
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
        secret = webhook.secret if webhook is not None else None
        if wrongly_signed:
            headers["X-Hub-Signature"] = signature(f"not {secret}", body)
        elif secret:
            headers["X-Hub-Signature"] = signature(secret, body)
        try:
            answer = self._client.post(row["url"], content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            # The last of them is a host's name that cannot be.
            return None, type(error).__name__
        return answer.status_code, None

    def _note(self, row: sqlite3.Row, status: int | None, error: str | None) -> None:
        retries = row["retries"]
        worth_retrying = status is None or status in RETRIED_STATUSES or status >= 500
        # For one that is given up this is the time of the last failure.
        next_attempt = self._clock()
        if status is not None and 200 <= status < 300:
            state = "delivered"
        elif worth_retrying and retries < self._most_retries:
            state, retries = "pending", retries + 1
            next_attempt += round(self._delay_seconds() * 1000)
        else:
            state = "failed"
            log.warning("webhook given up", event_name=row["event"], status=status, error=error)
        self._set(row, state, retries, next_attempt, status, error)

    def _set(
        self,
        row: sqlite3.Row,
        state: str,
        retries: int,
        next_attempt: int,
        status: int | None,
        error: str | None,
    ) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE delivery SET state = ?, retries = ?, attempts = attempts + 1, "
                "next_attempt = ?, last_status = ?, last_error = ? WHERE id = ?",
                (state, retries, next_attempt, status, error, row["id"]),
            )

    def _delay_seconds(self) -> float:
        real = random.uniform(SHORTEST_DELAY_SECONDS, LONGEST_DELAY_SECONDS)  # noqa: S311 - spreads retries, guards nothing
        return real * self._settings.webhook_retry_scale
