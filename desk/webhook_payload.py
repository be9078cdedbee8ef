"""What we read from a webhook: which issue changed, by whom. Everything else is read from Jira.

Tolerant on purpose: Jira's payloads have more members than documented, and fewer (STYLE: what is
theirs is read leniently, what is ours strictly).
"""

from __future__ import annotations

import re
from typing import Any

from models.base import Frozen

ISSUE_EVENTS = frozenset({"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"})
COMMENT_EVENTS = frozenset({"comment_created", "comment_updated", "comment_deleted"})
CREATED = "jira:issue_created"
_ISSUE_ID = re.compile(r"[0-9]{1,18}")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,79}-[0-9]{1,12}")


class Malformed(Exception):  # noqa: N818 - a state of the payload, not a fault of the program
    """The body is JSON of another shape than a webhook's. The message repeats none of it."""


class Hint(Frozen):
    """What a webhook says: `author` is the account that caused it, when it tells, as of `labels`."""

    event: str
    issue_id: str | None
    issue_key: str | None
    author: str | None
    labels: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether this kind of event concerns an item."""
        return self.event in ISSUE_EVENTS or self.event in COMMENT_EVENTS

    @property
    def project(self) -> str | None:
        """The project part of the issue's key."""
        return self.issue_key.rpartition("-")[0] if self.issue_key else None


def read_hint(payload: Any) -> Hint:
    """Pick the few members we use. Raises `Malformed`."""
    if not isinstance(payload, dict) or not isinstance(payload.get("webhookEvent"), str):
        raise Malformed("the body is no webhook: member webhookEvent is missing")
    event = payload["webhookEvent"]
    issue = payload.get("issue")
    issue_id = _text(issue, "id")
    issue_key = _text(issue, "key")
    if issue_id is not None and not _ISSUE_ID.fullmatch(issue_id):
        raise Malformed("member issue.id is no Jira id")
    if issue_key is not None and not _ISSUE_KEY.fullmatch(issue_key):
        raise Malformed("member issue.key is no Jira key")
    if event in ISSUE_EVENTS and (issue_id is None or issue_key is None):
        raise Malformed("an issue event names no issue")
    return Hint(
        event=event[:80],
        issue_id=issue_id,
        issue_key=issue_key,
        author=_author(event, payload),
        labels=_labels(issue),
    )


def _author(event: str, payload: dict[str, Any]) -> str | None:
    """Who caused the event; a comment event tells it in the comment and may lack `user`."""
    user = _text(payload.get("user"), "accountId")
    if user is not None or event not in COMMENT_EVENTS:
        return user
    comment = payload.get("comment")
    role = "author" if event == "comment_created" else "updateAuthor"
    return _text(comment.get(role), "accountId") if isinstance(comment, dict) else None


def _labels(issue: Any) -> tuple[str, ...]:
    """The issue's labels; the events of comments do not tell them."""
    fields = issue.get("fields") if isinstance(issue, dict) else None
    labels = fields.get("labels") if isinstance(fields, dict) else None
    return tuple(one for one in labels if isinstance(one, str)) if isinstance(labels, list) else ()


def _text(holder: Any, member: str) -> str | None:
    value = holder.get(member) if isinstance(holder, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def was_created(hint: Hint) -> bool:
    """Whether this is the issue's first event."""
    return hint.event == CREATED
