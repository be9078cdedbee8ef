"""A request as its customer sees it on the portal, whoever looks at it here, and what one can do."""

from typing import Any

from markupsafe import Markup

from local_jira.body.codec import body_html
from local_jira.calls import Call
from local_jira.changes.approvals import PENDING, approvals_of
from local_jira.changes.edit import transition_issue
from local_jira.changes.extras import keep_comment
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.pages.show import account_namer, attachment_list, person_name, time_text
from local_jira.permissions import may_see, require_visible
from local_jira.service_desk.approving import decide
from local_jira.service_desk.requests import MISSING, request_type_of, status_changes
from local_jira.service_desk.talking import rating_of, save_rating
from local_jira.store.comments import comments_of
from local_jira.store.issues import IssueRecord, all_issues, find_issue
from local_jira.store.properties import properties_of
from local_jira.views.comments import is_public
from local_jira.views.context import View, view_for
from local_jira.views.transitions import available_steps

Content = dict[str, Any]
Form = dict[str, str]
TEXT_API = "2"


def _request(call: Call, view: View, key: str) -> IssueRecord:
    issue = require_visible(call, find_issue(view.connection, key))
    if request_type_of(view, issue) is None:
        raise NotFoundError(MISSING)
    return issue


def _public_comments(view: View, issue: IssueRecord) -> list[Content]:
    return [
        {
            "id": comment.id,
            "author": person_name(view, comment.author),
            "at": time_text(view, comment.created),
            "body": Markup(body_html(comment.body, account_namer(view))),  # noqa: S704 - the renderer escapes every text
        }
        for comment in comments_of(view.connection, issue.id)
        if is_public(properties_of(view.connection, "comment", comment.id))
    ]


def portal_page(call: Call, key: str) -> Content:
    """Everything that the customer may see: no internal comment, no property, no history."""
    view = view_for(call)
    issue = _request(call, view, key)
    asked = request_type_of(view, issue)
    status = view.catalog.statuses[issue.fields["status"]]
    steps = available_steps(view, issue, on_portal=True)
    pending = [a for a in approvals_of(view.connection, issue.id) if a.decision == PENDING]
    me = call.actor.account_id
    return {
        "key": issue.key,
        "summary": issue.fields["summary"],
        "asked": asked.name if asked else "",
        "status_name": status.name,
        "category": status.category,
        "reporter": person_name(view, issue.fields.get("reporter")),
        "created": time_text(view, issue.created),
        "description": Markup(body_html(issue.fields.get("description"), account_namer(view))),  # noqa: S704 - as above
        "comments": _public_comments(view, issue),
        "attachments": attachment_list(view, issue),
        "statuses": [
            (view.catalog.statuses[status_id].name, time_text(view, at))
            for at, status_id in reversed(status_changes(view, issue))
        ],
        "steps": [step for step in steps if step.on_portal],
        "approvals": [approval for approval in pending if approval.votes.get(me) == PENDING],
        "is_reporter": issue.fields.get("reporter") == me,
        "rating": rating_of(view.connection, issue.id),
        "is_done": status.category == "done",
    }


def portal_list(call: Call) -> Content:
    """The requests that the reader raised, takes part in or is to approve, newest first."""
    view, me = view_for(call), call.actor.account_id
    shown = []
    for issue in reversed(all_issues(view.connection)):
        fields = issue.fields
        invited = [*(fields.get("participants") or ()), *(fields.get("approvers") or ())]
        is_own = fields.get("reporter") == me or me in invited
        if is_own and may_see(call.actor, issue) and request_type_of(view, issue):
            status = view.catalog.statuses[fields["status"]]
            shown.append(
                {
                    "key": issue.key,
                    "summary": fields["summary"],
                    "status": status.name,
                    "category": status.category,
                    "created": time_text(view, issue.created),
                }
            )
    return {"requests": shown}


def comment(call: Call, key: str, form: Form) -> None:
    """Write a public comment."""
    body = form.get("body", "").replace("\r\n", "\n")
    with call.site.write(call) as work:
        issue = _request(call, view_for(call, work.connection), key)
        keep_comment(work, issue, {"body": body}, TEXT_API)


def transition(call: Call, key: str, form: Form) -> None:
    """Take a step that is open on the portal."""
    with call.site.write(call) as work:
        view = view_for(call, work.connection)
        issue = _request(call, view, key)
        steps = [s for s in available_steps(view, issue, on_portal=True) if s.on_portal]
        step = next((step for step in steps if step.id == form.get("transition")), None)
        if step is None:
            raise BadRequestError("This step is no longer open. Load the page again.")
        transition_issue(work, issue, step, {}, TEXT_API)


def rate(call: Call, key: str, form: Form) -> None:
    """Rate the request, as its reporter."""
    rating = form.get("rating", "")
    with call.site.write(call) as work:
        issue = _request(call, view_for(call, work.connection), key)
        number = int(rating) if rating in tuple("12345") else 0
        save_rating(work, issue, number, form.get("body", ""))


def approval(call: Call, key: str, form: Form) -> None:
    """Approve or decline, as one of the approvers."""
    with call.site.write(call) as work:
        issue = _request(call, view_for(call, work.connection), key)
        decide(work, issue, form.get("approval", ""), form.get("decision", ""))


PORTAL_ACTIONS = {
    "comment": comment,
    "transition": transition,
    "rate": rate,
    "approval": approval,
}
