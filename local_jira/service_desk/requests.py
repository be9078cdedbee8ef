"""Which issues are customer requests, and how a request looks."""

import sqlite3
from typing import Any

from local_jira.calls import Call
from local_jira.failures import ForbiddenError, NotFoundError
from local_jira.permissions import require_visible
from local_jira.seed_desk import SeedDesk, SeedRequestType
from local_jira.seed_file import SeedProject
from local_jira.service_desk.shapes import Json, date_json, desk_url, person_json
from local_jira.store.histories import histories_of
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.views.context import View, view_for

MISSING = "The request does not exist, or you do not have permission to view it."


def require_agent(call: Call) -> None:
    """Raise ForbiddenError for customers."""
    if call.actor.is_customer:
        raise ForbiddenError("Only agents of the service desk can do this.")


def desk_project(view: View, wanted: str) -> tuple[SeedProject, SeedDesk]:
    """The project and desk of a desk's id, or of a project's id or key."""
    for project in view.catalog.projects.values():
        if project.desk and wanted in (project.desk.id, project.key, f"projectKey:{project.key}"):
            return project, project.desk
    raise NotFoundError(f"The service desk with id {wanted} does not exist.")


def request_type_of(view: View, issue: IssueRecord) -> SeedRequestType | None:
    """What was asked for; an issue made elsewhere has the first type that makes such issues."""
    desk = view.catalog.projects[issue.project_id].desk
    if desk is None:
        return None
    chosen = issue.fields.get("requestType")
    type_name = view.catalog.issue_types[issue.fields["issuetype"]].name
    by_id = [entry for entry in desk.request_types if entry.id == chosen]
    by_type = [entry for entry in desk.request_types if entry.issue_type == type_name]
    return next(iter([*by_id, *by_type]), None)


def visible_request(call: Call, connection: sqlite3.Connection | None = None) -> IssueRecord:
    """The request that the path names; raises NotFoundError for what the caller may not see."""
    view = view_for(call, connection)
    issue = require_visible(call, find_issue(view.connection, call.parameters["issueIdOrKey"]))
    if request_type_of(view, issue) is None:
        raise NotFoundError(MISSING)
    return issue


def status_changes(view: View, issue: IssueRecord) -> list[tuple[int, str]]:
    """From when on the issue was in which status (by id), oldest first, starting at creation."""
    moves = [
        (history.created, item.old, item.new)
        for history in histories_of(view.connection, issue.id)
        for item in history.items
        if item.field_id == "status"
    ]
    first = moves[0][1] if moves else issue.fields["status"]
    return [(issue.created, str(first)), *((at, str(new)) for at, _, new in moves)]


def status_json(view: View, at: int, status_id: str) -> Json:
    """A status, and since when."""
    status = view.catalog.statuses[status_id]
    category = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}[status.category]
    return {
        "status": status.name,
        "statusCategory": category,
        "statusDate": date_json(view, at),
    }


def _field_values(view: View, issue: IssueRecord, asked: SeedRequestType) -> list[Json]:
    names = ["summary", *(entry.field for entry in asked.fields if entry.field != "summary")]
    return [
        {
            "fieldId": name,
            "label": view.site.fields[name].name,
            "value": view.site.fields[name].kind.render(view, issue.fields.get(name)),
        }
        for name in names
    ]


def request_json(view: View, issue: IssueRecord) -> Json:
    """A request as both its customer and an agent read it."""
    asked = request_type_of(view, issue)
    desk = view.catalog.projects[issue.project_id].desk
    if asked is None or desk is None:
        raise NotFoundError(MISSING)
    base = view.site.settings.base_url
    shown: dict[str, Any] = {
        "_expands": [],
        "issueId": str(issue.id),
        "issueKey": issue.key,
        "summary": issue.fields["summary"],
        "requestTypeId": asked.id,
        "serviceDeskId": desk.id,
        "createdDate": date_json(view, issue.created),
        "reporter": person_json(view, view.account(issue.fields.get("reporter"))),
        "requestFieldValues": _field_values(view, issue, asked),
        "currentStatus": status_json(view, *status_changes(view, issue)[-1]),
        "_links": {
            "self": desk_url(view, f"request/{issue.id}"),
            "jiraRest": view.url(f"issue/{issue.id}"),
            "web": f"{base}/portal/{issue.key}",
            "agent": f"{base}/browse/{issue.key}",
        },
    }
    return shown


def participants_of(issue: IssueRecord) -> list[str]:
    """The account ids of who takes part besides the reporter."""
    found: list[str] = issue.fields.get("participants") or []
    return found


def is_open(view: View, issue: IssueRecord) -> bool:
    """Whether the request is not done yet."""
    return view.catalog.statuses[issue.fields["status"]].category != "done"
