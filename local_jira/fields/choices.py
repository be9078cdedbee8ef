"""Kinds of fields whose values are chosen from what the site defines."""

from collections.abc import Callable
from typing import Any

from local_jira.catalog import Catalog, Directory
from local_jira.fields.kinds import FieldContext, FieldInvalidError, FieldKind, Shown
from local_jira.seed_file import SeedProject
from local_jira.views.context import View
from local_jira.views.definitions import (
    component_json,
    issue_type_json,
    priority_json,
    resolution_json,
    status_json,
    version_json,
)

Chooser = Callable[[Catalog], Directory[Any]]
Renderer = Callable[[View, Any], dict[str, Any]]


def _wanted(value: Any, what: str) -> tuple[str | None, str | None]:
    if not isinstance(value, dict):
        raise FieldInvalidError(f"Specify a valid 'id' or 'name' for {what}")
    identifier, name = value.get("id"), value.get("name")
    if identifier is None and name is None:
        raise FieldInvalidError(f"Could not find valid 'id' or 'name' in {what} object.")
    return (None if identifier is None else str(identifier)), name


class Choice(FieldKind):
    """One thing that the site defines, named by id or name."""

    def __init__(self, what: str, chooser: Chooser, renderer: Renderer) -> None:
        """`what` is the word for the thing in sentences and in the schema."""
        self.what = what
        self.schema_type = what
        self.chooser = chooser
        self.renderer = renderer

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read `{"id": …}` or `{"name": …}`."""
        if value is None:
            return None
        identifier, name = _wanted(value, self.what)
        directory = self.chooser(context.catalog)
        entry = directory.get(identifier) if identifier else directory.named(str(name))
        if entry is None:
            raise FieldInvalidError(f"The {self.what} selected is invalid.")
        return entry.id

    def render(self, view: View, value: Any) -> Any:
        """The thing as an object."""
        return self.renderer(view, self.chooser(view.catalog)[value]) if value else None

    def show_change(self, view: View, value: Any) -> Shown:
        """Id and name."""
        return (value, self.chooser(view.catalog)[value].name) if value else (None, None)


class IssueTypeChoice(Choice):
    """The kind of issue, which the project must take."""

    def __init__(self) -> None:
        """Choose among the site's issue types."""
        super().__init__("issuetype", lambda catalog: catalog.issue_types, issue_type_json)

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Refuse a type that the project does not have."""
        if value is None:
            raise FieldInvalidError("Specify an issue type")
        if not isinstance(value, dict):
            raise FieldInvalidError("Specify an issue type")
        identifier, name = _wanted(value, "issuetype")
        for issue_type in context.catalog.issue_types_of(context.project):
            if identifier == issue_type.id or (
                identifier is None and str(name).casefold() == issue_type.name.casefold()
            ):
                return issue_type.id
        raise FieldInvalidError("Specify a valid issue type")


class Choices(FieldKind):
    """Several things of the issue's project: components or versions."""

    schema_type = "array"
    operations = ("set", "add", "remove")

    def __init__(
        self,
        what: str,
        of_project: Callable[[SeedProject], tuple[Any, ...]],
        chooser: Chooser,
        renderer: Renderer,
    ) -> None:
        """`of_project` gives what may be chosen, `chooser` everything that can be shown."""
        self.what = what
        self.items = what
        self.of_project = of_project
        self.chooser = chooser
        self.renderer = renderer

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read a list of `{"id": …}` or `{"name": …}`."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise FieldInvalidError("data was not an array")
        chosen: list[str] = []
        for part in value:
            identifier, name = _wanted(part, self.what)
            entry = next(
                (
                    e
                    for e in self.of_project(context.project)
                    if identifier == e.id or name == e.name
                ),
                None,
            )
            if entry is None:
                raise FieldInvalidError(
                    f"{self.what.capitalize()} {'id' if identifier else 'name'} "
                    f"'{identifier or name}' is not valid"
                )
            chosen.append(entry.id)
        return list(dict.fromkeys(chosen))

    def render(self, view: View, value: Any) -> Any:
        """The things as objects."""
        directory = self.chooser(view.catalog)
        return [self.renderer(view, directory[entry]) for entry in value or []]

    def show_change(self, view: View, value: Any) -> Shown:
        """Ids and names, separated by commas."""
        if not value:
            return None, None
        directory = self.chooser(view.catalog)
        return ",".join(value), ",".join(directory[entry].name for entry in value)


class Option(FieldKind):
    """One of a custom field's options, kept by its text."""

    schema_type = "option"

    def __init__(self, options: tuple[str, ...]) -> None:
        """Keep what may be chosen."""
        self.options = options

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read `{"value": …}`."""
        if value is None:
            return None
        wanted = value.get("value") if isinstance(value, dict) else None
        if wanted not in self.options:
            raise FieldInvalidError(f"Option value '{wanted}' is not valid")
        return wanted

    def render(self, view: View, value: Any) -> Any:
        """The option as an object; its id is its place in the list."""
        if value is None:
            return None
        return {"value": value, "id": str(10000 + self.options.index(value))}


PRIORITY = Choice("priority", lambda catalog: catalog.priorities, priority_json)
RESOLUTION = Choice("resolution", lambda catalog: catalog.resolutions, resolution_json)
STATUS = Choice("status", lambda catalog: catalog.statuses, status_json)
COMPONENTS = Choices(
    "component",
    lambda project: project.components,
    lambda catalog: catalog.components,
    component_json,
)
VERSIONS = Choices(
    "version", lambda project: project.versions, lambda catalog: catalog.versions, version_json
)
