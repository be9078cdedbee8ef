"""How an issue looks in answers: its fields, chosen and rendered for one reader."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_jira.body.codec import body_html
from local_jira.clock import zone
from local_jira.fields.kinds import LongText
from local_jira.store.attachments import attachments_of
from local_jira.store.comments import comments_of
from local_jira.store.histories import histories_of
from local_jira.store.issues import IssueRecord, children_of
from local_jira.store.links import LinkRecord, links_of
from local_jira.store.properties import properties_of
from local_jira.views.attachments import attachment_json
from local_jira.views.comments import comment_json, visible_comments
from local_jira.views.context import View
from local_jira.views.definitions import (
    category_json,
    link_type_json,
    project_json,
)
from local_jira.views.histories import history_json, visible_histories
from local_jira.views.linked_issues import linked_issue_json, may_read

Json = dict[str, Any]
EXPANDABLE = (
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations,transitions"
)


def _comments(view: View, issue: IssueRecord) -> Json:
    comments = visible_comments(view, comments_of(view.connection, issue.id))
    return {
        "comments": [comment_json(view, comment) for comment in comments],
        "self": view.url(f"issue/{issue.id}/comment"),
        "maxResults": len(comments),
        "total": len(comments),
        "startAt": 0,
    }


def link_json(view: View, link: LinkRecord, seen_from: int | None = None) -> Json:
    """A link; seen from one of its issues it names only the other one."""
    shown: Json = {
        "id": str(link.id),
        "self": view.url(f"issueLink/{link.id}"),
        "type": link_type_json(view, view.catalog.link_types[link.type_id]),
    }
    if seen_from != link.source_id:
        shown["inwardIssue"] = linked_issue_json(view, link.source_id)
    if seen_from != link.target_id:
        shown["outwardIssue"] = linked_issue_json(view, link.target_id)
    return shown


def _links(view: View, issue: IssueRecord) -> list[Json]:
    return [
        link_json(view, link, seen_from=issue.id)
        for link in links_of(view.connection, issue.id)
        if may_read(view, link.other_end(issue.id))
    ]


def _watches(view: View, issue: IssueRecord) -> Json:
    rows = view.connection.execute(
        "SELECT account_id FROM watcher WHERE issue_id = ?", (issue.id,)
    ).fetchall()
    reader = view.reader.account_id if view.reader else None
    return {
        "self": view.url(f"issue/{issue.key}/watchers"),
        "watchCount": len(rows),
        "isWatching": reader in {row["account_id"] for row in rows},
    }


# Fields that are read from elsewhere than the issue's own document.
DERIVED: dict[str, tuple[str, bool, Callable[[View, IssueRecord], Any]]] = {
    "project": (
        "Project",
        True,
        lambda view, issue: project_json(view, view.catalog.projects[issue.project_id]),
    ),
    "created": ("Created", True, lambda view, issue: view.time(issue.created)),
    "updated": ("Updated", True, lambda view, issue: view.time(issue.updated)),
    "statusCategory": (
        "Status Category",
        True,
        lambda view, issue: category_json(
            view, view.catalog.statuses[issue.fields["status"]].category
        ),
    ),
    "issuelinks": ("Linked Issues", True, _links),
    "subtasks": (
        "Sub-tasks",
        True,
        lambda view, issue: [
            linked_issue_json(view, child.id)
            for child in children_of(view.connection, issue.id)
            if may_read(view, child.id)
        ],
    ),
    "watches": ("Watchers", True, _watches),
    "votes": (
        "Votes",
        True,
        lambda view, issue: {
            "self": view.url(f"issue/{issue.key}/votes"),
            "votes": 0,
            "hasVoted": False,
        },
    ),
    "attachment": (
        "Attachment",
        False,
        lambda view, issue: [
            attachment_json(view, entry) for entry in attachments_of(view.connection, issue.id)
        ],
    ),
    "comment": ("Comment", False, _comments),
}


_DERIVED_TYPES = {
    "project": ("project", None),
    "created": ("datetime", None),
    "updated": ("datetime", None),
    "statusCategory": ("statusCategory", None),
    "issuelinks": ("array", "issuelinks"),
    "subtasks": ("array", "issuelinks"),
    "watches": ("watches", None),
    "votes": ("votes", None),
    "attachment": ("array", "attachment"),
    "comment": ("comments-page", None),
}


def field_schema(view: View, name: str) -> Json:
    """The `schema` object of a field, kept or derived."""
    if name in view.site.fields:
        return view.site.fields[name].schema()
    kind, items = _DERIVED_TYPES[name]
    return {"type": kind, "system": name} | ({"items": items} if items else {})


def field_names(view: View) -> dict[str, str]:
    """Every field's id with its name."""
    names = {name: definition.name for name, definition in view.site.fields.items()}
    return names | {name: entry[0] for name, entry in DERIVED.items()}


