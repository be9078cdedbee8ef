"""Reads every issue back from Jira, and how often Followthrough called."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from demo.actors.jira import JiraPerson
from demo.reading_back.evidence import ReadComment, ReadIssue
from models.names import OPERATION_PROPERTY, SOURCE_PROPERTY

AT_ONCE = 4
PAGE = 1000
FIELDS = "summary,description,status,priority,assignee,reporter,issuelinks"


def read_issues(reader: JiraPerson, project: str) -> dict[str, ReadIssue]:
    """Every issue of the project by its id, each with all its comments and their properties."""
    found = reader.search(f'project = "{project}" ORDER BY key ASC', FIELDS, SOURCE_PROPERTY)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        issues = threads.map(lambda raw: _issue(reader, raw), found)
        return {issue.id: issue for issue in issues}


def count_calls(jira_url: str) -> int:
    """Requests in the tracker's journal that named Followthrough as their source."""
    calls = since = 0
    with httpx.Client(base_url=jira_url, timeout=60.0, trust_env=False) as client:
        while True:
            answer = client.get("/__local__/journal", params={"since_id": since, "limit": PAGE})
            answer.raise_for_status()
            lines: list[dict[str, Any]] = answer.json()["requests"]
            calls += len([line for line in lines if line.get("requestSource") == "followthrough"])
            if not lines:
                return calls
            since = int(lines[-1]["id"])


def _issue(reader: JiraPerson, raw: Mapping[str, Any]) -> ReadIssue:
    fields = raw.get("fields") or {}
    status = fields.get("status") or {}
    source = (raw.get("properties") or {}).get(SOURCE_PROPERTY) or {}
    known = source.get("source"), source.get("submission_id")
    return ReadIssue(
        id=str(raw["id"]),
        key=str(raw["key"]),
        done=(status.get("statusCategory") or {}).get("key") == "done",
        status=str(status.get("name") or ""),
        reporter=_account(fields.get("reporter")),
        summary=str(fields.get("summary") or ""),
        description=str(fields.get("description") or ""),
        priority=(fields.get("priority") or {}).get("name"),
        assignee=_account(fields.get("assignee")) or None,
        comments=_comments(reader, str(raw["key"])),
        links=tuple(_link(link) for link in fields.get("issuelinks") or ()),
        submission=(str(known[0]), str(known[1])) if all(known) else None,
    )


def _comments(reader: JiraPerson, key: str) -> tuple[ReadComment, ...]:
    read: list[ReadComment] = []
    while True:
        page = reader.read(
            f"issue/{key}/comment", expand="properties", startAt=str(len(read)), maxResults="100"
        )
        read += [_comment(raw) for raw in page["comments"]]
        if not page["comments"] or len(read) >= int(page["total"]):
            return tuple(read)


def _comment(raw: Mapping[str, Any]) -> ReadComment:
    properties = {one["key"]: one["value"] for one in raw.get("properties") or ()}
    operation = properties.get(OPERATION_PROPERTY) or {}
    return ReadComment(
        id=int(raw["id"]),
        author=_account(raw.get("author")),
        body=str(raw.get("body") or ""),
        public=raw.get("jsdPublic") is not False,
        operation=operation.get("id"),
    )


def _link(raw: Mapping[str, Any]) -> tuple[str, str, str]:
    direction = "outward" if "outwardIssue" in raw else "inward"
    return str(raw["type"]["name"]), direction, str(raw[f"{direction}Issue"]["key"])


def _account(user: Mapping[str, Any] | None) -> str:
    return str((user or {}).get("accountId") or "")
