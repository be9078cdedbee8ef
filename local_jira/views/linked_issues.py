"""How another issue looks inside an issue: as a parent, a sub-task or the end of a link."""

from typing import Any

from local_jira.permissions import may_see
from local_jira.store.issues import find_issue
from local_jira.views.context import View

Json = dict[str, Any]


def may_read(view: View, issue_id: int) -> bool:
    """Whether the reader sees the other issue at all; a view without a reader sees everything."""
    issue = find_issue(view.connection, str(issue_id))
    return issue is not None and (view.reader is None or may_see(view.reader, issue))


def linked_issue_json(view: View, issue_id: int) -> Json:
    """The other issue: key and a few fields."""
    issue = find_issue(view.connection, str(issue_id))
    if issue is None:
        return {"id": str(issue_id)}
    names = ("summary", "status", "priority", "issuetype")
    fields = {
        name: view.site.fields[name].kind.render(view, issue.fields.get(name)) for name in names
    }
    return {
        "id": str(issue.id),
        "key": issue.key,
        "self": view.url(f"issue/{issue.id}"),
        "fields": fields,
    }
