"""How fields describe themselves: on the field list, the create, edit and transition screens."""

from typing import Any

from local_jira.fields.choices import COMPONENTS, PRIORITY, RESOLUTION, VERSIONS, Option
from local_jira.fields.kinds import User
from local_jira.fields.registry import FieldDefinition
from local_jira.seed_file import SeedProject
from local_jira.views.context import View
from local_jira.views.definitions import (
    component_json,
    priority_json,
    resolution_json,
    version_json,
)

Json = dict[str, Any]


def _allowed_values(
    view: View, definition: FieldDefinition, project: SeedProject
) -> list[Json] | None:
    kind = definition.kind
    if kind is PRIORITY:
        return [priority_json(view, entry) for entry in view.catalog.priorities.values()]
    if kind is RESOLUTION:
        return [resolution_json(view, entry) for entry in view.catalog.resolutions.values()]
    if kind is COMPONENTS:
        return [component_json(view, entry) for entry in project.components]
    if kind is VERSIONS:
        return [version_json(view, entry) for entry in project.versions]
    if isinstance(kind, Option):
        return [kind.render(view, option) for option in kind.options]
    return None


def field_meta_json(
    view: View, definition: FieldDefinition, project: SeedProject, required: bool
) -> Json:
    """A field as create, edit and transition screens describe it."""
    shown: Json = {
        "required": required,
        "schema": definition.schema(),
        "name": definition.name,
        "key": definition.id,
        "hasDefaultValue": definition.id in ("priority", "reporter"),
        "operations": list(definition.kind.operations),
    }
    if isinstance(definition.kind, User):
        shown["autoCompleteUrl"] = view.url("user/assignable/search?query=")
    allowed = _allowed_values(view, definition, project)
    if allowed is not None:
        shown["allowedValues"] = allowed
    return shown
