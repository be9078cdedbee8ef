"""Every way in which the local Jira can fail a call, with what an attempt then has to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.failures import JIRA_CONFLICT, JIRA_RATE_LIMITED, JIRA_UNAVAILABLE

PAST = "Wed, 21 Oct 2015 07:28:00 GMT"
REASONS = (
    "jira-quota-global-based",
    "jira-quota-tenant-based",
    "jira-burst-based",
    "jira-per-issue-on-write",
)


@dataclass(frozen=True)
class Fault:
    """`rule` is the local Jira's; `failure` None means that the attempt gets through."""

    name: str
    rule: dict[str, Any]
    failure: str | None = JIRA_UNAVAILABLE.type
    delay: timedelta | None = None
    breaks_connection: bool = False

    @property
    def times(self) -> int:
        return int(self.rule.get("times", 1))


def _limited(form: str, header: Any, seconds: float | None, **more: Any) -> Fault:
    rule = {"action": "retry_after", **more}
    if header is not None:
        rule["retry_after"] = header
    delay = None if seconds is None else timedelta(seconds=seconds)
    return Fault(f"429 {form}", rule, JIRA_RATE_LIMITED.type, delay)


def _status(status: int) -> Fault:
    return Fault(f"{status} before the commit", {"action": "status", "status": status})


def _after(status: int, **more: Any) -> Fault:
    rule = {"action": "error_after_commit", "status": status}
    return Fault(f"{status} after the commit", rule, **more)


RATE_LIMITS = (
    _limited("without a header", None, None),
    _limited("with seconds", "7", 7),
    _limited("with a fraction", "1.5", 1.5),
    _limited("with zero", "0", 0.1),
    _limited("with a negative number", "-5", 0.1),
    _limited("with a week", "604800", 86_400),
    _limited("with a date that has passed", PAST, 0.1),
    _limited("with nonsense", "soon", None),
    _limited("three times", "2", 2, times=3),
    *(_limited(f"because of {reason}", "3", 3, reason=reason) for reason in REASONS),
)
OUTAGES = (
    _status(500),
    _status(503),
    Fault(
        "503 with Retry-After",
        {"action": "retry_after", "status": 503, "retry_after": "4"},
        delay=timedelta(seconds=4),
    ),
    _after(500),
    _after(502),
    _after(503),
    _after(504),
    _after(429, failure=JIRA_RATE_LIMITED.type),
)
BREAKS = (
    Fault("reset before", {"action": "reset_before"}, breaks_connection=True),
    Fault("reset after", {"action": "reset_after"}, breaks_connection=True),
    Fault("truncated body", {"action": "truncate"}, breaks_connection=True),
)
CONFLICTS = (
    Fault("409 once", {"action": "status", "status": 409}, JIRA_CONFLICT.type),
    Fault("409 four times", {"action": "status", "status": 409, "times": 4}, JIRA_CONFLICT.type),
)
SLOW = (Fault("slow", {"action": "slow", "delay_seconds": 0.02}, None),)
ALL_FAULTS = (*RATE_LIMITS, *OUTAGES, *BREAKS, *CONFLICTS, *SLOW)
