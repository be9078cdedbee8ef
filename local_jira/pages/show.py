"""What the pages show: plain values for the templates, already limited to what may be seen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from local_jira.body.codec import body_html
from local_jira.calls import Call
from local_jira.catalog import CATEGORY_NAMES
from local_jira.clock import zone
from local_jira.jql.lexer import JqlError
from local_jira.jql.search import search_count, search_page
from local_jira.pages.people import choosable_people
from local_jira.permissions import require_visible
from local_jira.service_desk.requests import request_type_of
from local_jira.store.attachments import attachments_of
from local_jira.store.comments import comments_of
from local_jira.store.histories import histories_of
from local_jira.store.issues import IssueRecord, children_of, find_issue
from local_jira.store.links import links_of
from local_jira.store.properties import properties_of
from local_jira.store.remote_links import remote_links_of
from local_jira.views.comments import is_public, visible_comments
from local_jira.views.context import View, view_for
from local_jira.views.histories import visible_histories
from local_jira.views.transitions import available_steps

Content = dict[str, Any]
PAGE_SIZE = 50
ALL_ISSUES = "created >= 1970-01-01 ORDER BY updated DESC"


def person_name(view: View, account_id: str | None) -> str:
    """What a person is called."""
    account = view.account(account_id)
    return account.display_name if account else "Nobody"


def time_text(view: View, milliseconds: int) -> str:
    """A moment as people read it, in the reader's zone."""
    reader = zone(view.reader.time_zone if view.reader else "UTC")
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(reader)
    return f"{moment:%d %b %Y, %H:%M}"


def _summary(view: View, issue: IssueRecord) -> Content:
    fields, catalog = issue.fields, view.catalog
    status = catalog.statuses[fields["status"]]
    priority = fields.get("priority")
    return {
        "key": issue.key,
        "id": issue.id,
        "summary": fields["summary"],
        "type": catalog.issue_types[fields["issuetype"]].name,
        "status": status.name,
        "category": status.category,
        "category_name": CATEGORY_NAMES[status.category],
        "priority": catalog.priorities[priority].name if priority else "None",
        "assignee": person_name(view, fields.get("assignee")),
        "reporter": person_name(view, fields.get("reporter")),
        "labels": fields.get("labels") or [],
        "created": time_text(view, issue.created),
        "updated": time_text(view, issue.updated),
    }


def list_page(call: Call) -> Content:
    """The issues that match a query, one page at a time."""
    view = view_for(call)
    jql = call.first("jql") or ""
    content: Content = {"jql": jql, "issues": [], "error": "", "next": None, "total": 0}
    try:
        page = search_page(
            call.site,
            view.connection,
            call.actor,
            jql or ALL_ISSUES,
            size=PAGE_SIZE,
            token=call.first("page"),
        )
        content["total"] = search_count(call.site, view.connection, call.actor, jql or ALL_ISSUES)
    except JqlError as error:
        return content | {"error": error.message}
    found = [find_issue(view.connection, str(issue_id)) for issue_id in page.issue_ids]
    content["issues"] = [_summary(view, issue) for issue in found if issue]
    content["next"] = page.next_token
    return content


def create_page(call: Call) -> Content:
    """What can be chosen for a new issue."""
    view = view_for(call)
    return {
        "projects": list(view.catalog.projects.values()),
        "types": list(view.catalog.issue_types.values()),
    }


def _details(view: View, issue: IssueRecord) -> list[tuple[str, str]]:
    fields, catalog = issue.fields, view.catalog
    resolution = fields.get("resolution")
    details = [
        ("Resolution", catalog.resolutions[resolution].name if resolution else "Unresolved"),
        ("Reporter", person_name(view, fields.get("reporter"))),
        ("Created by", person_name(view, fields.get("creator"))),
        ("Due date", fields.get("duedate") or "None"),
    ]
    for name in ("components", "fixVersions", "versions", *catalog.custom_fields):
        value = fields.get(name)
        if value not in (None, []):
            definition = view.site.fields[name]
            details.append((definition.name, str(definition.kind.show_change(view, value)[1])))
    details.append(("Created", time_text(view, issue.created)))
    details.append(("Updated", time_text(view, issue.updated)))
    return details


