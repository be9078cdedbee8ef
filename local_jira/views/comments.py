"""How comments look in answers."""

from typing import Any

from local_jira.body.codec import body_html, write_body
from local_jira.store.comments import CommentRecord
from local_jira.store.properties import properties_of
from local_jira.views.context import View
from local_jira.views.definitions import user_json

Json = dict[str, Any]
INTERNAL_MARK = "sd.public.comment"


def is_public(properties: dict[str, Any]) -> bool:
    """Whether customers see a comment: they do unless it is marked as internal."""
    mark = properties.get(INTERNAL_MARK)
    return not (isinstance(mark, dict) and mark.get("internal") is True)


def comment_json(
    view: View, comment: CommentRecord, with_properties: bool = False, rendered: bool = False
) -> Json:
    """A comment; properties and HTML only when asked for."""
    properties = properties_of(view.connection, "comment", comment.id)
    shown: Json = {
        "self": view.url(f"issue/{comment.issue_id}/comment/{comment.id}"),
        "id": str(comment.id),
        "author": user_json(view, view.account(comment.author)),
        "body": write_body(comment.body, view.api),
        "updateAuthor": user_json(view, view.account(comment.update_author)),
        "created": view.time(comment.created),
        "updated": view.time(comment.updated),
    }
    if not view.site.settings.is_datacenter:
        shown["jsdPublic"] = is_public(properties)
    if comment.visibility:
        shown["visibility"] = comment.visibility
    if with_properties:
        shown["properties"] = [{"key": key, "value": value} for key, value in properties.items()]
    if rendered:
        shown["renderedBody"] = body_html(comment.body)
    return shown


def visible_comments(view: View, comments: list[CommentRecord]) -> list[CommentRecord]:
    """The comments that the reader may see: customers only see public ones."""
    if view.reader is None or not view.reader.is_customer:
        return comments
    return [
        comment
        for comment in comments
        if is_public(properties_of(view.connection, "comment", comment.id))
    ]
