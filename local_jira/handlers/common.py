"""What several handlers need."""

import sqlite3
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.permissions import require_visible
from local_jira.store.issues import IssueRecord, find_issue

Json = dict[str, Any]


def visible_issue(call: Call, connection: sqlite3.Connection | None = None) -> IssueRecord:
    """The issue that the path names; raises NotFoundError when the caller may not see it."""
    reading = connection if connection is not None else call.site.database.reader()
    return require_visible(call, find_issue(reading, call.parameters["issueIdOrKey"]))


def no_content() -> Answer:
    """204."""
    return Answer(204)


def page_bounds(call: Call, default_size: int = 50) -> tuple[int, int]:
    """Where a page starts and how much is on it; nothing before the first, never less than none."""
    return max(0, call.number("startAt", 0)), max(0, call.number("maxResults", default_size))


def page_of(call: Call, name: str, entries: list[Any], default_size: int = 50) -> Json:
    """A page of a list as Jira's page beans give it, cut by startAt and maxResults."""
    start, size = page_bounds(call, default_size)
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(entries),
        name: entries[start : start + size],
    }


def last_page_of(call: Call, entries: list[Any], default_size: int = 50) -> Json:
    """A page with `values` and `isLast`."""
    page = page_of(call, "values", entries, default_size)
    page["isLast"] = page["startAt"] + page["maxResults"] >= page["total"]
    return page
