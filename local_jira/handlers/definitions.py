"""Projects, issue types, statuses, priorities, resolutions, fields and screens."""

from collections.abc import Callable
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.catalog import CATEGORY_IDS
from local_jira.changes.screens import ALWAYS, screen_fields
from local_jira.failures import NotFoundError
from local_jira.handlers.common import Json, last_page_of, visible_issue
from local_jira.routing import Route
from local_jira.seed_file import SeedProject
from local_jira.views.context import View, view_for
from local_jira.views.definitions import (
    category_json,
    component_json,
    issue_type_json,
    priority_json,
    project_json,
    resolution_json,
    status_json,
    user_json,
    version_json,
)
from local_jira.views.field_meta import field_meta_json
from local_jira.views.issues import DERIVED, field_schema


def _project(call: Call) -> SeedProject:
    wanted = call.parameters["projectIdOrKey"]
    found = call.site.catalog.project(wanted)
    if found is None:
        kind = "id" if wanted.isdigit() else "key"
        raise NotFoundError(f"No project could be found with {kind} '{wanted}'.")
    return found


def get_projects(call: Call) -> Answer:
    """GET project."""
    view = view_for(call)
    return Answer(200, [project_json(view, entry) for entry in view.catalog.projects.values()])


def search_projects(call: Call) -> Answer:
    """GET project/search."""
    view = view_for(call)
    wanted = (call.first("query") or "").casefold()
    keys = {key.upper() for key in call.query.get("keys", [])}
    found = [
        project
        for project in view.catalog.projects.values()
        if wanted in f"{project.key} {project.name}".casefold()
        and (not keys or project.key in keys)
    ]
    page = last_page_of(call, [project_json(view, project) for project in found])
    return Answer(200, {"self": view.url("project/search"), **page})


def get_project(call: Call) -> Answer:
    """GET project/{projectIdOrKey}."""
    project, view = _project(call), view_for(call)
    shown = project_json(view, project)
    shown |= {
        "expand": "description,lead,issueTypes,url,projectKeys",
        "description": project.description,
        "lead": user_json(view, view.account(project.lead)),
        "components": [component_json(view, entry) for entry in project.components],
        "issueTypes": [
            issue_type_json(view, entry) for entry in view.catalog.issue_types_of(project)
        ],
        "versions": [version_json(view, entry) for entry in project.versions],
        "assigneeType": "UNASSIGNED",
        "roles": {},
        "style": "classic",
        "isPrivate": False,
        "properties": {},
    }
    return Answer(200, shown)


def get_project_statuses(call: Call) -> Answer:
    """GET project/{projectIdOrKey}/statuses: the statuses of each issue type."""
    project, view = _project(call), view_for(call)
    shown = []
    for issue_type in view.catalog.issue_types_of(project):
        entry = issue_type_json(view, issue_type)
        kept = {name: entry[name] for name in ("self", "id", "name", "subtask")}
        reachable = view.catalog.statuses_of(project.id, issue_type.id)
        shown.append({**kept, "statuses": [status_json(view, entry) for entry in reachable]})
    return Answer(200, shown)


def get_project_components(call: Call) -> Answer:
    """GET project/{projectIdOrKey}/components."""
    project, view = _project(call), view_for(call)
    return Answer(200, [component_json(view, entry) for entry in project.components])


def get_project_versions(call: Call) -> Answer:
    """GET project/{projectIdOrKey}/versions."""
    project, view = _project(call), view_for(call)
    shown = [{**version_json(view, v), "projectId": int(project.id)} for v in project.versions]
    return Answer(200, shown)


Lister = Callable[[View], dict[str, Any]]
Shower = Callable[[View, Any], Json]


def _listing(lister: Lister, shower: Shower) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        view = view_for(call)
        return Answer(200, [shower(view, entry) for entry in lister(view).values()])

    return handler


