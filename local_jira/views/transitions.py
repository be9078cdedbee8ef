"""Which steps of the workflow an issue offers to a reader, and how they look."""

from typing import Any

from local_jira.seed_workflow import SeedTransition
from local_jira.store.accounts import Account
from local_jira.store.issues import IssueRecord
from local_jira.store.properties import properties_of
from local_jira.views.context import View
from local_jira.views.definitions import status_json
from local_jira.views.field_meta import field_meta_json

Json = dict[str, Any]


def available_steps(
    view: View, issue: IssueRecord, on_portal: bool = False
) -> list[SeedTransition]:
    """The steps that lead on from the issue's status and are open to the reader.

    Customers take none: in the real service they have no right to transition issues. In the
    service desk (`on_portal`) they take those that the seed opens to them.
    """
    if view.reader is None or (view.reader.is_customer and not on_portal):
        return []
    steps = view.catalog.transitions_from(
        issue.project_id, issue.fields["issuetype"], issue.fields["status"]
    )
    if view.reader.is_customer:
        steps = [step for step in steps if step.on_portal]
    return [step for step in steps if _holds(view, view.reader, issue, step)]


def _holds(view: View, reader: Account, issue: IssueRecord, step: SeedTransition) -> bool:
    """Whether every condition of a step holds for the reader."""
    if step.account_types and reader.account_type not in step.account_types:
        return False
    if step.groups and not set(step.groups) & set(reader.groups):
        return False
    if step.roles and not any(_has_role(view, reader, issue, role) for role in step.roles):
        return False
    if step.property is None:
        return True
    properties = properties_of(view.connection, "issue", issue.id)
    return step.property.key in properties and (
        properties[step.property.key] == step.property.equals
    )


def _has_role(view: View, reader: Account, issue: IssueRecord, role: str) -> bool:
    if role == "admin":
        return reader.is_admin
    if role == "lead":
        return view.catalog.projects[issue.project_id].lead == reader.account_id
    return bool(issue.fields.get(role) == reader.account_id)


def _is_conditional(step: SeedTransition) -> bool:
    return bool(step.account_types or step.groups or step.roles or step.property)


def transitions_json(view: View, issue: IssueRecord, with_fields: bool) -> list[Json]:
    """The available steps; with the fields of their screens when asked for."""
    project = view.catalog.projects[issue.project_id]
    shown: list[Json] = []
    for step in available_steps(view, issue):
        entry: Json = {
            "id": step.id,
            "name": step.name,
            "to": status_json(view, view.catalog.target_of(step)),
            "hasScreen": bool(step.screen),
            "isGlobal": step.source == "*",
            "isInitial": False,
            "isAvailable": True,
            "isConditional": _is_conditional(step),
            "isLooped": False,
        }
        if with_fields:
            entry["fields"] = {
                on_screen.field: field_meta_json(
                    view, view.site.fields[on_screen.field], project, on_screen.required
                )
                for on_screen in step.screen
            }
        shown.append(entry)
    return shown
