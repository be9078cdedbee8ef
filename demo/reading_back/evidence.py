"""What stands in Jira, in Temporal and at the effects endpoint: nouns for the reading back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from models.approval import ActionStatus
from models.events import Event, EventKind
from models.messages import ItemStatus


@dataclass(frozen=True)
class ReadComment:
    """A comment. `author` is an account id, `operation` the id of the operation that made it."""

    id: int
    author: str
    body: str
    public: bool = True
    operation: str | None = None


@dataclass(frozen=True)
class ReadIssue:
    """An issue. `links` are (kind, direction, other issue's key); `submission` is (source, id)."""

    id: str
    key: str
    done: bool
    status: str
    reporter: str
    summary: str = ""
    description: str = ""
    priority: str | None = None
    assignee: str | None = None
    comments: tuple[ReadComment, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    submission: tuple[str, str] | None = None


@dataclass(frozen=True)
class ReadItem:
    """One item's workflow. `runs` counts its executions, a continue-as-new not counted.

    `status` is None when the workflow did not answer; `problem` then says why.
    """

    workflow_id: str
    runs: int
    status: ItemStatus | None
    events: tuple[Event, ...] = ()
    actions: Counter[str] = field(default_factory=Counter)
    workers: frozenset[str] = frozenset()
    problem: str | None = None

    def all_of(self, kind: EventKind) -> list[Event]:
        """Its events of one kind, in order."""
        return [event for event in self.events if event.kind is kind]


@dataclass(frozen=True)
class ReadRequest:
    """One policy action's workflow."""

    workflow_id: str
    runs: int
    status: ActionStatus | None
    actions: Counter[str] = field(default_factory=Counter)
    problem: str | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything read back. `items` by issue id, `requests` by request id.

    `effects` are the endpoint's own records; `doubled_effects` counts those that it did twice.
    `jira_calls` counts requests that named Followthrough as their source.
    """

    issues: dict[str, ReadIssue]
    items: dict[str, ReadItem]
    requests: dict[str, ReadRequest]
    effects: tuple[dict[str, Any], ...] = ()
    doubled_effects: int = 0
    jira_calls: int = 0
    own_account: str = ""

    def requests_of(self, issue_id: str) -> list[ReadRequest]:
        """The policy actions of one item."""
        return [
            request
            for request in self.requests.values()
            if request.status is not None and request.status.item.issue_id == issue_id
        ]

    def effects_of(self, request_id: str) -> list[dict[str, Any]]:
        """What the endpoint did under a request's key."""
        return [effect for effect in self.effects if effect["key"] == request_id]
