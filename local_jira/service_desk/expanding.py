"""What a request can carry besides its own members when the caller asks for it by `expand`."""

from collections.abc import Callable

from local_jira.calls import Call
from local_jira.service_desk.directory import desk_json, type_json
from local_jira.service_desk.reading_slas import sla_json
from local_jira.service_desk.requests import (
    participants_of,
    request_json,
    request_type_of,
    status_changes,
    status_json,
)
from local_jira.service_desk.shapes import Json, first_page, person_json
from local_jira.service_desk.talking import comment_json, comments_for
from local_jira.store.issues import IssueRecord
from local_jira.views.context import View

COMMENT_PART = "comment."


def expanded_request(call: Call, view: View, issue: IssueRecord) -> Json:
    """A request with the parts that the caller asked for."""
    shown = request_json(view, issue)
    shown["_expands"] = list(PARTS)
    for name in dict.fromkeys(part.partition(".")[0] for part in call.many("expand")):
        if name in PARTS:
            shown |= PARTS[name](call, view, issue)
    return shown


def _participants(_: Call, view: View, issue: IssueRecord) -> Json:
    people, path = participants_of(issue), f"request/{issue.id}/participant"

    def show(name: str) -> Json | None:
        return person_json(view, view.account(name))

    return {"participants": first_page(view, path, people, show)}


def _statuses(_: Call, view: View, issue: IssueRecord) -> Json:
    found = list(reversed(status_changes(view, issue)))
    path = f"request/{issue.id}/status"
    return {"status": first_page(view, path, found, lambda change: status_json(view, *change))}


def _slas(call: Call, view: View, issue: IssueRecord) -> Json:
    desk = view.catalog.projects[issue.project_id].desk
    found = list(desk.slas) if desk and not call.actor.is_customer else []
    path = f"request/{issue.id}/sla"
    return {"sla": first_page(view, path, found, lambda sla: sla_json(view, issue, sla))}


def _request_type(_: Call, view: View, issue: IssueRecord) -> Json:
    desk, asked = view.catalog.projects[issue.project_id].desk, request_type_of(view, issue)
    return {"requestType": type_json(view, desk, asked)} if desk and asked else {}


def _desk(_: Call, view: View, issue: IssueRecord) -> Json:
    project = view.catalog.projects[issue.project_id]
    return {"serviceDesk": desk_json(view, project, project.desk)} if project.desk else {}


def _comments(call: Call, view: View, issue: IssueRecord) -> Json:
    wanted = [
        part.removeprefix(COMMENT_PART)
        for part in call.many("expand")
        if part.startswith(COMMENT_PART)
    ]
    path = f"request/{issue.id}/comment"
    found = comments_for(view, issue)
    return {"comments": first_page(view, path, found, lambda one: comment_json(view, one, wanted))}


def _actions(call: Call, _: View, issue: IssueRecord) -> Json:
    invites = not call.actor.is_customer or issue.fields.get("reporter") == call.actor.account_id
    allowed = {
        "addAttachment": False,  # Left out in the service desk; the platform takes files.
        "addComment": True,
        "addParticipant": invites,
        "removeParticipant": invites,
    }
    return {"actions": {name: {"allowed": value} for name, value in allowed.items()}}


PARTS: dict[str, Callable[[Call, View, IssueRecord], Json]] = {
    "participant": _participants,
    "status": _statuses,
    "sla": _slas,
    "requestType": _request_type,
    "serviceDesk": _desk,
    "comment": _comments,
    "action": _actions,
}
