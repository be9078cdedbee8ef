"""Requests: raising, listing and reading them, their status, steps and participants."""

from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.create import create_issue
from local_jira.changes.edit import transition_issue
from local_jira.changes.extras import keep_comment
from local_jira.failures import BadRequestError, NotFoundError, invalid_payload
from local_jira.naming import reference_to
from local_jira.permissions import may_see
from local_jira.seed_desk import SeedRequestType
from local_jira.service_desk.expanding import expanded_request
from local_jira.service_desk.requests import (
    desk_project,
    is_open,
    participants_of,
    request_type_of,
    status_changes,
    status_json,
    visible_request,
)
from local_jira.service_desk.shapes import (
    Json,
    find_person,
    named_people,
    page,
    person_json,
    route,
)
from local_jira.store.issues import IssueRecord, all_issues
from local_jira.views.context import View, view_for
from local_jira.views.transitions import available_steps

TEXT_API = "2"


def _wanted_type(view: View, document: Json) -> tuple[str, SeedRequestType]:
    """The project's key and the request type that a body names."""
    project, desk = desk_project(view, str(document.get("serviceDeskId", "")))
    wanted = str(document.get("requestTypeId", ""))
    for entry in desk.request_types:
        if entry.id == wanted:
            return project.key, entry
    raise BadRequestError(f"The request type '{wanted}' does not exist in this service desk.")


def _form(document: Json, asked: SeedRequestType) -> Json:
    """The values of the form; raises BadRequestError for what it lacks."""
    values = document.get("requestFieldValues")
    if not isinstance(values, dict):
        raise invalid_payload()
    offered = {"summary", *(entry.field for entry in asked.fields)}
    unknown = sorted(set(values) - offered)
    if unknown:
        raise BadRequestError(f"The request type has no such fields: {', '.join(unknown)}.")
    required = {"summary", *(entry.field for entry in asked.fields if entry.required)}
    missing = sorted(name for name in required if values.get(name) in (None, "", []))
    if missing:
        raise BadRequestError(f"The request is missing required fields: {', '.join(missing)}.")
    return values


def post_request(call: Call) -> Answer:
    """POST request: a customer raises it for themselves, an agent also for a customer."""
    document = call.json_object()
    with call.site.write(call) as work:
        view = view_for(call, work.connection)
        project_key, asked = _wanted_type(view, document)
        fields = {
            **_form(document, asked),
            "project": {"key": project_key},
            "issuetype": {"name": asked.issue_type},
        }
        behalf = document.get("raiseOnBehalfOf")
        if behalf is not None:
            if call.actor.is_customer:
                raise BadRequestError("You cannot raise a request on behalf of somebody else.")
            by_name = view.site.settings.is_datacenter
            fields["reporter"] = reference_to(find_person(view, behalf), by_name)
        form = frozenset({"summary", *(entry.field for entry in asked.fields)})
        issue = create_issue(work, {"fields": fields}, TEXT_API, form=form)
        issue.fields["requestType"] = asked.id
        people = [find_person(view, entry) for entry in _list(document, "requestParticipants")]
        issue.fields["participants"] = [person.account_id for person in people]
        work.keep(issue)
        shown = expanded_request(call, view, issue)
    return Answer(201, shown)


def _list(document: Json, name: str) -> list[Any]:
    listed = document.get(name) or []
    if not isinstance(listed, list):
        raise invalid_payload()
    return listed


def get_request(call: Call) -> Answer:
    """GET request/{issueIdOrKey}."""
    return Answer(200, expanded_request(call, view_for(call), visible_request(call)))


def get_requests(call: Call) -> Answer:
    """GET request: what the caller raised or takes part in, latest activity first."""
    view, me = view_for(call), call.actor.account_id
    status = call.first("requestStatus", "ALL_REQUESTS")
    desk, asked = call.first("serviceDeskId"), call.first("requestTypeId")
    text = (call.first("searchTerm") or "").casefold()

    def fits(issue: IssueRecord) -> bool:
        found = request_type_of(view, issue)
        own_desk = view.catalog.projects[issue.project_id].desk
        return (
            found is not None
            and own_desk is not None
            and may_see(call.actor, issue)
            and (issue.fields.get("reporter") == me or me in participants_of(issue))
            and desk in (None, own_desk.id)
            and asked in (None, found.id)
            and text in issue.fields["summary"].casefold()
            and status
            in ("ALL_REQUESTS", "OPEN_REQUESTS" if is_open(view, issue) else "CLOSED_REQUESTS")
        )

    found = [issue for issue in all_issues(view.connection) if fits(issue)]
    found.sort(key=lambda issue: (issue.updated, issue.id), reverse=True)
    return page(call, view, found, lambda issue: expanded_request(call, view, issue))


def get_statuses(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/status: newest first."""
    issue, view = visible_request(call), view_for(call)
    found = list(reversed(status_changes(view, issue)))
    return page(call, view, found, lambda change: status_json(view, *change))


def get_steps(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/transition: what the caller can take; customers on the portal."""
    issue, view = visible_request(call), view_for(call)
    steps = available_steps(view, issue, on_portal=True)
    return page(call, view, steps, lambda step: {"id": step.id, "name": step.name})


def post_step(call: Call) -> Answer:
    """POST request/{issueIdOrKey}/transition, with a public `additionalComment` if wanted."""
    document = call.json_object()
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        steps = available_steps(view_for(call, work.connection), issue, on_portal=True)
        step = next((step for step in steps if step.id == str(document.get("id"))), None)
        if step is None:
            raise BadRequestError("The transition is not available for this request.")
        transition_issue(work, issue, step, {}, TEXT_API)
        comment = document.get("additionalComment")
        if comment is not None:
            body = comment.get("body") if isinstance(comment, dict) else None
            keep_comment(work, issue, {"body": body}, TEXT_API)
    return Answer(204)


def get_participants(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/participant."""
    issue, view = visible_request(call), view_for(call)
    return page(
        call, view, participants_of(issue), lambda name: person_json(view, view.account(name))
    )


def _require_known(issue: IssueRecord, leaving: list[str]) -> None:
    strangers = sorted(set(leaving) - set(participants_of(issue)))
    if strangers:
        raise BadRequestError(f"'{strangers[0]}' does not take part in this request.")


def _change_participants(call: Call, add: bool) -> Answer:
    document = call.json_object()
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        if call.actor.is_customer and issue.fields.get("reporter") != call.actor.account_id:
            raise NotFoundError("Only the reporter and agents change who takes part.")
        view = view_for(call, work.connection)
        chosen = [find_person(view, name).account_id for name in named_people(document)]
        _require_known(issue, [] if add else chosen)
        kept = [name for name in participants_of(issue) if name not in chosen]
        issue.fields["participants"] = [*kept, *dict.fromkeys(chosen)] if add else kept
        work.keep(issue)
    return get_participants(call)


def post_participants(call: Call) -> Answer:
    """POST request/{issueIdOrKey}/participant."""
    return _change_participants(call, add=True)


def delete_participants(call: Call) -> Answer:
    """DELETE request/{issueIdOrKey}/participant."""
    return _change_participants(call, add=False)


_PATH = "request/{issueIdOrKey}"
ROUTES = [
    route("GET", "request", get_requests),
    route("POST", "request", post_request),
    route("GET", _PATH, get_request),
    route("GET", _PATH + "/status", get_statuses),
    route("GET", _PATH + "/transition", get_steps),
    route("POST", _PATH + "/transition", post_step),
    route("GET", _PATH + "/participant", get_participants),
    route("POST", _PATH + "/participant", post_participants),
    route("DELETE", _PATH + "/participant", delete_participants),
]
