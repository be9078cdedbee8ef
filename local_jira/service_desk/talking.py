"""What is said about a request: public and internal comments, and the customer's rating."""

import sqlite3

from local_jira.body.codec import body_html, write_body
from local_jira.calls import Answer, Call
from local_jira.changes.extras import keep_comment
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, ForbiddenError, NotFoundError, RefusalError
from local_jira.service_desk.requests import visible_request
from local_jira.service_desk.shapes import Json, date_json, desk_url, page, person_json, route
from local_jira.store.comments import CommentRecord, comments_of, find_comment
from local_jira.store.issues import IssueRecord
from local_jira.store.properties import properties_of
from local_jira.views.comments import INTERNAL_MARK, is_public, visible_comments
from local_jira.views.context import View, view_for

TEXT_API = "2"
LONGEST_FEEDBACK = 32_767


def comment_json(view: View, comment: CommentRecord, expand: list[str]) -> Json:
    """A comment as the service desk shows it."""
    shown: Json = {
        "_expands": ["renderedBody"],
        "id": str(comment.id),
        "body": write_body(comment.body, TEXT_API),
        "public": is_public(properties_of(view.connection, "comment", comment.id)),
        "author": person_json(view, view.account(comment.author)),
        "created": date_json(view, comment.created),
        "_links": {"self": desk_url(view, f"request/{comment.issue_id}/comment/{comment.id}")},
    }
    if "renderedBody" in expand:
        shown["renderedBody"] = {"html": body_html(comment.body)}
    return shown


def comments_for(
    view: View, issue: IssueRecord, public: bool = True, internal: bool = True
) -> list[CommentRecord]:
    """The comments that the reader may see, of one kind or both, oldest first."""
    wanted = {True: public, False: internal}
    return [
        comment
        for comment in visible_comments(view, comments_of(view.connection, issue.id))
        if wanted[is_public(properties_of(view.connection, "comment", comment.id))]
    ]


def get_comments(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/comment, limited by `public` and `internal`; oldest first."""
    issue, view = visible_request(call), view_for(call)
    public = call.flag("public", default=True)
    found = comments_for(view, issue, public, call.flag("internal", default=True))
    expand = call.many("expand")
    return page(call, view, found, lambda comment: comment_json(view, comment, expand))


def get_comment(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/comment/{commentId}."""
    issue, view = visible_request(call), view_for(call)
    comment = find_comment(view.connection, call.parameters["commentId"])
    visible = visible_comments(view, [comment]) if comment else []
    if comment is None or comment.issue_id != issue.id or not visible:
        raise NotFoundError("The comment does not exist, or you may not see it.")
    return Answer(200, comment_json(view, comment, call.many("expand")))


def post_comment(call: Call) -> Answer:
    """POST request/{issueIdOrKey}/comment; `public` must be said, and customers only say true."""
    document = call.json_object()
    public = document.get("public")
    if not isinstance(public, bool):
        raise BadRequestError("'public' must be true or false.")
    if not public and call.actor.is_customer:
        raise ForbiddenError("You do not have permission to create internal comments.")
    comment: Json = {"body": document.get("body")}
    if not public:
        comment["properties"] = [{"key": INTERNAL_MARK, "value": {"internal": True}}]
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        record = keep_comment(work, issue, comment, TEXT_API)
        shown = comment_json(view_for(call, work.connection), record, [])
    return Answer(201, shown)


def _experimental(call: Call) -> None:
    if call.headers.get("x-experimentalapi", "").lower() not in ("opt-in", "true"):
        raise RefusalError(
            412, "This is an experimental operation. Send the header 'X-ExperimentalApi: opt-in'."
        )


def rating_of(connection: sqlite3.Connection, issue_id: int) -> Json | None:
    """The rating and comment that the reporter gave, if any."""
    row = connection.execute(
        "SELECT rating, comment FROM feedback WHERE issue_id = ?", (issue_id,)
    ).fetchone()
    return dict(row) if row else None


def save_rating(work: Work, issue: IssueRecord, rating: object, body: object) -> None:
    """Keep the reporter's rating; raises ForbiddenError for others and BadRequestError."""
    if isinstance(rating, bool) or not isinstance(rating, int) or not 1 <= rating <= 5:
        raise BadRequestError("The rating must be a whole number between 1 and 5.")
    if not isinstance(body, str) or len(body) > LONGEST_FEEDBACK:
        raise BadRequestError("The comment's body must be a text of at most 32,767 characters.")
    _require_reporter(work, issue)
    work.connection.execute(
        "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", (issue.id, rating, body, work.now)
    )
    work.keep(issue, updated=False)


def _require_reporter(work: Work, issue: IssueRecord) -> None:
    if issue.fields.get("reporter") != work.actor.account_id:
        raise ForbiddenError("Only the reporter of the request can give or take back feedback.")


def _feedback(view: View, issue: IssueRecord) -> Json:
    found = rating_of(view.connection, issue.id)
    if found is None:
        raise NotFoundError("There is no feedback for this request.")
    return {"type": "csat", "rating": found["rating"], "comment": {"body": found["comment"]}}


def get_feedback(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/feedback."""
    _experimental(call)
    return Answer(200, _feedback(view_for(call), visible_request(call)))


def post_feedback(call: Call) -> Answer:
    """POST request/{issueIdOrKey}/feedback: a rating of 1 to 5 by the reporter; again replaces."""
    _experimental(call)
    document = call.json_object()
    rating, comment = document.get("rating"), document.get("comment") or {}
    if document.get("type", "csat") != "csat":
        raise BadRequestError("The type of feedback must be 'csat'.")
    body = comment.get("body", "") if isinstance(comment, dict) else None
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        save_rating(work, issue, rating, body)
    return Answer(201, _feedback(view_for(call), issue))


def delete_feedback(call: Call) -> Answer:
    """DELETE request/{issueIdOrKey}/feedback."""
    _experimental(call)
    with call.site.write(call) as work:
        issue = visible_request(call, work.connection)
        _require_reporter(work, issue)
        work.connection.execute("DELETE FROM feedback WHERE issue_id = ?", (issue.id,))
    return Answer(204)


_PATH = "request/{issueIdOrKey}"
ROUTES = [
    route("GET", _PATH + "/comment", get_comments),
    route("POST", _PATH + "/comment", post_comment),
    route("GET", _PATH + "/comment/{commentId}", get_comment),
    route("GET", _PATH + "/feedback", get_feedback),
    route("POST", _PATH + "/feedback", post_feedback),
    route("DELETE", _PATH + "/feedback", delete_feedback),
]
