from datetime import datetime
from typing import Any

from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from jira_gateway.observation import RawIssue, change_mark, is_public, last_change, observe
from models.jira_view import Cursor, Side

OWN = "acc-bot"
AT = "2026-03-01T10:00:00.000+0100"


class EverybodyIsStaff:
    """Understands nothing and lets every author be staff."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        return CommentMeaning(side=Side.STAFF)

    def edit(
        self,
        issue: IssueContext,
        author: Author,
        field: str,
        at: datetime,
        after: str | None = None,
    ) -> EditMeaning:
        return EditMeaning(side=Side.STAFF)


def comment(number: int, author: str = "acc-ada", **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "author": {"accountId": author},
        "body": "secret words",
        "created": AT,
        **more,
    }


def change(number: int, author: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(number),
        "author": {"accountId": author},
        "created": AT,
        "items": list(items),
    }


def issue(comments: tuple[Any, ...] = (), changes: tuple[Any, ...] = ()) -> RawIssue:
    status = {"name": "Open", "statusCategory": {"key": "new"}}
    fields = {"status": status, "updated": AT, "created": AT, "priority": None, "labels": None}
    return RawIssue({"id": "1", "key": "FT-1", "fields": fields}, comments, changes)


PRIORITY = {"field": "priority", "fieldId": "priority", "fromString": "Low", "toString": "High"}
WORDS = {"field": "description", "fieldId": "description", "fromString": "a", "toString": "secret"}
OWNER = {
    "field": "assignee",
    "fieldId": "assignee",
    "from": None,
    "to": "acc-ada",
    "fromString": None,
    "toString": "Ada Agent",
}


def test_only_what_people_did_since_the_cursor_is_told_in_order() -> None:
    raw = issue(
        comments=(comment(12), comment(10), comment(11, OWN), comment(13, OWN)),
        changes=(change(22, "acc-ada", PRIORITY), change(21, OWN, PRIORITY)),
    )
    seen = observe(raw, Cursor(comment_id=10, change_id=20), OWN, EverybodyIsStaff())
    assert [one.comment_id for one in seen.comments] == [12]
    assert [one.change_id for one in seen.edits] == [22]
    assert seen.cursor == Cursor(comment_id=13, change_id=22)


def test_a_comment_that_somebody_else_has_edited_is_told_apart() -> None:
    authors: list[Author] = []

    class Keeping(EverybodyIsStaff):
        def comment(
            self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
        ) -> CommentMeaning:
            authors.append(author)
            return CommentMeaning(side=Side.STAFF)

    raw = issue(
        comments=(
            comment(11, updateAuthor={"accountId": "acc-ada"}),
            comment(12, updateAuthor={"accountId": "acc-admin"}),
            comment(13),
        )
    )
    observe(raw, Cursor(), OWN, Keeping())
    assert [author.overwritten for author in authors] == [False, True, False]


def test_the_cursor_never_goes_back() -> None:
    seen = observe(issue(), Cursor(comment_id=9, change_id=8), OWN, EverybodyIsStaff())
    assert seen.cursor == Cursor(comment_id=9, change_id=8)


def test_words_of_a_text_field_do_not_travel() -> None:
    raw = issue(comments=(comment(1),), changes=(change(2, "acc-ada", WORDS, OWNER, PRIORITY),))
    seen = observe(raw, Cursor(), OWN, EverybodyIsStaff())
    assert "secret" not in seen.model_dump_json()
    assert [(one.field, one.after) for one in seen.edits] == [
        ("description", None),
        ("assignee", "acc-ada"),
        ("priority", "High"),
    ]


def test_a_comment_is_public_unless_it_says_otherwise() -> None:
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    spoken = {"key": "sd.public.comment", "value": {"internal": "true"}}
    assert is_public(comment(1))
    assert is_public(comment(1, jsdPublic=True))
    assert not is_public(comment(1, jsdPublic=False))
    assert not is_public(comment(1, properties=[internal]))
    assert not is_public(comment(1, properties=[spoken]))
    assert not is_public(comment(1, visibility={"type": "role", "value": "Staff"}))


def test_our_own_writes_do_not_change_the_mark_and_peoples_do() -> None:
    before = change_mark([comment(1)], [change(5, "acc-ada", PRIORITY)], AT, OWN)
    ours = change_mark(
        [comment(1), comment(2, OWN)],
        [change(5, "acc-ada", PRIORITY), change(6, OWN, PRIORITY)],
        AT,
        OWN,
    )
    theirs = change_mark([comment(1), comment(3)], [change(5, "acc-ada", PRIORITY)], AT, OWN)
    assert before == ours
    assert before != theirs


def test_the_last_change_of_a_field_is_found_in_the_history() -> None:
    raw = issue(changes=(change(5, "acc-ada", PRIORITY), change(6, OWN, PRIORITY, OWNER)))
    assert last_change(raw, "priority") == (6, OWN)
    assert last_change(raw, "duedate") is None
