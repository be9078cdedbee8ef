"""Components and versions: reading, creating and changing them while the site runs."""

from collections.abc import Callable
from datetime import date
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.work import Work
from local_jira.database import next_number
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.handlers.common import Json
from local_jira.permissions import require_admin
from local_jira.routing import Route
from local_jira.seed_file import Seed, SeedNamed, SeedProject, SeedVersion
from local_jira.seeding import keep_seed, stored_seed
from local_jira.views.context import View, view_for
from local_jira.views.definitions import component_json, version_json

FIRST_ID = 20000
LONGEST_NAME = 255


def _shown(view: View, seed: Seed, part: SeedNamed) -> Json:
    project = _project_of(seed, part)
    if isinstance(part, SeedVersion):
        return {**version_json(view, part), "projectId": int(project.id)}
    return {**component_json(view, part), "project": project.key, "projectId": int(project.id)}


def _project_of(seed: Seed, part: SeedNamed) -> SeedProject:
    attribute = "versions" if isinstance(part, SeedVersion) else "components"
    return next(p for p in seed.projects if part in getattr(p, attribute))


def _with_part(seed: Seed, project: SeedProject, part: SeedNamed) -> Seed:
    """The seed with a part added to the project, or put in the place of the one with its id."""
    attribute = "versions" if isinstance(part, SeedVersion) else "components"
    parts = list(getattr(project, attribute))
    at = next((n for n, known in enumerate(parts) if known.id == part.id), len(parts))
    parts[at : at + 1] = [part]
    changed = project.model_copy(update={attribute: tuple(parts)})
    projects = tuple(changed if p.id == project.id else p for p in seed.projects)
    return seed.model_copy(update={"projects": projects})


def _name(document: Json, others: tuple[Any, ...], own_id: str | None, what: str) -> str:
    name = document.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadRequestError(errors={"name": f"You must specify a valid {what} name"})
    if len(name) > LONGEST_NAME:
        raise BadRequestError(errors={"name": f"The {what} name cannot exceed 255 characters."})
    if any(o.name.casefold() == name.strip().casefold() and o.id != own_id for o in others):
        raise BadRequestError(
            errors={"name": f"A {what} with this name already exists in this project."}
        )
    return name.strip()


def _project(seed: Seed, document: Json) -> SeedProject:
    wanted = str(document.get("project") or document.get("projectId") or "")
    for project in seed.projects:
        if wanted.upper() == project.key or wanted == project.id:
            return project
    raise NotFoundError(f"No project could be found with key '{wanted}'.")


def _component(document: Json, project: SeedProject, known: SeedNamed) -> SeedNamed:
    merged = {"name": known.name, "description": known.description, **document}
    return SeedNamed(
        id=known.id,
        name=_name(merged, project.components, known.id, "component"),
        description=str(merged["description"] or ""),
    )


def _version(document: Json, project: SeedProject, known: SeedVersion) -> SeedVersion:
    merged = {
        "name": known.name,
        "description": known.description,
        "released": known.released,
        "archived": known.archived,
        "releaseDate": known.release_date,
        **document,
    }
    for flag in ("released", "archived"):
        if not isinstance(merged[flag], bool):
            raise BadRequestError(errors={flag: "This must be true or false."})
    day = merged["releaseDate"]
    try:
        release_date = None if day is None else date.fromisoformat(day).isoformat()
    except (TypeError, ValueError):
        raise BadRequestError(
            errors={"releaseDate": "Give the release date as yyyy-MM-dd."}
        ) from None
    return SeedVersion(
        id=known.id,
        name=_name(merged, project.versions, known.id, "version"),
        description=str(merged["description"] or ""),
        released=merged["released"],
        archived=merged["archived"],
        release_date=release_date,
    )


def _save(work: Work, seed: Seed, project: SeedProject, part: SeedNamed) -> Seed:
    changed = _with_part(seed, project, part)
    keep_seed(work.connection, changed)
    return changed


def _creating(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        require_admin(call)
        document = call.json_object()
        with call.site.write(call) as work:
            seed = stored_seed(work.connection)
            project = _project(seed, document)
            new_id = str(next_number(work.connection, kind, FIRST_ID))
            part: SeedNamed
            if kind == "version":
                part = _version(document, project, SeedVersion(id=new_id, name=""))
            else:
                part = _component(document, project, SeedNamed(id=new_id, name=""))
            changed = _save(work, seed, project, part)
        call.site.reload()
        return Answer(201, _shown(view_for(call), changed, part))

    return handler


def _found(seed: Seed, kind: str, wanted: str) -> tuple[SeedProject, Any]:
    for project in seed.projects:
        for part in getattr(project, f"{kind}s"):
            if part.id == wanted:
                return project, part
    raise NotFoundError(f"The {kind} with id {wanted} does not exist.")


def _changing(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        require_admin(call)
        document = call.json_object()
        with call.site.write(call) as work:
            seed = stored_seed(work.connection)
            project, known = _found(seed, kind, call.parameters["id"])
            part = (_version if kind == "version" else _component)(document, project, known)
            changed = _save(work, seed, project, part)
        call.site.reload()
        return Answer(200, _shown(view_for(call), changed, part))

    return handler


def _reading(kind: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        seed = call.site.catalog.seed
        _, part = _found(seed, kind, call.parameters["id"])
        return Answer(200, _shown(view_for(call), seed, part))

    return handler


ROUTES = [
    route
    for kind in ("component", "version")
    for route in (
        Route("POST", kind, _creating(kind)),
        Route("GET", kind + "/{id}", _reading(kind)),
        Route("PUT", kind + "/{id}", _changing(kind)),
    )
]
