"""Faults on purpose: the next matching calls fail the way the real service sometimes does."""

import fnmatch
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal[
    "status", "reset_before", "reset_after", "error_after_commit", "slow", "retry_after", "truncate"
]


class FaultRule(BaseModel):
    """One rule. `path_pattern` is a shell pattern for the path, such as `*/issue/*/comment`.

    `action`: `status` answers `status` instead of doing the work; `retry_after` answers 429 (or
    `status`) with the Retry-After value given, or without the header; `error_after_commit` does
    the work and answers `status`; `reset_before` and `reset_after` drop the connection before or
    after the work; `truncate` does the work and breaks the answer off; `slow` waits
    `delay_seconds` before the work. `skip` lets that many matching calls pass first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = "*"
    path_pattern: str = "*"
    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    action: Action
    status: int | None = Field(default=None, ge=400, le=599)
    retry_after: str | int | float | None = None
    reason: str | None = None
    delay_seconds: float = Field(default=0.0, ge=0, le=600)
    body: dict[str, Any] | None = None


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
        with self._lock:
            for fault in self._faults:
                if not _matches(fault.rule, method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.left -= 1
                if fault.left == 0:
                    self._faults.remove(fault)
                return fault.rule
        return None


def _matches(rule: FaultRule, method: str, path: str) -> bool:
    return rule.method in ("*", method) and fnmatch.fnmatchcase(path, rule.path_pattern)
