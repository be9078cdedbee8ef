"""Rate limits as the real service has them: bursts, writes to one issue, and points in an hour.

All of them are off until somebody switches them on, since a site for trying out should not refuse.
Times are milliseconds of the site's clock, so that a clock set ahead fills what was used up.
"""

import math
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from local_jira.clock import iso_time

NEAR = 0.2
SECOND, HOUR = 1000, 3_600_000
Reason = Literal[
    "jira-burst-based",
    "jira-per-issue-on-write",
    "jira-quota-global-based",
    "jira-quota-tenant-based",
]


class Limits(BaseModel):
    """What is allowed. Rates are requests in a second, for each endpoint and method.

    `points_of` says whose calls cost points: the real service counts apps with a bearer token and
    leaves out API tokens. `retry_after` "absent" leaves the header out, as it sometimes happens.
    The last three belong to Data Center, which gives every user `datacenter_requests` tokens and
    `datacenter_fill` new ones every `datacenter_interval_seconds`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    get: float = Field(default=100, gt=0)
    post: float = Field(default=100, gt=0)
    put: float = Field(default=50, gt=0)
    delete: float = Field(default=50, gt=0)
    get_issue: float = Field(default=150, gt=0)
    get_changelog: float = Field(default=200, gt=0)
    issue_writes_in_2_seconds: int = Field(default=20, gt=0)
    issue_writes_in_30_seconds: int = Field(default=100, gt=0)
    points_per_hour: int = Field(default=65_000, gt=0)
    points_of: Literal["apps", "everybody"] = "apps"
    points_reason: Literal["jira-quota-global-based", "jira-quota-tenant-based"] = (
        "jira-quota-global-based"
    )
    retry_after: Literal["seconds", "absent"] = "seconds"
    datacenter_requests: int = Field(default=100, gt=0)
    datacenter_fill: int = Field(default=10, gt=0)
    datacenter_interval_seconds: int = Field(default=1, gt=0)

    def rate(self, method: str, template: str) -> float:
        """Requests in a second that an endpoint takes."""
        if method == "GET" and template.endswith("/issue/{issueIdOrKey}"):
            return self.get_issue
        if method == "GET" and template.endswith("/issue/{issueIdOrKey}/changelog"):
            return self.get_changelog
        rates = {"POST": self.post, "PUT": self.put, "DELETE": self.delete}
        return rates.get(method, self.get)


@dataclass(frozen=True)
class Asked:
    """One call as the limits see it. `issue` is None unless the call writes to one issue."""

    method: str
    template: str
    caller: str
    issue: int | None = None
    costs_points: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a call may go on, and the headers that its answer carries either way."""

    allowed: bool
    headers: dict[str, str]


@dataclass
class _Bucket:
    """Tokens that come back with time, up to `size`."""

    size: float
    tokens: float
    at: int

    def fill(self, rate_per_millisecond: float, now: int) -> None:
        self.tokens = min(self.size, self.tokens + max(0, now - self.at) * rate_per_millisecond)
        self.at = now


@dataclass
class _Books:
    """What was used since the limits were last set."""

    bursts: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    users: dict[str, _Bucket] = field(default_factory=dict)
    writes: dict[int, deque[int]] = field(default_factory=dict)
    hour: int = 0
    points: int = 0


