"""Issue properties."""

from local_jira.calls import Answer, Call
from local_jira.changes.extras import check_property, keep_issue_property
from local_jira.failures import NotFoundError
from local_jira.handlers.common import no_content, visible_issue
from local_jira.permissions import require_staff
from local_jira.routing import Route
from local_jira.store.properties import properties_of, property_keys, remove_property
from local_jira.views.context import view_for


def _no_property(key: str) -> NotFoundError:
    return NotFoundError(f"The property with key '{key}' does not exist.")


def get_keys(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/properties."""
    issue = visible_issue(call)
    require_staff(call, "read the properties of this issue")
    view = view_for(call)
    base = view.url(f"issue/{issue.key}/properties")
    keys = property_keys(view.connection, "issue", issue.id)
    return Answer(200, {"keys": [{"self": f"{base}/{key}", "key": key} for key in keys]})


def get_property(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/properties/{propertyKey}."""
    issue, key = visible_issue(call), call.parameters["propertyKey"]
    require_staff(call, "read the properties of this issue")
    properties = properties_of(call.site.database.reader(), "issue", issue.id)
    if key not in properties:
        raise _no_property(key)
    return Answer(200, {"key": key, "value": properties[key]})


def put_property(call: Call) -> Answer:
    """PUT issue/{issueIdOrKey}/properties/{propertyKey}: 201 for a new one, else 200."""
    key, value = call.parameters["propertyKey"], call.json()
    check_property(key, value)
    require_staff(call, "edit this issue")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        is_new = keep_issue_property(work, issue, key, value)
    return Answer(201 if is_new else 200, {})


def delete_property(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}/properties/{propertyKey}."""
    key = call.parameters["propertyKey"]
    require_staff(call, "edit this issue")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        if not remove_property(work.connection, "issue", issue.id, key):
            raise _no_property(key)
        work.keep(issue, updated=False)
        work.announce("issue_property_deleted", issue, property={"key": key})
    return no_content()


ROUTES = [
    Route("GET", "issue/{issueIdOrKey}/properties", get_keys),
    Route("GET", "issue/{issueIdOrKey}/properties/{propertyKey}", get_property),
    Route("PUT", "issue/{issueIdOrKey}/properties/{propertyKey}", put_property),
    Route("DELETE", "issue/{issueIdOrKey}/properties/{propertyKey}", delete_property),
]
