"""What a person can do on a page; each action is the same write that the API makes."""

from collections.abc import Callable
from urllib.parse import parse_qs

from local_jira.calls import Call
from local_jira.changes.create import create_issue
from local_jira.changes.edit import edit_issue, transition_issue
from local_jira.changes.extras import keep_comment
from local_jira.failures import BadRequestError
from local_jira.naming import reference_to
from local_jira.permissions import require_staff, require_visible
from local_jira.store.accounts import find_account
from local_jira.store.issues import find_issue
from local_jira.views.comments import INTERNAL_MARK
from local_jira.views.context import view_for
from local_jira.views.transitions import available_steps

Form = dict[str, str]
# The pages send plain text, as version 2 of the API does.
TEXT_API = "2"


def form_of(call: Call) -> Form:
    """The fields of a sent form; of repeated ones the last."""
    parsed = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in parsed.items()}


def comment(call: Call, key: str, form: Form) -> str:
    """Add a comment, public or internal; customers only write public ones."""
    document: dict[str, object] = {"body": form.get("body", "").replace("\r\n", "\n")}
    if form.get("internal") and not call.actor.is_customer:
        document["properties"] = [{"key": INTERNAL_MARK, "value": {"internal": True}}]
    with call.site.write(call) as work:
        issue = require_visible(call, find_issue(work.connection, key))
        keep_comment(work, issue, document, TEXT_API)
    return key


def transition(call: Call, key: str, form: Form) -> str:
    """Take a step of the workflow, with a resolution where its screen asks for one."""
    with call.site.write(call) as work:
        issue = require_visible(call, find_issue(work.connection, key))
        steps = available_steps(view_for(call, work.connection), issue)
        step = next((step for step in steps if step.id == form.get("transition")), None)
        if step is None:
            raise BadRequestError("This step is no longer open for the issue. Load the page again.")
        resolution = form.get("resolution")
        fields = {"resolution": {"id": resolution}} if resolution else {}
        transition_issue(work, issue, step, {"fields": fields}, TEXT_API)
    return key


def _reference(call: Call, account_id: str) -> dict[str, str] | None:
    chosen = find_account(call.site.database.reader(), account_id)
    if account_id and chosen is None:
        raise BadRequestError(f"There is no account '{account_id}'.")
    return reference_to(chosen, call.site.settings.is_datacenter) if chosen else None


def edit(call: Call, key: str, form: Form) -> str:
    """Change assignee, priority, labels and due date by hand.

    Only what differs from what the page showed is sent, so that an old page does not take back
    what somebody else has changed since.
    """
    require_staff(call, "edit this issue")
    form = {name: value for name, value in form.items() if value != form.get(f"was_{name}")}
    fields: dict[str, object] = {}
    if "assignee" in form:
        fields["assignee"] = _reference(call, form["assignee"])
    if "priority" in form:
        fields["priority"] = {"id": form["priority"]}
    if "labels" in form:
        fields["labels"] = form["labels"].split()
    if "duedate" in form:
        fields["duedate"] = form["duedate"] or None
    with call.site.write(call) as work:
        issue = require_visible(call, find_issue(work.connection, key))
        edit_issue(work, issue, {"fields": fields}, TEXT_API)
    return key


def create(call: Call, _: str, form: Form) -> str:
    """Create an issue; answers its key."""
    fields: dict[str, object] = {
        "project": {"key": form.get("project", "")},
        "issuetype": {"id": form.get("issuetype", "")},
        "summary": form.get("summary", ""),
        "description": form.get("description", "").replace("\r\n", "\n"),
    }
    with call.site.write(call) as work:
        return create_issue(work, {"fields": fields}, TEXT_API).key


ACTIONS: dict[str, Callable[[Call, str, Form], str]] = {
    "comment": comment,
    "transition": transition,
    "edit": edit,
    "create": create,
}
