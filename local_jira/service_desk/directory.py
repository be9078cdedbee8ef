"""Service desks, what can be asked for there, and agents' queues."""

import re

from local_jira.calls import Answer, Call
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.jql.lexer import JqlError
from local_jira.jql.search import search_slice
from local_jira.routing import Route
from local_jira.seed_desk import SeedDesk, SeedQueue, SeedRequestType
from local_jira.seed_file import SeedProject
from local_jira.service_desk.requests import desk_project, require_agent
from local_jira.service_desk.shapes import (
    Json,
    desk_url,
    page,
    page_bounds,
    page_of_slice,
    route,
)
from local_jira.store.issues import find_issue
from local_jira.views.context import View, view_for
from local_jira.views.field_meta import field_meta_json
from local_jira.views.issues import chosen_fields, issue_json

_ORDER = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)


def get_info(call: Call) -> Answer:
    """GET info."""
    return Answer(
        200,
        {
            "version": "1.0.0-local",
            "platformVersion": "1001.0.0-SNAPSHOT",
            "buildChangeSet": "local",
            "isLicensedForUse": True,
            "_links": {"self": desk_url(view_for(call), "info")},
        },
    )


def desk_json(view: View, project: SeedProject, desk: SeedDesk) -> Json:
    """A service desk and its project."""
    return {
        "id": desk.id,
        "projectId": project.id,
        "projectName": project.name,
        "projectKey": project.key,
        "_links": {"self": desk_url(view, f"servicedesk/{desk.id}")},
    }


def get_desks(call: Call) -> Answer:
    """GET servicedesk."""
    view = view_for(call)
    found = [(p, p.desk) for p in view.catalog.projects.values() if p.desk]
    return page(call, view, found, lambda entry: desk_json(view, *entry))


def _desk(call: Call, view: View) -> tuple[SeedProject, SeedDesk]:
    return desk_project(view, call.parameters["serviceDeskId"])


def get_desk(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}."""
    view = view_for(call)
    return Answer(200, desk_json(view, *_desk(call, view)))


def type_json(view: View, desk: SeedDesk, entry: SeedRequestType) -> Json:
    """What a customer can ask for."""
    issue_type = view.catalog.issue_types.named(entry.issue_type)
    return {
        "_expands": ["field"],
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "helpText": entry.help_text,
        "issueTypeId": issue_type.id if issue_type else "",
        "serviceDeskId": desk.id,
        "groupIds": [],
        "_links": {"self": desk_url(view, f"servicedesk/{desk.id}/requesttype/{entry.id}")},
    }


def get_types(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/requesttype."""
    view = view_for(call)
    _, desk = _desk(call, view)
    text = (call.first("searchQuery") or "").casefold()
    found = [e for e in desk.request_types if text in f"{e.name} {e.description}".casefold()]
    return page(call, view, found, lambda entry: type_json(view, desk, entry))


def _type(call: Call, desk: SeedDesk) -> SeedRequestType:
    wanted = call.parameters["requestTypeId"]
    for entry in desk.request_types:
        if entry.id == wanted:
            return entry
    raise NotFoundError(f"The request type with id {wanted} does not exist.")


def get_type(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/requesttype/{requestTypeId}."""
    view = view_for(call)
    _, desk = _desk(call, view)
    return Answer(200, type_json(view, desk, _type(call, desk)))


def get_type_fields(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/requesttype/{requestTypeId}/field."""
    view = view_for(call)
    project, desk = _desk(call, view)
    asked = {entry.field: entry.required for entry in _type(call, desk).fields} | {"summary": True}
    shown = []
    for name in ["summary", *(field for field in asked if field != "summary")]:
        meta = field_meta_json(view, view.site.fields[name], project, asked[name])
        values = [
            {"value": str(v.get("id", "")), "label": str(v.get("name", v.get("value", "")))}
            for v in meta.get("allowedValues", [])
        ]
        shown.append(
            {
                "fieldId": name,
                "name": meta["name"],
                "description": "",
                "required": asked[name],
                "defaultValues": [],
                "validValues": values,
                "jiraSchema": meta["schema"],
                "visible": True,
            }
        )
    staff = not call.actor.is_customer
    return Answer(
        200,
        {
            "requestTypeFields": shown,
            "canRaiseOnBehalfOf": staff,
            "canAddRequestParticipants": True,
        },
    )


def _queue_jql(project: SeedProject, queue: SeedQueue) -> str:
    condition, *order = _ORDER.split(queue.jql, maxsplit=1)
    inside = f'project = "{project.key}"'
    if condition.strip():
        inside += f" AND ({condition.strip()})"
    return inside + (f" ORDER BY {order[0].strip()}" if order else "")


def _queue_slice(
    call: Call, view: View, project: SeedProject, queue: SeedQueue, start: int, size: int
) -> tuple[list[int], int]:
    try:
        return search_slice(
            call.site,
            view.connection,
            call.actor,
            _queue_jql(project, queue),
            slice(start, start + size),
            validates=True,
        )
    except JqlError as error:
        raise BadRequestError(error.message) from None


def _queue_json(call: Call, view: View, project: SeedProject, queue: SeedQueue) -> Json:
    desk_id = project.desk.id if project.desk else ""
    shown: Json = {
        "id": queue.id,
        "name": queue.name,
        "jql": _queue_jql(project, queue),
        "fields": ["issuetype", "issuekey", "summary", "status", "created"],
        "_links": {"self": desk_url(view, f"servicedesk/{desk_id}/queue/{queue.id}")},
    }
    if call.flag("includeCount"):
        shown["issueCount"] = _queue_slice(call, view, project, queue, 0, 0)[1]
    return shown


def get_queues(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/queue."""
    view = view_for(call)
    project, desk = _desk(call, view)
    require_agent(call)
    return page(
        call, view, list(desk.queues), lambda queue: _queue_json(call, view, project, queue)
    )


def _queue(call: Call, view: View) -> tuple[SeedProject, SeedQueue]:
    project, desk = _desk(call, view)
    require_agent(call)
    for queue in desk.queues:
        if queue.id == call.parameters["queueId"]:
            return project, queue
    raise NotFoundError(f"The queue with id {call.parameters['queueId']} does not exist.")


def get_queue(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/queue/{queueId}."""
    view = view_for(call)
    return Answer(200, _queue_json(call, view, *_queue(call, view)))


def get_queue_issues(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/queue/{queueId}/issue."""
    view = view_for(call)
    project, queue = _queue(call, view)
    start, limit = page_bounds(call)
    ids, total = _queue_slice(call, view, project, queue, start, limit)
    found = [issue for n in ids if (issue := find_issue(view.connection, str(n)))]
    fields = chosen_fields(view, ["issuetype", "summary", "status", "created"], "*all")
    return page_of_slice(
        call, view, found, total, lambda issue: issue_json(view, issue, fields, [], [])
    )


_DESK, _QUEUE = "servicedesk/{serviceDeskId}", "servicedesk/{serviceDeskId}/queue"
ROUTES = [
    Route("GET", "info", get_info, anonymous=True),
    route("GET", "servicedesk", get_desks),
    route("GET", _DESK, get_desk),
    route("GET", _DESK + "/requesttype", get_types),
    route("GET", _DESK + "/requesttype/{requestTypeId}", get_type),
    route("GET", _DESK + "/requesttype/{requestTypeId}/field", get_type_fields),
    route("GET", _QUEUE, get_queues),
    route("GET", _QUEUE + "/{queueId}", get_queue),
    route("GET", _QUEUE + "/{queueId}/issue", get_queue_issues),
]
