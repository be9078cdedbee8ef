"""Properties of many issues at once; the work is done at once and told as a finished task."""

import json
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.extras import check_property, keep_issue_property
from local_jira.changes.work import Work
from local_jira.database import next_number
from local_jira.failures import BadRequestError, NotFoundError, RefusalError, invalid_payload
from local_jira.handlers.common import Json
from local_jira.permissions import may_see, require_staff
from local_jira.routing import Route
from local_jira.store.issues import IssueRecord, all_issues, find_issue
from local_jira.store.properties import properties_of, remove_property
from local_jira.views.context import view_for

FIRST_TASK_ID = 10000
MOST_KEYS = 10
MOST_ISSUES = 10_000
MOST_ISSUES_EACH = 100
_ABSENT = object()


def _task(call: Call, work: Work, description: str, result: Json) -> str:
    """Keep a finished task; answers its id."""
    task_id = str(next_number(work.connection, "task", FIRST_TASK_ID))
    document = {
        "id": task_id,
        "description": description,
        "status": "COMPLETE",
        "result": result,
        "submittedBy": 10000,
        "progress": 100,
        "elapsedRuntime": 0,
        "submitted": work.now,
        "started": work.now,
        "finished": work.now,
        "lastUpdate": work.now,
        "account": call.actor.account_id,
    }
    work.connection.execute(
        "INSERT INTO task (id, document) VALUES (?, ?)", (task_id, json.dumps(document))
    )
    return task_id


def _see_task(call: Call, task_id: str) -> Answer:
    return Answer(303, headers={"Location": view_for(call).url(f"task/{task_id}")})


def get_task(call: Call) -> Answer:
    """GET task/{taskId}: for whoever started it, and admins."""
    view = view_for(call)
    row = view.connection.execute(
        "SELECT document FROM task WHERE id = ?", (call.parameters["taskId"],)
    ).fetchone()
    document = json.loads(row["document"]) if row else {}
    owner = document.pop("account", None)
    if row is None or (owner != call.actor.account_id and not call.actor.is_admin):
        raise NotFoundError("The task does not exist.")
    return Answer(200, {"self": view.url(f"task/{document['id']}"), **document})


def _ids(listed: Any, most: int) -> list[int]:
    if not isinstance(listed, list) or len(listed) > most:
        raise BadRequestError(f"Give the issues as a list of at most {most} numbers.")
    if any(isinstance(entry, bool) or not isinstance(entry, int) for entry in listed):
        raise invalid_payload()
    return listed


def _values(document: Any) -> Json:
    if not isinstance(document, dict) or not 0 < len(document) <= MOST_KEYS:
        raise BadRequestError(f"Give between 1 and {MOST_KEYS} properties.")
    for key, value in document.items():
        check_property(key, value)
    return document


def _issue(call: Call, work: Work, issue_id: int) -> IssueRecord:
    issue = find_issue(work.connection, str(issue_id))
    if issue is None or not may_see(call.actor, issue):
        raise BadRequestError(f"The issue with id '{issue_id}' does not exist.")
    return issue


def post_list(call: Call) -> Answer:
    """POST issue/properties: the same properties for all issues, or for none of them."""
    require_staff(call, "edit these issues")
    document = call.json_object()
    wanted, values = (
        _ids(document.get("entitiesIds"), MOST_ISSUES),
        _values(document.get("properties")),
    )
    with call.site.write(call) as work:
        for issue in [_issue(call, work, issue_id) for issue_id in wanted]:
            for key, value in values.items():
                keep_issue_property(work, issue, key, value)
        task_id = _task(call, work, "Set issue properties", {"issues": len(wanted)})
    return _see_task(call, task_id)


def post_multi(call: Call) -> Answer:
    """POST issue/properties/multi: each issue its own; what fails is told in the task's result."""
    require_staff(call, "edit these issues")
    listed = call.json_object().get("issues")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ISSUES_EACH:
        raise BadRequestError(f"Give between 1 and {MOST_ISSUES_EACH} issues.")
    failed: list[Json] = []
    with call.site.write(call) as work:
        for entry in listed:
            if not isinstance(entry, dict) or not isinstance(entry.get("issueID"), int):
                raise invalid_payload()
            try:
                values = _values(entry.get("properties"))
                issue = _issue(call, work, entry["issueID"])
            except RefusalError as refusal:
                failed.append({"issueID": entry["issueID"], **refusal.body()})
                continue
            for key, value in values.items():
                keep_issue_property(work, issue, key, value)
        result = {"issues": len(listed) - len(failed), "errors": failed}
        task_id = _task(call, work, "Set issue properties", result)
    return _see_task(call, task_id)


def _eligible(call: Call, work: Work, key: str, criteria: Any) -> list[IssueRecord]:
    if not isinstance(criteria, dict):
        raise invalid_payload()
    has, current = criteria.get("hasProperty"), criteria.get("currentValue", _ABSENT)
    if has is False and current is not _ABSENT:
        raise BadRequestError("'currentValue' and 'hasProperty: false' never hold together.")
    if "entityIds" in criteria:
        ids = _ids(criteria["entityIds"], MOST_ISSUES)
        found = [issue for name in ids if (issue := find_issue(work.connection, str(name)))]
    else:
        found = all_issues(work.connection)
    kept = []
    for issue in found:
        value = properties_of(work.connection, "issue", issue.id).get(key, _ABSENT)
        fits = (has is None or has == (value is not _ABSENT)) and (
            current is _ABSENT or value == current
        )
        if fits and may_see(call.actor, issue):
            kept.append(issue)
    return kept


def put_everywhere(call: Call) -> Answer:
    """PUT issue/properties/{propertyKey}: one value for every issue that the filter lets through."""
    require_staff(call, "edit these issues")
    key, document = call.parameters["propertyKey"], call.json_object()
    if "expression" in document:
        raise BadRequestError("This stand-in does not evaluate expressions; send 'value' instead.")
    check_property(key, document.get("value"))
    with call.site.write(call) as work:
        issues = _eligible(call, work, key, document.get("filter") or {})
        for issue in issues:
            keep_issue_property(work, issue, key, document["value"])
        task_id = _task(call, work, "Set an issue property", {"issues": len(issues)})
    return _see_task(call, task_id)


def delete_everywhere(call: Call) -> Answer:
    """DELETE issue/properties/{propertyKey}: from every issue that the filter lets through."""
    require_staff(call, "edit these issues")
    key, criteria = call.parameters["propertyKey"], call.json_object() if call.body else {}
    removed = 0
    with call.site.write(call) as work:
        for issue in _eligible(call, work, key, criteria):
            if remove_property(work.connection, "issue", issue.id, key):
                removed += 1
                work.keep(issue, updated=False)
                work.announce("issue_property_deleted", issue, property={"key": key})
        task_id = _task(call, work, "Delete an issue property", {"issues": removed})
    return _see_task(call, task_id)


ROUTES = [
    Route("POST", "issue/properties", post_list),
    Route("POST", "issue/properties/multi", post_multi),
    Route("PUT", "issue/properties/{propertyKey}", put_everywhere),
    Route("DELETE", "issue/properties/{propertyKey}", delete_everywhere),
    Route("GET", "task/{taskId}", get_task),
]
