"""The changelogs of many issues at once."""

import base64
import binascii
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.failures import BadRequestError, invalid_payload
from local_jira.handlers.common import Json
from local_jira.permissions import may_see
from local_jira.routing import Route
from local_jira.store.histories import HistoryRecord, histories_of
from local_jira.store.issues import find_issue
from local_jira.views.context import View, view_for
from local_jira.views.histories import history_json, visible_histories

MOST_ISSUES = 1000
MOST_FIELDS = 10
LARGEST_PAGE = 10_000
DEFAULT_PAGE = 1000
KNOWN = frozenset({"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"})


def _words(document: Json, name: str, most: int) -> list[str]:
    listed = document.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(word, str) for word in listed):
        raise invalid_payload()
    if len(listed) > most:
        raise BadRequestError(f"'{name}' can hold at most {most} entries.")
    return listed


def _page(document: Json) -> tuple[int, int]:
    """Where the page starts and how long it is."""
    size = document.get("maxResults")
    size = DEFAULT_PAGE if size is None else size
    if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= LARGEST_PAGE:
        raise BadRequestError(f"'maxResults' must be between 1 and {LARGEST_PAGE}.")
    token = document.get("nextPageToken")
    if token is None:
        return 0, size
    try:
        return max(0, int(base64.urlsafe_b64decode(str(token).encode()).decode())), size
    except (binascii.Error, ValueError):
        raise BadRequestError("The provided next page token is invalid or expired.") from None


def _entries(
    call: Call, view: View, wanted: list[str], fields: set[str]
) -> list[tuple[HistoryRecord, Json]]:
    found: dict[int, tuple[HistoryRecord, Json]] = {}
    for name in wanted:
        issue = find_issue(view.connection, name)
        if issue is None or not may_see(call.actor, issue):
            continue
        for history in visible_histories(view, histories_of(view.connection, issue.id)):
            if not fields or any(item.field_id in fields for item in history.items):
                found[history.id] = (history, history_json(view, history))
    return sorted(found.values(), key=lambda entry: (entry[0].created, entry[0].issue_id))


def post_bulk_fetch(call: Call) -> Answer:
    """POST changelog/bulkfetch: oldest first, in pages; issues that cannot be seen are left out."""
    document = call.json_object()
    if set(document) - KNOWN:
        raise invalid_payload()
    wanted = _words(document, "issueIdsOrKeys", MOST_ISSUES)
    if not wanted:
        raise BadRequestError("Give at least one issue id or key.")
    fields = set(_words(document, "fieldIds", MOST_FIELDS))
    start, size = _page(document)
    entries = _entries(call, view_for(call), wanted, fields)
    by_issue: dict[int, list[Any]] = {}
    for history, shown in entries[start : start + size]:
        by_issue.setdefault(history.issue_id, []).append(shown)
    answer: Json = {
        "issueChangeLogs": [
            {"issueId": str(issue_id), "changeHistories": shown}
            for issue_id, shown in by_issue.items()
        ]
    }
    if start + size < len(entries):
        answer["nextPageToken"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    return Answer(200, answer)


ROUTES = [Route("POST", "changelog/bulkfetch", post_bulk_fetch)]
