"""Creating, reading, editing and deleting issues."""

from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.create import create_issue
from local_jira.changes.edit import edit_issue, transition_issue
from local_jira.changes.fields_update import apply_changes, read_changes
from local_jira.changes.record import record_changes
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, ForbiddenError, RefusalError, invalid_payload
from local_jira.handlers.common import Json, last_page_of, no_content, visible_issue
from local_jira.permissions import may_see, require_staff
from local_jira.routing import Route
from local_jira.seed_workflow import SeedTransition
from local_jira.store.histories import histories_of
from local_jira.store.issues import IssueRecord, children_of, find_issue, remove_issue
from local_jira.views.context import View, view_for
from local_jira.views.histories import history_json, visible_histories
from local_jira.views.issues import chosen_fields, issue_json
from local_jira.views.transitions import available_steps, transitions_json

MOST_AT_ONCE = 50
MOST_FETCHED = 100


def _shown(call: Call, view: View, issue: IssueRecord) -> Json:
    expand = call.many("expand")
    chosen = chosen_fields(view, call.many("fields"), "*all")
    shown = issue_json(view, issue, chosen, call.many("properties"), expand)
    if "transitions" in expand:
        shown["transitions"] = transitions_json(view, issue, "transitions.fields" in expand)
    return shown


def get_issue(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}."""
    issue = visible_issue(call)
    return Answer(200, _shown(call, view_for(call), issue))


def _created(view: View, issue: IssueRecord) -> Json:
    return {"id": str(issue.id), "key": issue.key, "self": view.url(f"issue/{issue.id}")}


def _create(call: Call, work: Work, document: Any) -> IssueRecord:
    if not isinstance(document, dict):
        raise invalid_payload()
    issue = create_issue(work, document, call.api)
    transition = document.get("transition")
    if transition is not None:
        step = _step(work.view, issue, transition)
        transition_issue(work, issue, step, {}, call.api)
    return issue


def post_issue(call: Call) -> Answer:
    """POST issue."""
    if not call.body:
        raise BadRequestError("No Issue Create payload supplied")
    document = call.json_object()
    with call.site.write(call) as work:
        issue = _create(call, work, document)
    return Answer(
        201,
        {**_created(view_for(call), issue), "transition": {"status": 200}}
        if document.get("transition")
        else _created(view_for(call), issue),
    )


def post_issues(call: Call) -> Answer:
    """POST issue/bulk: each issue on its own; what cannot be created is listed."""
    updates = call.json_object().get("issueUpdates")
    if not isinstance(updates, list):
        raise invalid_payload()
    if len(updates) > MOST_AT_ONCE:
        raise BadRequestError(f"The maximum number of issues to create at once is {MOST_AT_ONCE}.")
    created: list[Json] = []
    errors: list[Json] = []
    for number, document in enumerate(updates):
        try:
            with call.site.write(call) as work:
                work.flow = "Secondary"
                issue = _create(call, work, document)
            created.append(_created(view_for(call), issue))
        except RefusalError as refusal:
            errors.append(
                {
                    "status": refusal.status,
                    "elementErrors": {**refusal.body(), "status": refusal.status},
                    "failedElementNumber": number,
                }
            )
    return Answer(201 if created or not updates else 400, {"issues": created, "errors": errors})


def put_issue(call: Call) -> Answer:
    """PUT issue/{issueIdOrKey}: everything in the body is one transaction."""
    document = call.json_object()
    require_staff(call, "edit this issue")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        edit_issue(work, issue, document, call.api)
    if call.flag("returnIssue"):
        return Answer(200, _shown(call, view_for(call), issue))
    return no_content()


def delete_issue(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}."""
    if call.actor.is_customer:
        visible_issue(call)
        raise ForbiddenError("You do not have permission to delete issues in this project.")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        children = children_of(work.connection, issue.id)
        if children and not call.flag("deleteSubtasks"):
            raise BadRequestError(
                f"The issue '{issue.key}' has subtasks.  You must specify the 'deleteSubtasks' "
                "parameter to delete this issue and all its subtasks."
            )
        for entry in [*children, issue]:
            work.announce("jira:issue_deleted", entry, event_type="issue_deleted")
            remove_issue(work.connection, entry.id)
    return no_content()


