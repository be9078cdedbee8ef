"""The parts of a write that stand beside the fields: comments, links and properties."""

import json
from typing import Any, Literal

from local_jira.body.codec import TOO_LONG, BodyTooLongError, InvalidBodyError, read_body
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, NotFoundError, RefusalError, invalid_payload
from local_jira.seed_file import SeedLinkType
from local_jira.store.comments import CommentRecord, next_comment_id, save_comment
from local_jira.store.histories import ChangeItem
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.store.links import LinkRecord, add_link
from local_jira.store.properties import set_property

Json = dict[str, Any]
LONGEST_KEY = 255
LONGEST_VALUE = 32_768


def read_properties(document: Json) -> dict[str, Any]:
    """The `properties` list of a body as keys and values; raises BadRequestError for other shapes."""
    listed = document.get("properties")
    if listed is None:
        return {}
    if not isinstance(listed, list):
        raise invalid_payload()
    found: dict[str, Any] = {}
    for entry in listed:
        if not isinstance(entry, dict) or "key" not in entry or set(entry) - {"key", "value"}:
            raise invalid_payload()
        check_property(entry["key"], entry.get("value"))
        found[entry["key"]] = entry.get("value")
    return found


def check_property(key: Any, value: Any) -> None:
    """Raise BadRequestError when a property's key or value is not what Jira keeps."""

    if not isinstance(key, str) or not key:
        raise BadRequestError("The property key must be a non-empty string.")
    if len(key) > LONGEST_KEY:
        raise BadRequestError("The property key cannot be longer than 255 characters.")
    if value is None:
        raise BadRequestError("The property value must be a valid, non-empty JSON.")
    if len(json.dumps(value, ensure_ascii=False)) > LONGEST_VALUE:
        raise BadRequestError("The property value cannot be longer than 32768 characters.")


def keep_issue_property(work: Work, issue: IssueRecord, key: str, value: Any) -> bool:
    """Write an issue property and announce it; answers whether it is new."""
    is_new = set_property(work.connection, "issue", issue.id, key, value)
    work.keep(issue, updated=False)
    work.announce("issue_property_set", issue, property={"key": key, "value": value})
    return is_new


def read_comment_body(value: Any, api: str) -> dict[str, Any]:
    """A comment's text; raises BadRequestError in the recorded words when it is none."""
    try:
        body = read_body(value, api)
    except InvalidBodyError:
        raise BadRequestError(errors={"comment": "Comment body is not valid!"}) from None
    except BodyTooLongError:
        raise BadRequestError(errors={"comment": TOO_LONG}) from None
    if not body["text"].strip():
        raise BadRequestError(errors={"comment": "Comment body can not be empty!"})
    return body


def read_visibility(document: Json) -> dict[str, str] | None:
    """Whom a comment is limited to; raises BadRequestError for another shape."""
    visibility = document.get("visibility")
    if visibility is not None and not isinstance(visibility, dict):
        raise invalid_payload()
    return visibility


_COUNTS = {
    "comments": "SELECT count(*) AS n FROM comment WHERE issue_id = ?1",
    "attachments": "SELECT count(*) AS n FROM attachment WHERE issue_id = ?1",
    "links": "SELECT count(*) AS n FROM link WHERE source_id = ?1 OR target_id = ?1",
    "remote_links": "SELECT count(*) AS n FROM remote_link WHERE issue_id = ?1",
}


def check_room(
    work: Work,
    issue: IssueRecord,
    what: Literal["comments", "attachments", "links", "remote_links"],
    more: int,
) -> None:
    """Raise RefusalError 413 when an issue cannot hold so many more of something."""
    most = getattr(work.site.catalog.seed.issue_limits, what)
    count = work.connection.execute(_COUNTS[what], (issue.id,)).fetchone()["n"]
    if count + more > most:
        words = what.replace("_", " ")
        raise RefusalError(413, f"The issue {issue.key} can hold at most {most} {words}.")