def _single(lister: Lister, shower: Shower, parameter: str, what: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        view, wanted = view_for(call), call.parameters[parameter]
        directory: Any = lister(view)
        found = directory.find(wanted) if parameter == "idOrName" else directory.get(wanted)
        if found is None:
            raise NotFoundError(f"The {what} with id '{wanted}' does not exist")
        return Answer(200, shower(view, found))

    return handler


def _paged(lister: Lister, shower: Shower) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        view = view_for(call)
        return Answer(200, last_page_of(call, [shower(view, e) for e in lister(view).values()]))

    return handler


STATUS_GROUPS = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}


def search_statuses(call: Call) -> Answer:
    """GET statuses/search: statuses by name and category; all of them are global here."""
    view = view_for(call)
    text, group = (call.first("searchString") or "").casefold(), call.first("statusCategory")
    found = [
        {
            "id": status.id,
            "name": status.name,
            "description": status.description,
            "statusCategory": STATUS_GROUPS[status.category],
            "scope": {"type": "GLOBAL"},
        }
        for status in view.catalog.statuses.values()
        if text in status.name.casefold() and group in (None, STATUS_GROUPS[status.category])
    ]
    return Answer(200, {"self": view.url("statuses/search"), **last_page_of(call, found, 200)})


def get_categories(call: Call) -> Answer:
    """GET statuscategory."""
    view = view_for(call)
    return Answer(200, [category_json(view, key) for key in CATEGORY_IDS])


def _field_json(view: View, name: str) -> Json:
    if name in DERIVED:
        text, navigable, _ = DERIVED[name]
        return {
            "id": name, "key": name, "name": text, "custom": False, "orderable": False,
            "navigable": navigable, "searchable": True, "clauseNames": [name],
            "schema": field_schema(view, name),
        }  # fmt: skip
    field = view.site.fields[name]
    return {
        "id": name, "key": name, "name": field.name, "custom": field.custom,
        "orderable": field.edit, "navigable": field.navigable, "searchable": True,
        "clauseNames": list(field.clauses), "schema": field.schema(),
    }  # fmt: skip


def get_fields(call: Call) -> Answer:
    """GET field."""
    view = view_for(call)
    return Answer(200, [_field_json(view, name) for name in (*view.site.fields, *DERIVED)])


def search_fields(call: Call) -> Answer:
    """GET field/search."""
    view = view_for(call)
    wanted = (call.first("query") or "").casefold()
    shown = [_field_json(view, name) for name in (*view.site.fields, *DERIVED)]
    kept = [
        {part: entry[part] for part in ("id", "key", "name", "schema")}
        for entry in shown
        if wanted in entry["name"].casefold()
    ]
    return Answer(200, last_page_of(call, kept))


def get_labels(call: Call) -> Answer:
    """GET label: every label in use."""
    rows = call.site.database.reader().execute(
        "SELECT DISTINCT label.value AS label FROM search_index, "
        "json_each(search_index.labels) AS label ORDER BY label"
    )
    return Answer(200, last_page_of(call, [row["label"] for row in rows], 1000))


def _create_fields(view: View, project: SeedProject, type_id: str) -> list[Json]:
    allowed, required = screen_fields(view.site, project.id, type_id, "create")
    shown = [
        field_meta_json(view, field, project, required=field.id in required | ALWAYS)
        for field in view.site.fields.values()
        if field.id in allowed
    ]
    issue_type = view.catalog.issue_types[type_id]
    for entry in shown:
        if entry["key"] == "issuetype":
            entry["allowedValues"] = [issue_type_json(view, issue_type)]
        entry["fieldId"] = entry["key"]
    shown.append(
        {
            "required": True,
            "schema": {"type": "project", "system": "project"},
            "name": "Project",
            "key": "project",
            "fieldId": "project",
            "hasDefaultValue": False,
            "operations": ["set"],
            "allowedValues": [project_json(view, project)],
        }
    )
    return shown


