"""Archiving issues and restoring them: an archived one can be read by id, and not written."""

from collections.abc import Callable

from local_jira.calls import Answer, Call
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, ForbiddenError, invalid_payload
from local_jira.handlers.common import Json
from local_jira.permissions import may_see
from local_jira.routing import Route
from local_jira.store.issues import IssueRecord, children_of, find_issue

MOST_AT_ONCE = 1000
NOT_FOUND = ("issuesNotFound", "Issue not found.")
IS_SUBTASK = ("issueIsSubtask", "Issue is subtask.")
Change = Callable[[Work, IssueRecord], None]


def _archive(work: Work, issue: IssueRecord) -> None:
    if issue.fields.get("archiveddate") is None:
        issue.fields |= {"archiveddate": work.now, "archivedby": work.actor.account_id}
    work.keep(issue, updated=False)


def _restore(work: Work, issue: IssueRecord) -> None:
    issue.fields |= {"archiveddate": None, "archivedby": None}
    work.keep(issue, updated=False)


def _wanted(call: Call) -> list[str]:
    names = call.json_object().get("issueIdsOrKeys")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid_payload()
    if not names or len(names) > MOST_AT_ONCE:
        raise BadRequestError("No valid issue to archive or unarchive. Bad request.")
    return names


def _change_each(call: Call, change: Change) -> Answer:
    """Sub-tasks go with their parents, and only with them."""
    if not call.actor.is_admin:
        raise ForbiddenError("Only admins can archive or unarchive issues. Access denied.")
    refused: dict[tuple[str, str], list[str]] = {}
    with call.site.write(call) as work:
        found: dict[int, IssueRecord] = {}
        for name in _wanted(call):
            issue = find_issue(work.connection, name)
            if issue is None or not may_see(call.actor, issue):
                refused.setdefault(NOT_FOUND, []).append(name)
            elif issue.fields.get("parent") is not None:
                refused.setdefault(IS_SUBTASK, []).append(name)
            else:
                found[issue.id] = issue
        for issue in found.values():
            for one in (issue, *children_of(work.connection, issue.id)):
                change(work, one)
    errors: Json = {
        name: {"count": len(names), "issueIdsOrKeys": names, "message": message}
        for (name, message), names in refused.items()
    }
    return Answer(200, {"numberOfIssuesUpdated": len(found), "errors": errors})


def put_archive(call: Call) -> Answer:
    """PUT issue/archive: up to 1000 issues by id or key."""
    return _change_each(call, _archive)


def put_unarchive(call: Call) -> Answer:
    """PUT issue/unarchive."""
    return _change_each(call, _restore)


ROUTES = [
    Route("PUT", "issue/archive", put_archive),
    Route("PUT", "issue/unarchive", put_unarchive),
]
