"""Comments and their properties."""

import sqlite3

from local_jira.calls import Answer, Call
from local_jira.changes.extras import (
    check_property,
    keep_comment,
    read_comment_body,
    read_properties,
    read_visibility,
)
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.handlers.common import no_content, page_of
from local_jira.handlers.common import visible_issue as issue_of
from local_jira.permissions import may_see
from local_jira.routing import Route
from local_jira.store.comments import (
    CommentRecord,
    comments_of,
    find_comment,
    remove_comment,
    save_comment,
)
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.store.properties import (
    properties_of,
    property_keys,
    remove_property,
    set_property,
)
from local_jira.views.comments import comment_json, visible_comments
from local_jira.views.context import view_for

ORDERS = {"created": False, "+created": False, "-created": True}


def _missing(comment_id: str) -> NotFoundError:
    return NotFoundError(f"Can not find a comment for the id: {comment_id}.")


def _comment(
    call: Call, connection: sqlite3.Connection, issue: IssueRecord, comment_id: str
) -> CommentRecord:
    comment = find_comment(connection, comment_id)
    if comment is None or comment.issue_id != issue.id:
        raise _missing(comment_id)
    if not visible_comments(view_for(call, connection), [comment]):
        raise _missing(comment_id)
    return comment


def get_comments(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/comment."""
    issue = issue_of(call)
    order = call.first("orderBy", "created") or "created"
    # A plus sign in a query string arrives as a space.
    order = order.strip()
    if order not in ORDERS:
        field = order.lstrip("+-")
        raise BadRequestError(
            f"The field to order by should be one of [created]. Instead, it was: {field}."
        )
    view = view_for(call)
    comments = visible_comments(view, comments_of(view.connection, issue.id, ORDERS[order]))
    expand = call.many("expand")
    page = page_of(call, "comments", comments, 100)
    page["comments"] = [
        comment_json(view, comment, "properties" in expand, "renderedBody" in expand)
        for comment in page["comments"]
    ]
    return Answer(200, page)


def get_comment(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/comment/{id}."""
    view = view_for(call)
    comment = _comment(call, view.connection, issue_of(call), call.parameters["id"])
    expand = call.many("expand")
    shown = comment_json(view, comment, "properties" in expand, "renderedBody" in expand)
    return Answer(200, shown)


def post_comment(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/comment; `properties` are kept with it."""
    document = call.json_object()
    if call.actor.is_customer:
        # What a customer writes is always public; a property could hide it.
        document = {"body": document.get("body")}
    with call.site.write(call) as work:
        issue = issue_of(call, work.connection)
        comment = keep_comment(work, issue, document, call.api)
        expand = call.many("expand")
        view = view_for(call, work.connection)
        shown = comment_json(view, comment, "properties" in expand, "renderedBody" in expand)
    return Answer(201, shown)


def _own(call: Call, comment: CommentRecord, doing: str) -> None:
    account = call.actor
    if comment.author != account.account_id and (account.is_customer or not account.is_admin):
        raise BadRequestError(f"You do not have the permission to {doing} this comment.")


def put_comment(call: Call) -> Answer:
    """PUT issue/{issueIdOrKey}/comment/{id}; without `properties` the old ones stay."""
    document = call.json_object()
    with call.site.write(call) as work:
        issue = issue_of(call, work.connection)
        comment = _comment(call, work.connection, issue, call.parameters["id"])
        _own(call, comment, "edit")
        comment.body = read_comment_body(document.get("body"), call.api)
        comment.visibility = read_visibility(document) or comment.visibility
        comment.updated, comment.update_author = work.now, work.actor.account_id
        save_comment(work.connection, comment)
        if not call.actor.is_customer:
            for key, value in read_properties(document).items():
                set_property(work.connection, "comment", comment.id, key, value)
        work.keep(issue)
        work.announce("comment_updated", issue, comment=comment)
        view = view_for(call, work.connection)
        shown = comment_json(view, comment, "properties" in call.many("expand"))
    return Answer(200, shown)


def delete_comment(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}/comment/{id}."""
    with call.site.write(call) as work:
        issue = issue_of(call, work.connection)
        comment = _comment(call, work.connection, issue, call.parameters["id"])
        _own(call, comment, "delete")
        work.announce("comment_deleted", issue, comment=comment)
        remove_comment(work.connection, comment.id)
        work.keep(issue)
    return no_content()


def post_comment_list(call: Call) -> Answer:
    """POST comment/list: comments by their ids."""
    wanted = call.json_object().get("ids")
    if not isinstance(wanted, list):
        raise BadRequestError("The 'ids' must be an array of comment ids.")
    view = view_for(call)
    found = [find_comment(view.connection, str(identifier)) for identifier in wanted]
    seen = [c for c in found if c is not None and _readable(call, view.connection, c)]
    expand = call.many("expand")
    values = [comment_json(view, c, "properties" in expand) for c in visible_comments(view, seen)]
    return Answer(
        200,
        {
            "startAt": 0,
            "maxResults": 1000,
            "total": len(values),
            "isLast": True,
            "values": values,
        },
    )


def _readable(call: Call, connection: sqlite3.Connection, comment: CommentRecord) -> bool:
    issue = find_issue(connection, str(comment.issue_id))
    return issue is not None and may_see(call.actor, issue)


def _with_properties(call: Call, connection: sqlite3.Connection) -> CommentRecord:
    comment = find_comment(connection, call.parameters["commentId"])
    if comment is None or call.actor.is_customer:
        raise _missing(call.parameters["commentId"])
    return comment


def get_property_keys(call: Call) -> Answer:
    """GET comment/{commentId}/properties."""
    view = view_for(call)
    comment = _with_properties(call, view.connection)
    base = view.url(f"comment/{comment.id}/properties")
    keys = property_keys(view.connection, "comment", comment.id)
    return Answer(200, {"keys": [{"self": f"{base}/{key}", "key": key} for key in keys]})


def get_comment_property(call: Call) -> Answer:
    """GET comment/{commentId}/properties/{propertyKey}."""
    connection = call.site.database.reader()
    comment = _with_properties(call, connection)
    key = call.parameters["propertyKey"]
    properties = properties_of(connection, "comment", comment.id)
    if key not in properties:
        raise NotFoundError(f"The property with key '{key}' does not exist.")
    return Answer(200, {"key": key, "value": properties[key]})


def put_comment_property(call: Call) -> Answer:
    """PUT comment/{commentId}/properties/{propertyKey}: 201 for a new one, else 200."""
    key, value = call.parameters["propertyKey"], call.json()
    check_property(key, value)
    with call.site.write(call) as work:
        comment = _with_properties(call, work.connection)
        is_new = set_property(work.connection, "comment", comment.id, key, value)
    return Answer(201 if is_new else 200, {})


def delete_comment_property(call: Call) -> Answer:
    """DELETE comment/{commentId}/properties/{propertyKey}."""
    key = call.parameters["propertyKey"]
    with call.site.write(call) as work:
        _remove(call, work, key)
    return no_content()


def _remove(call: Call, work: Work, key: str) -> None:
    comment = _with_properties(call, work.connection)
    if not remove_property(work.connection, "comment", comment.id, key):
        raise NotFoundError(f"The property with key '{key}' does not exist.")


ROUTES = [
    Route("GET", "issue/{issueIdOrKey}/comment", get_comments),
    Route("POST", "issue/{issueIdOrKey}/comment", post_comment),
    Route("GET", "issue/{issueIdOrKey}/comment/{id}", get_comment),
    Route("PUT", "issue/{issueIdOrKey}/comment/{id}", put_comment),
    Route("DELETE", "issue/{issueIdOrKey}/comment/{id}", delete_comment),
    Route("POST", "comment/list", post_comment_list),
    Route("GET", "comment/{commentId}/properties", get_property_keys),
    Route("GET", "comment/{commentId}/properties/{propertyKey}", get_comment_property),
    Route("PUT", "comment/{commentId}/properties/{propertyKey}", put_comment_property),
    Route("DELETE", "comment/{commentId}/properties/{propertyKey}", delete_comment_property),
]
