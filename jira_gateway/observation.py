"""Pure: what people did on an issue, out of one answer of Jira, with our own echo left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jira_gateway.fields import account_id_of, moment_of, number_of, seen_fields, text_of
from jira_gateway.interpreter import Author, Interpreter, IssueContext
from models.jira_view import Cursor, ObservedComment, ObservedEdit, ObservedIssue
from models.names import OPERATION_PROPERTY

PUBLIC_PROPERTY = "sd.public.comment"
BY_ACCOUNT = "assignee"
TELLING_FIELDS = frozenset(
    {"status", "priority", "assignee", "duedate", "labels", "resolution", "issuetype", "project"}
    | {"fixVersions", "versions", "issuelinks"}
)
"""Fields whose values may travel. Any other, such as the description, may hold a customer's words:
of those it is told that they were edited, not what they say."""


@dataclass(frozen=True)
class RawIssue:
    """An issue as Jira gave it, with all comments and changes that matter already fetched.

    `comments_complete` and `changes_complete` say whether nothing newer than the cursor is missing.
    """

    raw: Mapping[str, Any]
    comments: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]

    @property
    def fields(self) -> Mapping[str, Any]:
        """The issue's fields."""
        found: Mapping[str, Any] = self.raw.get("fields") or {}
        return found

    def issue_property(self, key: str) -> Mapping[str, Any] | None:
        """An issue property that came along with the reading."""
        value = (self.raw.get("properties") or {}).get(key)
        return value if isinstance(value, Mapping) else None

    @property
    def context(self) -> IssueContext:
        """What an interpreter may know of the issue."""
        return IssueContext(
            issue_id=str(self.raw.get("id")),
            issue_key=str(self.raw.get("key")),
            reporter_account_id=account_id_of(self.fields.get("reporter")),
        )


def observe(
    issue: RawIssue, cursor: Cursor, own_account: str, interpreter: Interpreter
) -> ObservedIssue:
    """What people did since the cursor, oldest first, and where the next reading begins."""
    context = issue.context
    return ObservedIssue(
        issue_id=context.issue_id,
        issue_key=context.issue_key,
        fields=seen_fields(issue.fields),
        updated_at=moment_of(issue.fields.get("updated")),
        comments=tuple(_comments(issue, cursor, own_account, interpreter)),
        edits=tuple(_edits(issue, cursor, own_account, interpreter)),
        cursor=Cursor(
            comment_id=max((cursor.comment_id, *_ids(issue.comments))),
            change_id=max((cursor.change_id, *_ids(issue.changes))),
        ),
    )


def change_mark(
    comments: Iterable[Mapping[str, Any]],
    changes: Iterable[Mapping[str, Any]],
    created: str | None,
    own_account: str,
) -> str:
    """A mark that changes when a person does something, and never because of our own writing."""
    newest_comment = max((0, *_ids(_by_people(comments, own_account))))
    newest_change = max((0, *_ids(_by_people(changes, own_account))))
    return f"{newest_comment}-{newest_change}-{created or ''}"


def last_change(issue: RawIssue, field: str) -> tuple[int, str | None] | None:
    """Id and account of the last change of this field, or None when the history does not say."""
    for change in sorted(issue.changes, key=lambda change: number_of(change["id"]), reverse=True):
        if any(_field_id(item) == field for item in change.get("items") or ()):
            return number_of(change["id"]), account_id_of(change.get("author"))
    return None


def operations_on_comments(comments: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Operation ids found on comments, where the answer carries comment properties."""
    found = set()
    for comment in comments:
        value = _comment_property(comment, OPERATION_PROPERTY)
        if isinstance(value, Mapping) and value.get("id"):
            found.add(str(value["id"]))
    return frozenset(found)


def has_news(comments: Iterable[Mapping[str, Any]], cursor: Cursor, own_account: str) -> bool:
    """Whether people wrote comments after the cursor: those that a reading tells of."""
    return any(True for _ in _news(comments, cursor, own_account))


def is_public(comment: Mapping[str, Any]) -> bool:
    """Whether the customer can see the comment. A platform comment without a mark is public."""
    if comment.get("visibility"):
        return False
    value = _comment_property(comment, PUBLIC_PROPERTY)
    if isinstance(value, Mapping) and "internal" in value:
        return str(value["internal"]).lower() != "true"
    return comment.get("jsdPublic") is not False


def _comments(
    issue: RawIssue, cursor: Cursor, own_account: str, interpreter: Interpreter
) -> Iterable[ObservedComment]:
    context = issue.context
    for comment in sorted(
        _news(issue.comments, cursor, own_account),
        key=lambda comment: number_of(comment.get("id")),
    ):
        author = _author_of_comment(comment)
        at = moment_of(comment.get("created"))
        public = is_public(comment)
        text = text_of(comment.get("body"))
        meaning = interpreter.comment(context, author, text, at, public=public)
        yield ObservedComment(
            comment_id=number_of(comment.get("id")),
            author_account_id=author.account_id,
            side=meaning.side,
            public=public,
            created_at=at,
            gratitude=meaning.gratitude,
            command=meaning.command,
        )


def _edits(
    issue: RawIssue, cursor: Cursor, own_account: str, interpreter: Interpreter
) -> Iterable[ObservedEdit]:
    context = issue.context
    for change in sorted(
        _by_people(issue.changes, own_account), key=lambda change: number_of(change.get("id"))
    ):
        change_id = number_of(change.get("id"))
        if change_id <= cursor.change_id:
            continue
        author = _author(change)
        at = moment_of(change.get("created"))
        for item in change.get("items") or ():
            field = _field_id(item)
            before, after = _values(field, item)
            meaning = interpreter.edit(context, author, field, at, after)
            yield ObservedEdit(
                change_id=change_id,
                field=field,
                author_account_id=author.account_id,
                actor=meaning.actor,
                side=meaning.side,
                at=at,
                before=before,
                after=after,
            )


def _values(field: str, item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if field not in TELLING_FIELDS:
        return None, None
    if field == BY_ACCOUNT:
        return item.get("from"), item.get("to")
    return item.get("fromString"), item.get("toString")


def _field_id(item: Mapping[str, Any]) -> str:
    return str(item.get("fieldId") or item.get("field") or "")


def _author_of_comment(comment: Mapping[str, Any]) -> Author:
    """Whoever may edit all comments could put words into an approver's mouth."""
    author, editor = _author(comment), account_id_of(comment.get("updateAuthor"))
    overwritten = editor is not None and editor != author.account_id
    return author.model_copy(update={"overwritten": overwritten})


def _author(entry: Mapping[str, Any]) -> Author:
    user = entry.get("author") or {}
    return Author(account_id=account_id_of(user), account_type=user.get("accountType"))


def _by_people(
    entries: Iterable[Mapping[str, Any]], own_account: str
) -> Iterable[Mapping[str, Any]]:
    return (entry for entry in entries if account_id_of(entry.get("author")) != own_account)


def _news(
    comments: Iterable[Mapping[str, Any]], cursor: Cursor, own_account: str
) -> Iterable[Mapping[str, Any]]:
    by_people = _by_people(comments, own_account)
    return (one for one in by_people if number_of(one.get("id")) > cursor.comment_id)


def _ids(entries: Iterable[Mapping[str, Any]]) -> Iterable[int]:
    return (number_of(entry.get("id")) for entry in entries)


def _comment_property(comment: Mapping[str, Any], key: str) -> Any:
    for entry in comment.get("properties") or ():
        if isinstance(entry, Mapping) and entry.get("key") == key:
            return entry.get("value")
    return None
