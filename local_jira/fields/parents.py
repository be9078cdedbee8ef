"""The parent of a sub-task."""

from typing import Any

from local_jira.fields.kinds import FieldContext, FieldInvalidError, FieldKind, Shown
from local_jira.store.issues import find_issue
from local_jira.views.context import View
from local_jira.views.linked_issues import linked_issue_json, may_read


class Parent(FieldKind):
    """Another issue of the same project, named by id or key and kept by its id."""

    schema_type = "issuelink"

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read `{"id": …}` or `{"key": …}`; nothing takes the parent away."""
        if value is None:
            return None
        if not isinstance(value, dict) or not (value.get("id") or value.get("key")):
            raise FieldInvalidError("data was not an object")
        issue = find_issue(context.connection, str(value.get("id") or value["key"]))
        if issue is None:
            raise FieldInvalidError("Could not find issue by id or key.")
        if issue.project_id != context.project.id:
            raise FieldInvalidError("The parent must be an issue of the same project.")
        if context.catalog.issue_types[issue.fields["issuetype"]].subtask:
            raise FieldInvalidError("A sub-task cannot be a parent.")
        return issue.id

    def render(self, view: View, value: Any) -> Any:
        """The parent with a few of its fields."""
        return linked_issue_json(view, value) if value and may_read(view, value) else None

    def show_change(self, view: View, value: Any) -> Shown:
        """Id and key."""
        issue = None if value is None else find_issue(view.connection, str(value))
        return (str(issue.id), issue.key) if issue else (None, None)
