"""Which fields an issue has, of which kind each is, and on which screens it may be set."""

from dataclasses import dataclass
from typing import Any

from local_jira.catalog import Catalog
from local_jira.fields.choices import (
    COMPONENTS,
    PRIORITY,
    RESOLUTION,
    STATUS,
    VERSIONS,
    IssueTypeChoice,
    Option,
)
from local_jira.fields.kinds import (
    Date,
    DateTime,
    FieldKind,
    Labels,
    LongText,
    Number,
    Summary,
    User,
)
from local_jira.fields.parents import Parent
from local_jira.seed_file import SeedField


@dataclass(frozen=True)
class FieldDefinition:
    """One field. `name` is what people read; `change_name` stands in the changelog."""

    id: str
    name: str
    kind: FieldKind
    create: bool = True
    edit: bool = True
    navigable: bool = True
    custom: bool = False
    custom_type: str | None = None
    clauses: tuple[str, ...] = ()

    @property
    def change_name(self) -> str:
        """The field's name in changelog items."""
        return {"fixVersions": "Fix Version", "versions": "Version", "components": "Component"}.get(
            self.id, self.name if self.custom else self.id
        )

    def schema(self) -> dict[str, Any]:
        """The `schema` object of field and createmeta answers."""
        shown: dict[str, Any] = {"type": self.kind.schema_type}
        if self.kind.items:
            shown["items"] = self.kind.items
        if self.custom:
            shown["custom"] = self.custom_type
            shown["customId"] = int(self.id.removeprefix("customfield_"))
        else:
            shown["system"] = self.id
        return shown


SYSTEM_FIELDS = (
    FieldDefinition("summary", "Summary", Summary(), clauses=("summary",)),
    FieldDefinition("issuetype", "Issue Type", IssueTypeChoice(), clauses=("issuetype", "type")),
    FieldDefinition("status", "Status", STATUS, create=False, edit=False, clauses=("status",)),
    FieldDefinition("priority", "Priority", PRIORITY, clauses=("priority",)),
    FieldDefinition(
        "resolution", "Resolution", RESOLUTION, create=False, edit=False, clauses=("resolution",)
    ),
    FieldDefinition("assignee", "Assignee", User(), clauses=("assignee",)),
    FieldDefinition("reporter", "Reporter", User(), clauses=("reporter",)),
    FieldDefinition("creator", "Creator", User(), create=False, edit=False, clauses=("creator",)),
    FieldDefinition("parent", "Parent", Parent(), clauses=("parent",)),
    FieldDefinition("labels", "Labels", Labels(), clauses=("labels",)),
    FieldDefinition("components", "Components", COMPONENTS, clauses=("component",)),
    FieldDefinition("fixVersions", "Fix versions", VERSIONS, clauses=("fixVersion",)),
    FieldDefinition("versions", "Affects versions", VERSIONS, clauses=("affectedVersion",)),
    FieldDefinition("duedate", "Due date", Date(), clauses=("due", "duedate")),
    FieldDefinition(
        "description", "Description", LongText(), navigable=False, clauses=("description",)
    ),
    FieldDefinition(
        "environment", "Environment", LongText(), navigable=False, clauses=("environment",)
    ),
    FieldDefinition(
        "resolutiondate", "Resolved", DateTime(), create=False, edit=False, clauses=("resolved",)
    ),
    FieldDefinition(
        "statuscategorychangedate",
        "Status Category Changed",
        DateTime(),
        create=False,
        edit=False,
        clauses=("statusCategoryChangedDate",),
    ),
    FieldDefinition("archiveddate", "Archived", DateTime(), create=False, edit=False),
    FieldDefinition("archivedby", "Archiver", User(), create=False, edit=False),
)

_CUSTOM_KINDS: dict[str, tuple[type[FieldKind], str]] = {
    "string": (FieldKind, "textfield"),
    "text": (LongText, "textarea"),
    "number": (Number, "float"),
    "date": (Date, "datepicker"),
    "datetime": (DateTime, "datetime"),
    "user": (User, "userpicker"),
    "labels": (Labels, "labels"),
}
_CUSTOM_PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"


def _custom_field(field: SeedField) -> FieldDefinition:
    if field.type == "option":
        kind, suffix = Option(field.options), "select"
    else:
        made, suffix = _CUSTOM_KINDS[field.type]
        kind = made()  # type: ignore[assignment]  # every kind in the table needs no argument
    number = field.id.removeprefix("customfield_")
    return FieldDefinition(
        field.id,
        field.name,
        kind,
        custom=True,
        custom_type=_CUSTOM_PREFIX + suffix,
        clauses=(f"cf[{number}]", field.name),
    )


def issue_fields(catalog: Catalog) -> dict[str, FieldDefinition]:
    """All fields whose values are kept in the issue's document, by id."""
    custom = [_custom_field(field) for field in catalog.custom_fields.values()]
    return {definition.id: definition for definition in (*SYSTEM_FIELDS, *custom)}