class LimitBook:
    """Keeps count; safe to use from several threads."""

    def __init__(self, limits: Limits) -> None:
        """Start with nothing used."""
        self._lock = threading.Lock()
        self._limits = limits
        self._books = _Books()

    @property
    def limits(self) -> Limits:
        """What is in force."""
        return self._limits

    def set(self, limits: Limits) -> None:
        """Put other limits in force and forget what was used."""
        with self._lock:
            self._limits = limits
            self._books = _Books()

    def admit(self, asked: Asked, now: int) -> Verdict:
        """Take one call into the books, or refuse it; a refused call uses nothing up."""
        if not self._limits.enabled:
            return Verdict(True, {})
        with self._lock:
            return (
                self._over_points(asked, now)
                or self._over_issue_writes(asked, now)
                or self._burst(asked, now)
            )

    def admit_on_datacenter(self, asked: Asked, now: int) -> Verdict:
        """The same for Data Center: one bucket for each user, and headers of its own."""
        if not self._limits.enabled:
            return Verdict(True, {})
        limits = self._limits
        interval = limits.datacenter_interval_seconds * SECOND
        with self._lock:
            size = float(limits.datacenter_requests)
            bucket = self._books.users.setdefault(asked.caller, _Bucket(size, size, now))
            batches = (now - bucket.at) // interval
            if batches > 0:
                bucket.tokens = min(size, bucket.tokens + batches * limits.datacenter_fill)
                bucket.at += batches * interval
            allowed = bucket.tokens >= 1
            bucket.tokens -= 1 if allowed else 0
            wait = 0 if bucket.tokens >= 1 else _seconds(bucket.at + interval - now)
        return Verdict(
            allowed,
            {
                "X-RateLimit-Limit": str(limits.datacenter_requests),
                "X-RateLimit-Remaining": str(int(bucket.tokens)),
                "X-RateLimit-FillRate": str(limits.datacenter_fill),
                "X-RateLimit-Interval-Seconds": str(limits.datacenter_interval_seconds),
                "Retry-After": str(wait),
            },
        )

    def charge(self, points: int, now: int) -> dict[str, str]:
        """Count the points of a finished call; answers the headers about what is left."""
        if not self._limits.enabled:
            return {}
        with self._lock:
            self._turn_hour(now)
            self._books.points += points
            left = max(0, self._limits.points_per_hour - self._books.points)
            headers = self._quota_headers(left, now)
            if left < self._limits.points_per_hour * NEAR:
                headers["X-RateLimit-NearLimit"] = "true"
            return headers

    def _turn_hour(self, now: int) -> None:
        if now // HOUR != self._books.hour:
            self._books.hour, self._books.points = now // HOUR, 0

    def _quota_headers(self, left: int, now: int) -> dict[str, str]:
        name = "global" if self._limits.points_reason == "jira-quota-global-based" else "tenant"
        until = _seconds((now // HOUR + 1) * HOUR - now)
        return {
            "Beta-RateLimit-Policy": f'"{name}-app-quota";q={self._limits.points_per_hour};w=3600',
            "Beta-RateLimit": f'"{name}-app-quota";r={left};t={until}',
        }

    def _over_points(self, asked: Asked, now: int) -> Verdict | None:
        self._turn_hour(now)
        limits = self._limits
        if not asked.costs_points or self._books.points < limits.points_per_hour:
            return None
        wait = (now // HOUR + 1) * HOUR - now
        refusal = self._refusal(limits.points_reason, limits.points_per_hour, wait, now)
        return Verdict(False, {**refusal.headers, **self._quota_headers(0, now)})

    def _over_issue_writes(self, asked: Asked, now: int) -> Verdict | None:
        if asked.issue is None:
            return None
        written = self._books.writes.setdefault(asked.issue, deque())
        while written and written[0] <= now - 30 * SECOND:
            written.popleft()
        limits = self._limits
        waits: list[tuple[int, int]] = []
        for most, window in (
            (limits.issue_writes_in_2_seconds, 2 * SECOND),
            (limits.issue_writes_in_30_seconds, 30 * SECOND),
        ):
            inside = [at for at in written if at > now - window]
            if len(inside) >= most:
                waits.append((inside[-most] + window - now, most))
        if not waits:
            return None
        # Of both limits the longer wait counts, or the caller would be refused again.
        wait, most = max(waits)
        return self._refusal("jira-per-issue-on-write", most, wait, now)

    def _burst(self, asked: Asked, now: int) -> Verdict:
        rate = self._limits.rate(asked.method, asked.template)
        size = max(1.0, rate)
        key = (asked.method, asked.template)
        bucket = self._books.bursts.setdefault(key, _Bucket(size, size, now))
        bucket.fill(rate / SECOND, now)
        if bucket.tokens < 1:
            wait = (1 - bucket.tokens) * SECOND / rate
            return self._refusal("jira-burst-based", size, wait, now)
        bucket.tokens -= 1
        if asked.issue is not None:
            self._books.writes[asked.issue].append(now)
        headers = {
            "X-RateLimit-Limit": str(int(size)),
            "X-RateLimit-Remaining": str(int(bucket.tokens)),
        }
        if bucket.tokens < size * NEAR:
            headers["X-RateLimit-NearLimit"] = "true"
        return Verdict(True, headers)

    def _refusal(self, reason: Reason, most: float, wait: float, now: int) -> Verdict:
        return Verdict(
            False, refusal_headers(reason, int(most), wait, now, self._limits.retry_after)
        )


def refusal_headers(
    reason: str, most: int, wait_milliseconds: float, now: int, retry_after: str = "seconds"
) -> dict[str, str]:
    """All headers of a 429: the reason, the limit, and when to try again."""
    wait = _seconds(wait_milliseconds)
    headers = {
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": iso_time(now + wait * SECOND),
        "X-RateLimit-NearLimit": "true",
        "RateLimit-Reason": reason,
    }
    if retry_after == "seconds":
        headers["Retry-After"] = str(wait)
    return headers


def _seconds(milliseconds: float) -> int:
    """Whole seconds, at least one: a caller who waits so long is let in."""
    return max(1, math.ceil(milliseconds / SECOND))


_COUNTED_TWICE = ("user", "users", "group", "mypermissions", "permissions")
_READ_BY_POST = ("search/jql", "issue/bulkfetch", "changelog/bulkfetch")
_LISTS = ("issues", "values", "comments", "histories", "watchers", "users")


def points_of(method: str, rest: str, body: object) -> int:
    """The points of a call: one, and for a read one more for each object in the answer.

    People, groups and permissions count two each; a write costs one.
    """
    if method != "GET" and rest not in _READ_BY_POST:
        return 1
    each = 2 if rest.split("/", maxsplit=1)[0] in _COUNTED_TWICE else 1
    return 1 + each * _objects(body)


def _objects(body: object) -> int:
    if isinstance(body, list):
        return len(body)
    if not isinstance(body, dict):
        return 0
    listed = [body[name] for name in _LISTS if isinstance(body.get(name), list)]
    return len(listed[0]) if listed else 1
