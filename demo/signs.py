"""What a person can see on an issue in Jira, and what the played people wait for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.names import ITEM_PROPERTY

_REQUEST = re.compile(r"/approve ([0-9]+-[A-Za-z0-9]+-[0-9]+)")


@dataclass(frozen=True)
class SeenComment:
    """A comment as Jira shows it. `author` is an account id."""

    id: str
    author: str
    body: str


@dataclass(frozen=True)
class SeenIssue:
    """An issue as somebody of the team sees it."""

    id: str
    key: str
    summary: str
    status: str
    done: bool
    labels: tuple[str, ...] = ()
    priority: str | None = None
    assignee: str | None = None
    comments: tuple[SeenComment, ...] = ()
    item: dict[str, Any] = field(default_factory=dict)

    def says(self, words: str) -> bool:
        """Whether a comment has these words."""
        return any(words in comment.body for comment in self.comments)

    @property
    def request(self) -> str | None:
        """The id of the request that was asked last, from its comment."""
        found = [_REQUEST.search(comment.body) for comment in self.comments]
        ids = [match[1] for match in found if match]
        return ids[-1] if ids else None


def read_issue(raw: dict[str, Any]) -> SeenIssue:
    """An issue of a search answer (version 2 of the API, texts as strings)."""
    fields = raw.get("fields") or {}
    status = fields.get("status") or {}
    comments = (fields.get("comment") or {}).get("comments") or []
    return SeenIssue(
        id=str(raw["id"]),
        key=str(raw["key"]),
        summary=str(fields.get("summary") or ""),
        status=str(status.get("name") or ""),
        done=(status.get("statusCategory") or {}).get("key") == "done",
        labels=tuple(fields.get("labels") or ()),
        priority=(fields.get("priority") or {}).get("name"),
        assignee=(fields.get("assignee") or {}).get("accountId"),
        comments=tuple(
            SeenComment(
                id=str(comment["id"]),
                author=str((comment.get("author") or {}).get("accountId") or ""),
                body=str(comment.get("body") or ""),
            )
            for comment in comments
        ),
        item=(raw.get("properties") or {}).get(ITEM_PROPERTY) or {},
    )


def _level(level: int) -> Callable[[SeenIssue], bool]:
    return lambda issue: any(
        label.startswith("ft-level-") and int(label.rpartition("-")[2]) >= level
        for label in issue.labels
    )


def _asked(issue: SeenIssue) -> bool:
    return issue.says("Approval asked:") and issue.request is not None


SIGNS: dict[str, Callable[[SeenIssue], bool]] = {
    "written": lambda issue: True,
    "triaged": lambda issue: bool(issue.item.get("severity")),
    "unsure": lambda issue: "ft-unsure" in issue.labels,
    "sure": lambda issue: bool(issue.item) and "ft-unsure" not in issue.labels,
    "asked": _asked,
    "leave_asked": lambda issue: issue.says("Approval asked: escalation"),
    "granted": lambda issue: issue.says("was approved*"),
    "refused": lambda issue: issue.says("was refused*"),
    "expired": lambda issue: issue.says("expired: nobody decided in time"),
    "went_ahead": lambda issue: issue.says("went ahead;"),
    "turned_down": lambda issue: issue.says("was refused: "),
    "level_1": _level(1),
    "level_2": _level(2),
    "level_3": _level(3),
    "breached": lambda issue: "ft-breached" in issue.labels,
    "decided": lambda issue: bool(issue.item.get("outcome")) and issue.done,
    "reopened": lambda issue: issue.says("*Reopened:*") and not issue.done,
    "confirmed": lambda issue: issue.item.get("resolution") == "confirmed",
    "failed": lambda issue: issue.item.get("resolution") == "failed",
    "looks_alike": lambda issue: issue.says("Looks like "),
}
"""Name → whether the issue shows it."""
