"""Reads what the customer and the team wrote on an issue, for somebody who looks at it now.

The words go to the reader's page and nowhere else: they are not kept, logged or sent on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jira_gateway.client import JiraClients
from jira_gateway.fields import account_id_of, moment_of, name_of, number_of, text_of
from jira_gateway.observation import is_public
from jira_gateway.read import all_comments
from jira_gateway.search import search_page, swept_jql

MOST_MESSAGES = 20
MOST_CHARACTERS = 1500
MOST_OF_THE_DESCRIPTION = 4000
MOST_FOUND = 25
_BETWEEN_WORDS = re.compile(r"[\W_]+")
FIELDS = "summary,description,reporter,created,comment"


@dataclass(frozen=True)
class Found:
    """An issue that has the words that somebody looks for."""

    issue_id: str
    issue_key: str
    summary: str
    status: str


@dataclass(frozen=True)
class Message:
    """One comment. `ours` means that Followthrough wrote it; `cut` that the text goes on in Jira."""

    author: str
    written_at: datetime
    text: str
    cut: bool
    internal: bool
    by_reporter: bool
    ours: bool


@dataclass(frozen=True)
class Conversation:
    """An issue's words: what was reported, and the newest comments, oldest first.

    `earlier` counts the comments that are left out.
    """

    summary: str
    description: str
    cut: bool
    reporter: str
    reported_at: datetime
    messages: tuple[Message, ...]
    earlier: int


def read_conversation(clients: JiraClients, issue_id: str) -> Conversation:
    """The words of an issue, in one call on Cloud. Blocking.

    Raises `ApplicationError`, type `IssueGone` when it was deleted or hidden from us.
    """
    own = clients.myself().account_id
    with clients.counter.operation("conversation"):
        fields = clients.get(f"issue/{issue_id}", {"fields": FIELDS})["fields"]
        comments = _comments(clients, issue_id, fields.get("comment") or {})
    reporter = fields.get("reporter")
    description = text_of(fields.get("description"))
    newest = sorted(comments, key=lambda comment: number_of(comment.get("id")))[-MOST_MESSAGES:]
    return Conversation(
        summary=text_of(fields.get("summary")),
        description=description[:MOST_OF_THE_DESCRIPTION],
        cut=len(description) > MOST_OF_THE_DESCRIPTION,
        reporter=_name(reporter),
        reported_at=moment_of(fields.get("created")),
        messages=tuple(_message(one, account_id_of(reporter), own) for one in newest),
        earlier=len(comments) - len(newest),
    )


def search_words(clients: JiraClients, project: str, wanted: str) -> tuple[Found, ...]:
    """The issues that concern us and have all these words, changed last first. Blocking.

    Everything but letters and digits is taken for a space, and capitals for small letters, since
    some of them mean something in JQL (`OR`). Of words without a letter nothing is found. Raises
    `ApplicationError`.
    """
    said = " ".join(_BETWEEN_WORDS.sub(" ", wanted).casefold().split())
    if not said:
        return ()
    jql = f'{swept_jql(project)} AND text ~ "{said}" ORDER BY updated DESC'
    with clients.counter.operation("search"):
        answer = search_page(clients, jql, ("summary", "status"))
    return tuple(
        Found(
            issue_id=str(raw["id"]),
            issue_key=str(raw["key"]),
            summary=text_of(raw["fields"].get("summary")),
            status=name_of(raw["fields"].get("status")) or "",
        )
        for raw in (answer.get("issues") or [])[:MOST_FOUND]
    )


def _comments(
    clients: JiraClients, issue_id: str, page: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """All of them. Data Center says only there which of them are internal."""
    known: Sequence[Mapping[str, Any]] = page.get("comments") or ()
    missing = number_of(page.get("total") or len(known)) > len(known)
    if known and (missing or clients.kind == "datacenter"):
        return all_comments(clients, issue_id)
    return known


def _message(comment: Mapping[str, Any], reporter: str | None, own: str) -> Message:
    text, author = text_of(comment.get("body")), account_id_of(comment.get("author"))
    return Message(
        author=_name(comment.get("author")),
        written_at=moment_of(comment.get("created")),
        text=text[:MOST_CHARACTERS],
        cut=len(text) > MOST_CHARACTERS,
        internal=not is_public(comment),
        by_reporter=author is not None and author == reporter,
        ours=author == own,
    )


def _name(user: Mapping[str, Any] | None) -> str:
    """The name that Jira shows for a user, who may have left or be hidden from us."""
    return str((user or {}).get("displayName") or "somebody")