def chosen_fields(view: View, wanted: list[str], default: str) -> list[str]:
    """The field ids that a `fields` parameter asks for, in a steady order.

    Understands ids, names, `*all`, `*navigable` and `-field`.
    """
    names = field_names(view)
    navigable = [name for name, field in view.site.fields.items() if field.navigable]
    navigable += [name for name, entry in DERIVED.items() if entry[1]]
    by_name = {text.casefold(): name for name, text in names.items()}
    chosen: set[str] = set()
    only_removals = bool(wanted) and all(part.startswith("-") for part in wanted)
    for part in wanted if wanted and not only_removals else [default, *wanted]:
        if part == "*all":
            chosen |= set(names)
        elif part == "*navigable":
            chosen |= set(navigable)
        elif part.startswith("-"):
            chosen.discard(by_name.get(part[1:].casefold(), part[1:]))
        else:
            chosen.add(part if part in names else by_name.get(part.casefold(), part))
    return [name for name in names if name in chosen]


def fields_json(view: View, issue: IssueRecord, chosen: list[str]) -> Json:
    """The chosen fields of an issue."""
    shown: Json = {}
    for name in chosen:
        if name in DERIVED:
            shown[name] = DERIVED[name][2](view, issue)
        elif name != "parent" or issue.fields.get("parent") is not None:
            shown[name] = view.site.fields[name].kind.render(view, issue.fields.get(name))
    return shown


def rendered_fields_json(view: View, issue: IssueRecord, chosen: list[str]) -> Json:
    """The chosen texts as HTML and times as people read them; all else is null."""
    shown: Json = dict.fromkeys(chosen)
    for name in chosen:
        if name in ("created", "updated"):
            shown[name] = _friendly(view, getattr(issue, name))
        elif name == "comment":
            comments = visible_comments(view, comments_of(view.connection, issue.id))
            shown[name] = {
                "comments": [{"id": str(c.id), "body": body_html(c.body)} for c in comments]
            }
        elif name in view.site.fields and isinstance(view.site.fields[name].kind, LongText):
            shown[name] = body_html(issue.fields.get(name))
    return shown


def _friendly(view: View, milliseconds: int) -> str:

    reader_zone = zone(view.reader.time_zone if view.reader else "UTC")
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(reader_zone)
    return f"{moment:%d/%b/%y %I:%M %p}"


def changelog_json(view: View, issue: IssueRecord) -> Json:
    """The issue's changelog as `expand=changelog` gives it: newest first, on Data Center oldest."""
    histories = visible_histories(view, histories_of(view.connection, issue.id))
    shown = histories if view.site.settings.is_datacenter else histories[::-1]
    return {
        "startAt": 0,
        "maxResults": len(histories),
        "total": len(histories),
        "histories": [history_json(view, history) for history in shown],
    }


def chosen_properties(view: View, issue: IssueRecord, wanted: list[str]) -> Json:
    """The issue's properties that a `properties` parameter asks for."""
    if view.reader is not None and view.reader.is_customer:
        return {}
    found = properties_of(view.connection, "issue", issue.id)
    if "*all" in wanted:
        return {key: value for key, value in found.items() if f"-{key}" not in wanted}
    return {key: found[key] for key in wanted if key in found}


def issue_json(
    view: View,
    issue: IssueRecord,
    fields: list[str],
    properties: list[str],
    expand: list[str],
) -> Json:
    """An issue with the chosen fields, properties and expansions (all but transitions)."""
    shown: Json = {
        "expand": EXPANDABLE,
        "id": str(issue.id),
        "self": view.url(f"issue/{issue.id}"),
        "key": issue.key,
        "fields": fields_json(view, issue, fields),
    }
    if properties:
        shown["properties"] = chosen_properties(view, issue, properties)
    if "renderedFields" in expand:
        shown["renderedFields"] = rendered_fields_json(view, issue, fields)
    if "names" in expand:
        names = field_names(view)
        shown["names"] = {name: names[name] for name in fields}
    if "schema" in expand:
        shown["schema"] = {name: field_schema(view, name) for name in fields}
    if "changelog" in expand:
        shown["changelog"] = changelog_json(view, issue)
    return shown
