"""Reads an issue in one call: its fields, our properties, and what people did since the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jira_gateway.client import JiraClients
from jira_gateway.failures import archived
from jira_gateway.fields import account_id_of, is_archived, moment_of, name_of, number_of, text_of
from jira_gateway.interpreter import Interpreter
from jira_gateway.observation import RawIssue, change_mark, has_news, observe
from models.jira_view import Cursor, ObservedIssue
from models.names import ITEM_PROPERTY, SOURCE_PROPERTY

PROJECTED_FIELDS = (
    "status,priority,assignee,duedate,labels,resolution,issuelinks,comment,created,updated,"
    "reporter,archiveddate"
)
TEXT_FIELDS = "summary,description,issuetype,project,fixVersions,versions"
PROPERTIES = f"{ITEM_PROPERTY},{SOURCE_PROPERTY}"
PAGE = 100
MOST_PAGES = 1000


@dataclass(frozen=True)
class Reading:
    """One reading of an issue. `mark` tells a later sweep that this state is known."""

    observed: ObservedIssue
    mark: str
    calls: int


@dataclass(frozen=True)
class FullReading:
    """A reading with the customer's words, for triage. The words must not leave the activity.

    `source` is what intake wrote down: source, submission id, customer.
    """

    reading: Reading
    project: str
    issue_type: str
    created_at: datetime
    reporter_account_id: str | None
    release: str | None
    source: Mapping[str, Any]
    summary: str
    description: str


def read_issue(
    clients: JiraClients, issue_id: str, cursor: Cursor, interpreter: Interpreter
) -> Reading:
    """The issue as it stands, in one call unless there is more than a page of news.

    Raises `ApplicationError`, type `IssueGone` when it was deleted or hidden from us.
    """
    own = clients.myself().account_id
    with clients.counter.operation("read") as tally:
        issue = fetch(clients, issue_id, cursor)
    return _reading(issue, cursor, own, interpreter, tally.calls)


def read_full(clients: JiraClients, issue_id: str, interpreter: Interpreter) -> FullReading:
    """The issue with its text, for triage; in one call unless it has a long history."""
    own = clients.myself().account_id
    with clients.counter.operation("receive") as tally:
        issue = fetch(clients, issue_id, Cursor(), with_text=True)
    fields = issue.fields
    versions = (*(fields.get("versions") or ()), *(fields.get("fixVersions") or ()))
    return FullReading(
        reading=_reading(issue, Cursor(), own, interpreter, tally.calls),
        project=str(
            (fields.get("project") or {}).get("key") or issue.context.issue_key.split("-")[0]
        ),
        issue_type=name_of(fields.get("issuetype")) or "",
        created_at=moment_of(fields.get("created")),
        reporter_account_id=account_id_of(fields.get("reporter")),
        release=next((name for name in map(name_of, versions) if name), None),
        source=issue.issue_property(SOURCE_PROPERTY) or {},
        summary=text_of(fields.get("summary")),
        description=text_of(fields.get("description")),
    )


def read_text(clients: JiraClients, issue_id: str) -> str:
    """Summary and description, as triage read them: the summary is the first line.

    Raises `ApplicationError`, type `IssueGone` when the issue was deleted or hidden from us.
    """
    fields = clients.get(f"issue/{issue_id}", {"fields": "summary,description"})["fields"]
    return f"{text_of(fields.get('summary'))}\n{text_of(fields.get('description'))}"


def fetch(
    clients: JiraClients,
    issue_id: str,
    cursor: Cursor,
    *,
    with_text: bool = False,
    with_transitions: bool = False,
) -> RawIssue:
    """GET the issue, and the rest of its comments and history only when a page was not enough.

    Raises `ApplicationError`, type `IssueArchived` for one that can be read but not written.
    """
    raw = clients.get(
        f"issue/{issue_id}",
        {
            "fields": f"{PROJECTED_FIELDS},{TEXT_FIELDS}" if with_text else PROJECTED_FIELDS,
            "expand": "transitions,transitions.fields,changelog"
            if with_transitions
            else "changelog",
            "properties": PROPERTIES,
        },
    )
    fields = raw.get("fields") or {}
    if is_archived(fields):
        raise archived()
    comments = fields.get("comment") or {}
    changes = raw.get("changelog") or {}
    known_comments = tuple(comments.get("comments") or ())
    known_changes = tuple(changes.get("histories") or ())
    whole = _complete(known_comments, comments.get("total"), cursor.comment_id)
    # Data Center says only there whether a comment is internal; of our own nobody asks.
    silent = clients.kind == "datacenter" and has_news(
        known_comments, cursor, clients.myself().account_id
    )
    if silent or not whole:
        known_comments = all_comments(clients, issue_id)
    # Data Center has no such pages and gives the whole history with the issue.
    if clients.kind == "cloud" and not _complete(
        known_changes, changes.get("total"), cursor.change_id
    ):
        known_changes = _all_pages(clients, f"issue/{issue_id}/changelog", "values")
    return RawIssue(raw=raw, comments=known_comments, changes=known_changes)


def all_comments(clients: JiraClients, issue_id: str) -> tuple[Mapping[str, Any], ...]:
    """Every comment of an issue with its properties, which the issue itself does not bring along."""
    return _all_pages(clients, f"issue/{issue_id}/comment", "comments", "properties")


def _reading(
    issue: RawIssue, cursor: Cursor, own: str, interpreter: Interpreter, calls: int
) -> Reading:
    return Reading(
        observed=observe(issue, cursor, own, interpreter),
        mark=change_mark(issue.comments, issue.changes, issue.fields.get("created"), own),
        calls=calls,
    )


def _complete(entries: tuple[Mapping[str, Any], ...], total: Any, known: int) -> bool:
    """Whether nothing after `known` can be missing from this page."""
    if len(entries) >= number_of(total if total is not None else len(entries)):
        return True
    if not entries:
        return False
    first, last = number_of(entries[0].get("id")), number_of(entries[-1].get("id"))
    # Newest first, and reaching back to what is known: only old entries are left out.
    return last <= known and first >= last


def _all_pages(
    clients: JiraClients, path: str, key: str, expand: str | None = None
) -> tuple[Mapping[str, Any], ...]:
    found: dict[int, Mapping[str, Any]] = {}
    seen = 0
    for _ in range(MOST_PAGES):
        place = {"startAt": seen, "maxResults": PAGE} | ({"expand": expand} if expand else {})
        page = clients.get(path, place)
        entries = page.get(key) or []
        found.update({number_of(entry.get("id")): entry for entry in entries})
        seen += len(entries)
        if not entries or seen >= number_of(page.get("total")):
            break
    return tuple(found.values())
