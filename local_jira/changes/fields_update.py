"""Works out what `fields` and `update` ask for, and applies it to one issue."""

from typing import Any

from local_jira.changes.work import Work, canonical
from local_jira.failures import BadRequestError, field_not_settable, invalid_payload
from local_jira.fields.kinds import FieldContext, FieldInvalidError
from local_jira.fields.registry import FieldDefinition
from local_jira.store.histories import ChangeItem
from local_jira.store.issues import IssueRecord

Json = dict[str, Any]
# These members of `update` make things of their own instead of changing a field.
SIDE_EFFECTS = frozenset({"comment", "issuelinks"})


def _context(work: Work, issue: IssueRecord, api: str) -> FieldContext:
    project = work.site.catalog.projects[issue.project_id]
    by_name = work.site.settings.is_datacenter
    return FieldContext(work.site.catalog, work.connection, project, api, by_name)


def _apply_verb(
    context: FieldContext, definition: FieldDefinition, current: Any, operation: Any
) -> Any:
    if not isinstance(operation, dict) or len(operation) != 1:
        raise FieldInvalidError("Each operation must name exactly one verb")
    verb, operand = next(iter(operation.items()))
    if verb not in definition.kind.operations:
        raise FieldInvalidError(f"Field '{definition.id}' does not support the operation '{verb}'")
    if verb == "set":
        return definition.kind.parse(context, definition.id, operand)
    [entry] = definition.kind.parse(context, definition.id, [operand])
    kept = [known for known in current or [] if known != entry]
    if verb == "remove":
        return kept
    return current if entry in (current or []) else [*kept, entry]


def read_changes(
    work: Work,
    issue: IssueRecord,
    document: Json,
    allowed: set[str],
    api: str,
    *,
    ignored: frozenset[str] = frozenset(),
) -> Json:
    """The new internal values of every field that a request sets.

    Raises BadRequestError with one sentence per field: unknown, not on the screen, named in both
    `fields` and `update`, or with a value that the field does not take.
    """
    fields, update = document.get("fields") or {}, document.get("update") or {}
    if not isinstance(fields, dict) or not isinstance(update, dict):
        raise invalid_payload()
    context = _context(work, issue, api)
    errors: dict[str, str] = {}
    values: Json = {}
    for name, operations in [*fields.items(), *update.items()]:
        if name in ignored or (name in update and name in SIDE_EFFECTS):
            continue
        definition = work.site.fields.get(name)
        try:
            if definition is None or name not in allowed:
                raise FieldInvalidError(field_not_settable(name))
            if name in fields and name in update:
                raise FieldInvalidError(
                    f"Field '{name}' cannot appear in both 'fields' and 'update'"
                )
            values[name] = _new_value(context, definition, issue, name in update, operations)
        except FieldInvalidError as error:
            errors[name] = error.message
    if errors:
        raise BadRequestError(errors=errors)
    return values


def _new_value(
    context: FieldContext,
    definition: FieldDefinition,
    issue: IssueRecord,
    by_verbs: bool,
    value: Any,
) -> Any:
    if not by_verbs:
        return definition.kind.parse(context, definition.id, value)
    if not isinstance(value, list):
        raise FieldInvalidError("Operations must be given as an array")
    current = issue.fields.get(definition.id)
    for operation in value:
        current = _apply_verb(context, definition, current, operation)
    return current


def apply_changes(work: Work, issue: IssueRecord, values: Json) -> list[ChangeItem]:
    """Set the values and say which of them changed; unchanged ones leave no trace."""
    items: list[ChangeItem] = []
    for name, value in values.items():
        before = issue.fields.get(name)
        empty_both = not before and not value and before != 0 and value != 0
        if empty_both or canonical(before) == canonical(value):
            continue
        issue.fields[name] = value
        items.append(change_item(work, name, before, value))
    return items


def change_item(work: Work, name: str, before: Any, after: Any) -> ChangeItem:
    """The changelog's line about one field."""
    definition = work.site.fields[name]
    view = work.view
    old, old_text = definition.kind.show_change(view, before)
    new, new_text = definition.kind.show_change(view, after)
    return ChangeItem(
        field=definition.change_name,
        field_id=name,
        field_type="custom" if definition.custom else "jira",
        old=old,
        old_text=old_text,
        new=new,
        new_text=new_text,
        is_user=definition.kind.schema_type == "user",
    )
