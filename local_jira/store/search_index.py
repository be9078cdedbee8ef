"""What search looks at: one flat row per issue, written behind each change.

The row may follow the issue after a lag, as the real search does; reading an issue by its key
or id never comes through here.
"""

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from local_jira.store.comments import comments_of
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.store.properties import properties_of

if TYPE_CHECKING:
    from local_jira.site import Site


def index_issue(site: "Site", connection: sqlite3.Connection, issue: IssueRecord, due: int) -> None:
    """Write the issue's row now, or note that it is due later when the site lags."""
    if site.settings.search_lag_seconds == 0:
        _write_row(site, connection, issue)
        return
    connection.execute(
        "INSERT INTO search_pending (issue_id, due) VALUES (?, ?) ON CONFLICT (issue_id) DO NOTHING",
        (issue.id, due),
    )


def catch_up(site: "Site", connection: sqlite3.Connection, reconcile: list[int]) -> None:
    """Write the rows whose time has come, and those of the issues to reconcile at once."""
    due = connection.execute(
        "SELECT issue_id FROM search_pending WHERE due <= ? "
        "OR issue_id IN (SELECT value FROM json_each(?))",
        (site.clock(), json.dumps(reconcile)),
    ).fetchall()
    for row in due:
        issue = find_issue(connection, str(row["issue_id"]))
        if issue is not None:
            _write_row(site, connection, issue)
        connection.execute("DELETE FROM search_pending WHERE issue_id = ?", (row["issue_id"],))


def is_behind(connection: sqlite3.Connection) -> bool:
    """Whether any row is still to be written."""
    return connection.execute("SELECT 1 FROM search_pending").fetchone() is not None


def _text(fields: dict[str, Any], name: str) -> str:
    body = fields.get(name)
    return str(body["text"]) if body else ""


def _indexed_properties(
    site: "Site", connection: sqlite3.Connection, issue: IssueRecord
) -> dict[str, Any]:
    if not site.catalog.indexed_properties:
        return {}
    found = properties_of(connection, "issue", issue.id)
    return {key: value for key, value in found.items() if key in site.catalog.indexed_properties}


def index_row(site: "Site", connection: sqlite3.Connection, issue: IssueRecord) -> dict[str, Any]:
    """The issue as search sees it; raises nothing and writes nothing."""
    fields, catalog = issue.fields, site.catalog
    priority = fields.get("priority")
    comments = "\n".join(str(comment.body["text"]) for comment in comments_of(connection, issue.id))
    custom = {name: fields.get(name) for name in catalog.custom_fields}
    return {
        "issue_id": issue.id,
        "key": issue.key,
        "number": int(issue.key.rsplit("-", 1)[1]),
        "project_id": issue.project_id,
        "issuetype": fields["issuetype"],
        "status": fields["status"],
        "status_category": catalog.statuses[fields["status"]].category,
        "priority": priority,
        "priority_rank": catalog.priority_ranks.get(priority) if priority else None,
        "resolution": fields.get("resolution"),
        "assignee": fields.get("assignee"),
        "reporter": fields.get("reporter"),
        "creator": fields.get("creator"),
        "parent_id": fields.get("parent"),
        "summary": fields["summary"],
        "description": _text(fields, "description"),
        "environment": _text(fields, "environment"),
        "comments": comments,
        "created": issue.created,
        "updated": issue.updated,
        "resolved": fields.get("resolutiondate"),
        "duedate": fields.get("duedate"),
        "labels": json.dumps(fields.get("labels") or [], ensure_ascii=False),
        "components": json.dumps(fields.get("components") or []),
        "fix_versions": json.dumps(fields.get("fixVersions") or []),
        "versions": json.dumps(fields.get("versions") or []),
        "properties": json.dumps(_indexed_properties(site, connection, issue), ensure_ascii=False),
        "custom": json.dumps(custom, ensure_ascii=False),
    }


def _write_row(site: "Site", connection: sqlite3.Connection, issue: IssueRecord) -> None:
    if issue.fields.get("archiveddate") is not None:
        connection.execute("DELETE FROM search_index WHERE issue_id = ?", (issue.id,))
        return
    row = index_row(site, connection, issue)
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT OR REPLACE INTO search_index ({names}) VALUES ({marks})", row)  # noqa: S608 - names from the literal above
