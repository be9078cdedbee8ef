"""Faults on purpose: the next matching calls fail the way the real service sometimes does."""

import fnmatch
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

HEADER = "x-local-fault"
Action = Literal[
    "status", "reset_before", "reset_after", "error_after_commit", "slow", "retry_after", "truncate",
    "conflict", "expire_credential", "stale_search", "webhook_drop", "webhook_duplicate",
    "webhook_reorder", "webhook_bad_signature",
]  # fmt: skip
HeaderText = Annotated[str, StringConstraints(pattern=r"^[ -~]*$")]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")]


class FaultRule(BaseModel):
    """One rule. `path_pattern` is a shell pattern for the path, such as `*/issue/*/comment`.

    `action`: `status` answers `status` instead of doing the work; `conflict` does so with 409;
    `retry_after` answers 429 (or `status`) with the Retry-After value given, or without the header;
    `error_after_commit` does the work and answers `status`; `reset_before` and `reset_after` drop
    the connection before or after the work; `truncate` does the work and breaks the answer off;
    `slow` waits `delay_seconds` before the work; `expire_credential` does the work for nobody, as
    if the credential had just ended; `stale_search` hides from a search what changed in the last
    `delay_seconds` (a minute when none are given).

    The others keep the caller waiting for `delay_seconds` where they strike: before they answer or
    drop the connection when nothing is done, after the commit when the work is done.

    The `webhook_` actions strike deliveries whose event matches `event`, not requests: lost on the
    way, sent twice, held back until another one has arrived or `delay_seconds` are over (five when
    none are given), or signed with a wrong secret.

    `skip` lets that many matching calls pass first. `headers` go with an answer of the rule's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = "*"
    path_pattern: str = "*"
    event: str = "*"
    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    action: Action
    status: int | None = Field(default=None, ge=400, le=599)
    retry_after: HeaderText | int | float | None = None
    reason: HeaderText | None = None
    headers: dict[HeaderName, HeaderText] = {}
    delay_seconds: float = Field(default=0.0, ge=0, le=600)
    body: dict[str, Any] | None = None

    @property
    def is_for_webhooks(self) -> bool:
        """Whether this strikes deliveries instead of requests."""
        return self.action.startswith("webhook_")


class FaultUnreadableError(Exception):
    """A rule in a request's header that makes no sense; says what is wrong."""


def rule_in_header(text: str) -> FaultRule:
    """The rule that a single request carries: JSON, or `action; name=value; …`.

    Raises FaultUnreadableError.
    """
    try:
        if text.lstrip().startswith("{"):
            return FaultRule.model_validate_json(text)
        action, *parts = (part.strip() for part in text.split(";"))
        given = dict(part.split("=", 1) for part in parts if part)
        return FaultRule.model_validate({"action": action, **given})
    except ValueError as error:
        raise FaultUnreadableError(
            "X-Local-Fault must be a fault as JSON, or 'action; name=value'."
        ) from error


@dataclass
class ActiveFault:
    """A rule and how often it still applies."""

    rule: FaultRule
    left: int
    skip: int
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def shown(self) -> dict[str, Any]:
        """The rule as the fault API answers it."""
        return {"id": self.id, "left": self.left, **self.rule.model_dump(exclude_none=True)}


class FaultBook:
    """The rules in force; safe to use from several threads."""

    def __init__(self) -> None:
        """Start without faults."""
        self._lock = threading.Lock()
        self._faults: list[ActiveFault] = []

    def add(self, rule: FaultRule) -> ActiveFault:
        """Put a rule in force."""
        fault = ActiveFault(rule, rule.times, rule.skip)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Lift every rule."""
        with self._lock:
            self._faults.clear()

    def all(self) -> list[dict[str, Any]]:
        """The rules that still apply."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def take(self, method: str, path: str) -> FaultRule | None:
        """The rule that strikes this call, if any; it is used up by one."""
        return self._take(
            lambda rule: (
                not rule.is_for_webhooks
                and rule.method in ("*", method)
                and fnmatch.fnmatchcase(path, rule.path_pattern)
            )
        )

    def take_for_webhook(self, event: str) -> FaultRule | None:
        """The rule that strikes this delivery, if any; it is used up by one."""
        return self._take(
            lambda rule: rule.is_for_webhooks and fnmatch.fnmatchcase(event, rule.event)
        )

    def _take(self, matches: Callable[[FaultRule], bool]) -> FaultRule | None:
        with self._lock:
            for fault in self._faults:
                if not matches(fault.rule):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.left -= 1
                if fault.left == 0:
                    self._faults.remove(fault)
                return fault.rule
        return None
