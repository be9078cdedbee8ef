"""Service desks, what can be asked for there, agents' queues, and organisations."""

import re
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.database import next_number
from local_jira.failures import BadRequestError, ForbiddenError, NotFoundError, invalid_payload
from local_jira.jql.lexer import JqlError
from local_jira.jql.search import search_slice
from local_jira.routing import Route
from local_jira.seed_desk import SeedDesk, SeedOrganization, SeedQueue, SeedRequestType
from local_jira.seed_file import Seed, SeedProject
from local_jira.seeding import keep_seed, stored_seed
from local_jira.service_desk.requests import desk_project
from local_jira.service_desk.shapes import (
    Json,
    desk_url,
    page,
    page_bounds,
    page_of_slice,
    person_json,
    route,
)
from local_jira.store.accounts import find_account
from local_jira.store.issues import find_issue
from local_jira.views.context import View, view_for
from local_jira.views.field_meta import field_meta_json
from local_jira.views.issues import chosen_fields, issue_json

FIRST_ORGANIZATION_ID = 100
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


def _desk_json(view: View, project: SeedProject, desk: SeedDesk) -> Json:
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
    return page(call, view, found, lambda entry: _desk_json(view, *entry))


def _desk(call: Call, view: View) -> tuple[SeedProject, SeedDesk]:
    return desk_project(view, call.parameters["serviceDeskId"])


def get_desk(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}."""
    view = view_for(call)
    return Answer(200, _desk_json(view, *_desk(call, view)))


def _type_json(view: View, desk: SeedDesk, entry: SeedRequestType) -> Json:
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
    return page(call, view, found, lambda entry: _type_json(view, desk, entry))


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
    return Answer(200, _type_json(view, desk, _type(call, desk)))


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


def _require_agent(call: Call) -> None:
    if call.actor.is_customer:
        raise ForbiddenError("Only agents of the service desk can do this.")


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
    _require_agent(call)
    return page(
        call, view, list(desk.queues), lambda queue: _queue_json(call, view, project, queue)
    )


def _queue(call: Call, view: View) -> tuple[SeedProject, SeedQueue]:
    project, desk = _desk(call, view)
    _require_agent(call)
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


def _organization_json(view: View, organization: SeedOrganization) -> Json:
    return {
        "id": organization.id,
        "name": organization.name,
        "scimManaged": False,
        "_links": {"self": desk_url(view, f"organization/{organization.id}")},
    }


def _organization(seed: Seed, wanted: str) -> SeedOrganization:
    for organization in seed.organizations:
        if organization.id == wanted:
            return organization
    raise NotFoundError(f"The organization with id {wanted} does not exist.")


def get_organizations(call: Call) -> Answer:
    """GET organization: all of them for agents, their own for customers."""
    view = view_for(call)
    found = [
        entry
        for entry in view.catalog.seed.organizations
        if not call.actor.is_customer or call.actor.account_id in entry.members
    ]
    return page(call, view, found, lambda entry: _organization_json(view, entry))


def post_organization(call: Call) -> Answer:
    """POST organization."""
    _require_agent(call)
    name = call.json_object().get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 200:
        raise BadRequestError("The name must be a text of 1 to 200 characters.")
    with call.site.write(call) as work:
        seed = stored_seed(work.connection)
        new_id = str(next_number(work.connection, "organization", FIRST_ORGANIZATION_ID))
        made = SeedOrganization(id=new_id, name=name.strip())
        keep_seed(
            work.connection, seed.model_copy(update={"organizations": (*seed.organizations, made)})
        )
    call.site.reload()
    return Answer(201, _organization_json(view_for(call), made))


def _visible_organization(call: Call) -> SeedOrganization:
    found = _organization(call.site.catalog.seed, call.parameters["organizationId"])
    if call.actor.is_customer and call.actor.account_id not in found.members:
        raise NotFoundError(f"The organization with id {found.id} does not exist.")
    return found


def get_organization(call: Call) -> Answer:
    """GET organization/{organizationId}."""
    return Answer(200, _organization_json(view_for(call), _visible_organization(call)))


def get_members(call: Call) -> Answer:
    """GET organization/{organizationId}/user."""
    view = view_for(call)
    members = list(_visible_organization(call).members)
    return page(call, view, members, lambda name: person_json(view, view.account(name)))


def _ids(document: Json, name: str) -> list[Any]:
    listed = document.get(name)
    if not isinstance(listed, list):
        raise invalid_payload()
    return listed


def _change_members(call: Call, add: bool) -> Answer:
    _require_agent(call)
    names = [str(entry) for entry in _ids(call.json_object(), "accountIds")]
    with call.site.write(call) as work:
        seed = stored_seed(work.connection)
        known = _organization(seed, call.parameters["organizationId"])
        unknown = [name for name in names if find_account(work.connection, name) is None]
        if unknown:
            raise BadRequestError(f"There is no account '{unknown[0]}'.")
        kept = [name for name in known.members if name not in names]
        members = (*kept, *dict.fromkeys(names)) if add else tuple(kept)
        changed = known.model_copy(update={"members": members})
        others = tuple(changed if o.id == known.id else o for o in seed.organizations)
        keep_seed(work.connection, seed.model_copy(update={"organizations": others}))
    call.site.reload()
    return Answer(204)


def post_members(call: Call) -> Answer:
    """POST organization/{organizationId}/user."""
    return _change_members(call, add=True)


def delete_members(call: Call) -> Answer:
    """DELETE organization/{organizationId}/user."""
    return _change_members(call, add=False)


def get_desk_organizations(call: Call) -> Answer:
    """GET servicedesk/{serviceDeskId}/organization."""
    view = view_for(call)
    _, desk = _desk(call, view)
    _require_agent(call)
    found = [_organization(view.catalog.seed, wanted) for wanted in desk.organizations]
    return page(call, view, found, lambda entry: _organization_json(view, entry))


_DESK, _QUEUE = "servicedesk/{serviceDeskId}", "servicedesk/{serviceDeskId}/queue"
_ORGANIZATION = "organization/{organizationId}"
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
    route("GET", _DESK + "/organization", get_desk_organizations),
    route("GET", "organization", get_organizations),
    route("POST", "organization", post_organization),
    route("GET", _ORGANIZATION, get_organization),
    route("GET", _ORGANIZATION + "/user", get_members),
    route("POST", _ORGANIZATION + "/user", post_members),
    route("DELETE", _ORGANIZATION + "/user", delete_members),
]