def get_create_meta(call: Call) -> Answer:
    """GET issue/createmeta."""
    view = view_for(call)
    keys = {key.upper() for key in call.many("projectKeys")}
    ids = set(call.many("projectIds"))
    projects = []
    for project in view.catalog.projects.values():
        if (keys and project.key not in keys) or (ids and project.id not in ids):
            continue
        types = []
        for issue_type in view.catalog.issue_types_of(project):
            entry = issue_type_json(view, issue_type)
            if "projects.issuetypes.fields" in call.many("expand"):
                fields = _create_fields(view, project, issue_type.id)
                entry["fields"] = {field.pop("fieldId"): field for field in fields}
            types.append(entry)
        shown = project_json(view, project)
        kept = {name: shown[name] for name in ("self", "id", "key", "name", "avatarUrls")}
        projects.append({**kept, "issuetypes": types})
    return Answer(200, {"expand": "projects", "projects": projects})


def get_create_types(call: Call) -> Answer:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes."""
    project, view = _project(call), view_for(call)
    types = [issue_type_json(view, entry) for entry in view.catalog.issue_types_of(project)]
    page = last_page_of(call, types)
    return Answer(200, {**page, "issueTypes": page["values"]})


def get_create_fields(call: Call) -> Answer:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}."""
    project, view = _project(call), view_for(call)
    type_id = call.parameters["issueTypeId"]
    if type_id not in {entry.id for entry in view.catalog.issue_types_of(project)}:
        raise NotFoundError(f"Issue type with id '{type_id}' is not part of the project.")
    page = last_page_of(call, _create_fields(view, project, type_id))
    return Answer(200, {**page, "fields": page["values"]})


def get_edit_meta(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/editmeta."""
    issue, view = visible_issue(call), view_for(call)
    project = view.catalog.projects[issue.project_id]
    allowed, required = screen_fields(view.site, project.id, issue.fields["issuetype"], "edit")
    fields = {
        name: field_meta_json(view, field, project, required=name in required | ALWAYS)
        for name, field in view.site.fields.items()
        if name in allowed
    }
    return Answer(200, {"fields": fields})


def _types(view: View) -> dict[str, Any]:
    return view.catalog.issue_types


def _statuses(view: View) -> dict[str, Any]:
    return view.catalog.statuses


def _priorities(view: View) -> dict[str, Any]:
    return view.catalog.priorities


def _resolutions(view: View) -> dict[str, Any]:
    return view.catalog.resolutions


_META = "issue/createmeta/{projectIdOrKey}/issuetypes"
ROUTES = [
    Route("GET", "project", get_projects),
    Route("GET", "project/search", search_projects),
    Route("GET", "project/{projectIdOrKey}", get_project),
    Route("GET", "project/{projectIdOrKey}/statuses", get_project_statuses),
    Route("GET", "project/{projectIdOrKey}/components", get_project_components),
    Route("GET", "project/{projectIdOrKey}/versions", get_project_versions),
    Route("GET", "issuetype", _listing(_types, issue_type_json)),
    Route("GET", "issuetype/{id}", _single(_types, issue_type_json, "id", "issue type")),
    Route("GET", "status", _listing(_statuses, status_json)),
    Route("GET", "status/{idOrName}", _single(_statuses, status_json, "idOrName", "status")),
    Route("GET", "statuses/search", search_statuses),
    Route("GET", "statuscategory", get_categories),
    Route("GET", "priority", _listing(_priorities, priority_json)),
    Route("GET", "priority/search", _paged(_priorities, priority_json)),
    Route("GET", "priority/{id}", _single(_priorities, priority_json, "id", "priority")),
    Route("GET", "resolution", _listing(_resolutions, resolution_json)),
    Route("GET", "resolution/{id}", _single(_resolutions, resolution_json, "id", "resolution")),
    Route("GET", "field", get_fields),
    Route("GET", "field/search", search_fields),
    Route("GET", "label", get_labels),
    Route("GET", "issue/createmeta", get_create_meta),
    Route("GET", _META, get_create_types),
    Route("GET", _META + "/{issueTypeId}", get_create_fields),
    Route("GET", "issue/{issueIdOrKey}/editmeta", get_edit_meta),
]
