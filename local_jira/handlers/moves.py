"""Moving an issue to another project, as a person does in the real service's pages."""

from local_jira.calls import Answer, Call
from local_jira.changes.move import move_issue
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.handlers.common import visible_issue
from local_jira.routing import Route
from local_jira.store.accounts import all_accounts


def post_move(call: Call) -> Answer:
    """POST /__local__/issues/{issueIdOrKey}/move with `project`, and `issueType`, `account` if wanted.

    Without `account` the first admin is the one who moves it. Answers id, old and new key.
    """
    document = call.json_object()
    people = all_accounts(call.site.database.reader())
    wanted = document.get("account")
    found = [p for p in people if (p.is_admin if wanted is None else p.account_id == wanted)]
    if not found:
        raise BadRequestError(errors={"account": "There is no such account."})
    call.account = found[0]
    catalog = call.site.catalog
    project = catalog.project(str(document.get("project", "")))
    if project is None:
        raise NotFoundError(f"No project could be found with key '{document.get('project')}'.")
    name = document.get("issueType")
    issue_type = None if name is None else catalog.issue_types.find(str(name))
    if name is not None and issue_type is None:
        raise BadRequestError(errors={"issueType": "There is no such issue type."})
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        old_key = issue.key
        move_issue(work, issue, project, issue_type)
    return Answer(200, {"id": str(issue.id), "oldKey": old_key, "key": issue.key})


ROUTES = [Route("POST", "issues/{issueIdOrKey}/move", post_move)]