def account_namer(view: View) -> Callable[[str], str | None]:
    """What gives an account\'s name, for mentions."""

    def name_of(account_id: str) -> str | None:
        account = view.account(account_id)
        return account.display_name if account else None

    return name_of


def _comments(view: View, issue: IssueRecord) -> list[Content]:
    shown = []
    for comment in visible_comments(view, comments_of(view.connection, issue.id)):
        properties = properties_of(view.connection, "comment", comment.id)
        author = view.account(comment.author)
        shown.append(
            {
                "id": comment.id,
                "author": author.display_name if author else comment.author,
                "kind": author.account_type if author else "unknown",
                "at": time_text(view, comment.created),
                "edited": comment.updated != comment.created,
                "public": is_public(properties),
                "body": Markup(body_html(comment.body, account_namer(view))),  # noqa: S704 - the renderer escapes every text
                "properties": {} if _is_customer(view) else properties,
            }
        )
    return shown


def _is_customer(view: View) -> bool:
    return view.reader is not None and view.reader.is_customer


def attachment_list(view: View, issue: IssueRecord) -> list[Content]:
    """The issue's files, ready to be downloaded."""
    return [
        {"id": file.id, "name": file.filename, "size": file.size}
        for file in attachments_of(view.connection, issue.id)
    ]


def _family(view: View, issue: IssueRecord) -> list[Content]:
    """The parent and the sub-tasks, as links."""
    parent = issue.fields.get("parent")
    above = find_issue(view.connection, str(parent)) if parent is not None else None
    shown = [{"words": "is a part of", **_summary(view, above)}] if above else []
    return shown + [
        {"words": "has the part", **_summary(view, child)}
        for child in children_of(view.connection, issue.id)
    ]


def _links(view: View, issue: IssueRecord) -> list[Content]:
    shown = _family(view, issue)
    for link in links_of(view.connection, issue.id):
        link_type = view.catalog.link_types[link.type_id]
        is_source = link.source_id == issue.id
        other = find_issue(view.connection, str(link.target_id if is_source else link.source_id))
        if other is not None:
            words = link_type.outward if is_source else link_type.inward
            shown.append({"words": words, **_summary(view, other)})
    return shown


def _history(view: View, issue: IssueRecord) -> list[Content]:
    histories = visible_histories(view, histories_of(view.connection, issue.id))
    return [
        {
            "author": person_name(view, history.author),
            "at": time_text(view, history.created),
            "metadata": history.metadata,
            "changes": [
                {"field": item.field, "old": item.old_text or "", "new": item.new_text or ""}
                for item in history.items
            ],
        }
        for history in reversed(histories)
    ]


def _remote(view: View, issue: IssueRecord) -> list[Content]:
    targets = [document["object"] for _, document in remote_links_of(view.connection, issue.id)]
    return [
        {"title": str(target["title"]), "url": str(target["url"])}
        for target in targets
        if str(target["url"]).startswith(("https://", "http://"))
    ]


def issue_page(call: Call, key: str) -> Content:
    """Everything about one issue that the reader may see and do."""
    view = view_for(call)
    issue = require_visible(call, find_issue(view.connection, key))
    staff_only = not _is_customer(view)
    steps = [
        {
            "id": step.id,
            "name": step.name,
            "target": step.target,
            "asks_resolution": any(entry.field == "resolution" for entry in step.screen),
        }
        for step in available_steps(view, issue)
    ]
    return {
        "issue": _summary(view, issue),
        "assignee_id": issue.fields.get("assignee") or "",
        "priority_id": issue.fields.get("priority") or "",
        "duedate": issue.fields.get("duedate") or "",
        "description": Markup(body_html(issue.fields.get("description"), account_namer(view))),  # noqa: S704 - as above
        "details": _details(view, issue),
        "comments": _comments(view, issue),
        "attachments": attachment_list(view, issue),
        "is_request": request_type_of(view, issue) is not None,
        "links": _links(view, issue) if staff_only else [],
        "remote_links": _remote(view, issue) if staff_only else [],
        "properties": properties_of(view.connection, "issue", issue.id) if staff_only else {},
        "history": _history(view, issue),
        "steps": steps,
        "staff": [person for person in choosable_people(call) if not person.is_customer],
        "priorities": list(view.catalog.priorities.values()),
        "resolutions": list(view.catalog.resolutions.values()),
        "is_staff": staff_only,
    }
