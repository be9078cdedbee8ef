"""Which fields a create or edit screen lets through, and which of them must have a value."""

from typing import TYPE_CHECKING, Any, Literal

from local_jira.failures import BadRequestError

if TYPE_CHECKING:
    from local_jira.site import Site

ALWAYS = frozenset({"summary", "issuetype"})


def screen_fields(
    site: "Site", project_id: str, type_id: str, screen: Literal["create", "edit"]
) -> tuple[set[str], set[str]]:
    """The fields that may be set on a screen, and those of them that are required."""
    settable = {name for name, field in site.fields.items() if getattr(field, screen)}
    shown = getattr(site.catalog.screens_of(project_id, type_id), screen)
    if shown is None:
        return settable, set()
    required = {entry.field for entry in shown if entry.required}
    return settable & ({entry.field for entry in shown} | ALWAYS), required


def check_required(site: "Site", required: set[str], values: dict[str, Any]) -> None:
    """Raise BadRequestError with a sentence for every required field without a value."""
    missing = {
        name: f"{site.fields[name].name} is required."
        for name in sorted(required)
        if values.get(name) in (None, "", [])
    }
    if missing:
        raise BadRequestError(errors=missing)
