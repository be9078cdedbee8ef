"""Which steps of the workflow an issue offers to a reader, and how they look."""

from typing import Any

from local_jira.seed_file import SeedTransition
from local_jira.store.issues import IssueRecord
from local_jira.views.context import View
from local_jira.views.definitions import status_json
from local_jira.views.field_meta import field_meta_json

Json = dict[str, Any]


def available_steps(view: View, issue: IssueRecord) -> list[SeedTransition]:
    """The steps that lead on from the issue's status and are open to the reader.

    Customers take none: in the real service they have no right to transition issues.
    """
    if view.reader is None or view.reader.is_customer:
        return []
    return [
        step
        for step in view.catalog.transitions_from(issue.fields["status"])
        if not step.account_types or view.reader.account_type in step.account_types
    ]


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
            "isConditional": bool(step.account_types),
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