def put_assignee(call: Call) -> Answer:
    """PUT issue/{issueIdOrKey}/assignee."""
    document = call.json_object()
    require_staff(call, "assign this issue")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        request = {"fields": {"assignee": document}}
        values = read_changes(work, issue, request, {"assignee"}, call.api)
        items = apply_changes(work, issue, values)
        if items:
            work.keep(issue)
        record_changes(work, issue, items, None)
    return no_content()


def _step(view: View, issue: IssueRecord, wanted: Any) -> SeedTransition:
    if not isinstance(wanted, dict) or not wanted.get("id"):
        raise BadRequestError("Missing 'transition' identifier")
    identifier = str(wanted["id"])
    if not identifier.isdigit():
        raise BadRequestError("'transition' identifier must be an integer.")
    step = next((s for s in available_steps(view, issue) if s.id == identifier), None)
    if step is None:
        raise BadRequestError(
            f"It seems that you have tried to perform a workflow operation (transition {identifier}) "
            f"that is not valid for the current state of this issue ({issue.key}). The likely cause "
            "is that somebody has changed the issue recently, please look at the issue history for "
            "details."
        )
    return step


def get_transitions(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/transitions."""
    issue = visible_issue(call)
    shown = transitions_json(view_for(call), issue, "transitions.fields" in call.many("expand"))
    only = call.first("transitionId")
    if only is not None:
        shown = [transition for transition in shown if transition["id"] == only]
    return Answer(200, {"expand": "transitions", "transitions": shown})


def post_transition(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/transitions."""
    document = call.json_object()
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        view = view_for(call, work.connection)
        step = _step(view, issue, document.get("transition"))
        transition_issue(work, issue, step, document, call.api)
    return no_content()


def get_changelog(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/changelog: oldest first."""
    issue = visible_issue(call)
    view = view_for(call)
    histories = visible_histories(view, histories_of(view.connection, issue.id))
    page = last_page_of(call, [history_json(view, history) for history in histories], 100)
    return Answer(200, {"self": view.url(f"issue/{issue.key}/changelog"), **page})


def post_changelog_list(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/changelog/list: the entries of the given ids."""
    issue = visible_issue(call)
    wanted = call.json_object().get("changelogIds")
    if not isinstance(wanted, list):
        raise invalid_payload()
    view = view_for(call)
    histories = visible_histories(view, histories_of(view.connection, issue.id))
    found = [history for history in histories if history.id in wanted]
    return Answer(
        200,
        {
            "startAt": 0,
            "maxResults": len(found),
            "total": len(found),
            "histories": [history_json(view, history) for history in found],
        },
    )


def _names(document: Json, member: str) -> list[str]:
    names = document.get(member) or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid_payload()
    return names


def post_bulk_fetch(call: Call) -> Answer:
    """POST issue/bulkfetch: up to 100 issues by id or key; missing ones are listed as errors."""
    document = call.json_object()
    wanted = _names(document, "issueIdsOrKeys")
    if len(wanted) > MOST_FETCHED:
        raise invalid_payload()
    properties, expand = _names(document, "properties"), _names(document, "expand")
    view = view_for(call)
    chosen = chosen_fields(view, _names(document, "fields"), "*navigable")
    found: dict[int, Json] = {}
    errors: list[Json] = []
    for name in wanted:
        issue = find_issue(view.connection, name)
        if issue is None or not may_see(call.actor, issue):
            errors.append({"id": name})
        else:
            found[issue.id] = issue_json(view, issue, chosen, properties, expand)
    shown = [found[issue_id] for issue_id in sorted(found)]
    return Answer(200, {"issues": shown, "issueErrors": errors})


ROUTES = [
    Route("POST", "issue", post_issue),
    Route("POST", "issue/bulk", post_issues),
    Route("POST", "issue/bulkfetch", post_bulk_fetch),
    Route("GET", "issue/{issueIdOrKey}", get_issue),
    Route("PUT", "issue/{issueIdOrKey}", put_issue),
    Route("DELETE", "issue/{issueIdOrKey}", delete_issue),
    Route("PUT", "issue/{issueIdOrKey}/assignee", put_assignee),
    Route("GET", "issue/{issueIdOrKey}/transitions", get_transitions),
    Route("POST", "issue/{issueIdOrKey}/transitions", post_transition),
    Route("GET", "issue/{issueIdOrKey}/changelog", get_changelog),
    Route("POST", "issue/{issueIdOrKey}/changelog/list", post_changelog_list),
]