def keep_comment(work: Work, issue: IssueRecord, document: Any, api: str) -> CommentRecord:
    """Write a comment with its properties and announce it."""
    if not isinstance(document, dict):
        raise invalid_payload()
    check_room(work, issue, "comments", 1)
    body = read_comment_body(document.get("body"), api)
    properties = read_properties(document)
    visibility = read_visibility(document)
    comment = CommentRecord(
        id=next_comment_id(work.connection),
        issue_id=issue.id,
        author=work.actor.account_id,
        update_author=work.actor.account_id,
        created=work.now,
        updated=work.now,
        body=body,
        visibility=visibility,
    )
    save_comment(work.connection, comment)
    for key, value in properties.items():
        set_property(work.connection, "comment", comment.id, key, value)
    work.keep(issue)
    work.announce("comment_created", issue, comment=comment)
    return comment


def comment_additions(update: Json) -> list[Any]:
    """The comments that `update.comment` adds; other verbs are refused."""
    return _additions(update, "comment")


def link_additions(update: Json) -> list[Any]:
    """The links that `update.issuelinks` adds; other verbs are refused."""
    return _additions(update, "issuelinks")


def _additions(update: Json, name: str) -> list[Any]:
    operations = update.get(name) or []
    if not isinstance(operations, list):
        raise invalid_payload()
    for operation in operations:
        if not isinstance(operation, dict) or set(operation) != {"add"}:
            raise BadRequestError(
                errors={name: f"Field '{name}' supports only the operation 'add'"}
            )
    return [operation["add"] for operation in operations]


def find_link_type(work: Work, wanted: Any) -> SeedLinkType:
    """The link type that a request names by id or name; raises NotFoundError as recorded."""
    if not isinstance(wanted, dict):
        raise invalid_payload()
    types = work.site.catalog.link_types
    identifier, name = wanted.get("id"), wanted.get("name")
    found = types.get(str(identifier)) if identifier else types.named(str(name))
    if found is None and identifier:
        raise NotFoundError(f"No issue link type with id '{identifier}' found.")
    if found is None:
        raise NotFoundError(f"No issue link type with name '{name}' found.")
    return found


def find_linked(work: Work, wanted: Any) -> IssueRecord:
    """The issue at one end of a link, named by id or key."""
    if not isinstance(wanted, dict):
        raise invalid_payload()
    issue = find_issue(work.connection, str(wanted.get("id") or wanted.get("key") or ""))
    if issue is None:
        raise NotFoundError("Issue does not exist or you do not have permission to see it.")
    return issue


def keep_link(
    work: Work, link_type: SeedLinkType, source: IssueRecord, target: IssueRecord
) -> LinkRecord | None:
    """Link two issues and note it at both; an existing link is left as it is."""
    if source.id == target.id:
        raise BadRequestError("You cannot link an issue to itself.")
    link = add_link(work.connection, link_type.id, source.id, target.id)
    if link is None:
        return None
    for issue in (source, target):
        check_room(work, issue, "links", 0)
    note_link(work, source, target, f"This issue {link_type.outward} {target.key}", added=True)
    note_link(work, target, source, f"This issue {link_type.inward} {source.key}", added=True)
    work.announce("issuelink_created", None, link=link)
    return link


def note_link(
    work: Work, issue: IssueRecord, other: IssueRecord, sentence: str, added: bool
) -> None:
    """Put a link's coming or going into the issue's changelog."""
    from local_jira.changes.record import record_changes  # noqa: PLC0415 - the two use each other

    end = (other.key, sentence) if added else (None, None)
    start = (None, None) if added else (other.key, sentence)
    item = ChangeItem("Link", None, "jira", start[0], start[1], end[0], end[1])
    work.keep(issue)
    record_changes(work, issue, [item], None, announce=False)


def add_link_from(work: Work, issue: IssueRecord, document: Any) -> None:
    """Carry out one `update.issuelinks` addition: the other end stands in the document."""
    if not isinstance(document, dict):
        raise invalid_payload()
    link_type = find_link_type(work, document.get("type"))
    if "outwardIssue" in document:
        keep_link(work, link_type, issue, find_linked(work, document["outwardIssue"]))
    elif "inwardIssue" in document:
        keep_link(work, link_type, find_linked(work, document["inwardIssue"]), issue)
    else:
        raise BadRequestError(errors={"issuelinks": "A link needs 'inwardIssue' or 'outwardIssue'"})
