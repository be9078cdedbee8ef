"""What an earlier life read, judged from the ledger's events alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from activities.earlier_life import EarlierLife, earlier_life, news_since, wants_a_new_life
from ledger.records import RecordedEvent
from models.events import Event, EventKind, Fact
from models.jira_view import (
    CommandName,
    Cursor,
    JiraCommand,
    ObservedComment,
    ObservedEdit,
    ObservedIssue,
    SeenFields,
    Side,
)
from models.lifecycle import StatusCategory

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return BEGAN + timedelta(minutes=count)


def recorded(*events: tuple[EventKind, int, dict[str, Fact]]) -> tuple[RecordedEvent, ...]:
    return tuple(
        RecordedEvent(
            sequence=place, issue_id="1", issue_key="FT-1", workflow_id="feedback-1",
            customer=None, category=None, policy_version=None, recorded_at=BEGAN,
            event=Event(
                operation_id=str(place), sequence=place, kind=kind, at=minutes(at), summary=kind,
                facts=facts,
            ),
        )
        for place, (kind, at, facts) in enumerate(events, 1)
    )  # fmt: skip


LIVED = recorded(
    (EventKind.RECEIVED, 0, {}),
    (EventKind.EDITED_IN_JIRA, 5, {"field": "priority"}),
    (EventKind.CUSTOMER_WROTE, 6, {"comment": 40}),
    (EventKind.CLOSED, 10, {}),
)


def comment(comment_id: int, at: int = 11, **more: object) -> ObservedComment:
    known = {"side": Side.CUSTOMER, "public": True, "author_account_id": None, **more}
    return ObservedComment(comment_id=comment_id, created_at=minutes(at), **known)  # type: ignore[arg-type] # plain values of the model's fields


def edit(change_id: int, at: int, field: str = "status", side: Side = Side.STAFF) -> ObservedEdit:
    return ObservedEdit(
        change_id=change_id, field=field, author_account_id=None, side=side, at=minutes(at),
        before="Done", after="To Do",
    )  # fmt: skip


def reading(
    *news: ObservedComment | ObservedEdit, category: StatusCategory = StatusCategory.DONE
) -> ObservedIssue:
    return ObservedIssue(
        issue_id="1",
        issue_key="FT-1",
        fields=SeenFields(status="Any", status_category=category),
        updated_at=BEGAN,
        comments=tuple(one for one in news if isinstance(one, ObservedComment)),
        edits=tuple(one for one in news if isinstance(one, ObservedEdit)),
        cursor=Cursor(comment_id=99, change_id=99),
    )


def test_an_item_that_was_never_received_had_no_life() -> None:
    assert earlier_life(recorded((EventKind.PARKED, 1, {}))) is None
    everything = reading(comment(1))
    assert news_since(everything, None) is everything


def test_what_was_written_before_the_end_and_never_read_is_news() -> None:
    life = earlier_life(LIVED)
    news = news_since(reading(comment(40, at=6), comment(41, at=9), edit(7, 5), edit(8, 9)), life)
    assert [one.comment_id for one in news.comments] == [41]
    assert [one.change_id for one in news.edits] == [8]


def test_a_command_from_before_the_end_is_never_obeyed_in_a_new_life() -> None:
    command = JiraCommand(name=CommandName.RESOLVE)
    before = comment(50, at=9, side=Side.STAFF, command=command)
    after = comment(51, at=12, side=Side.STAFF, command=command)
    news = news_since(reading(before, after), earlier_life(LIVED))
    assert [one.comment_id for one in news.comments] == [51]


def test_a_life_that_was_cut_short_counts_until_its_last_event() -> None:
    life = earlier_life((*LIVED, *recorded((EventKind.RECEIVED, 20, {}))))
    assert life == EarlierLife(comment_id=40, edited_at=minutes(5), ended_at=minutes(20))


@pytest.mark.parametrize(
    ("news", "wanted"),
    [
        (reading(comment(50)), True),
        (reading(comment(50, gratitude=True)), False),
        (reading(comment(50, public=False)), False),
        (reading(comment(50, side=Side.STAFF)), False),
        (reading(comment(50, side=Side.MACHINE)), False),
        (reading(edit(9, 11), category=StatusCategory.TO_DO), True),
        (reading(edit(9, 11), category=StatusCategory.DONE), False),
        (reading(edit(9, 11, side=Side.MACHINE), category=StatusCategory.TO_DO), False),
        (reading(edit(9, 11, field="labels"), category=StatusCategory.TO_DO), False),
        (reading(), False),
    ],
)
def test_only_real_news_begins_a_new_life(news: ObservedIssue, wanted: bool) -> None:
    assert wants_a_new_life(news, earlier_life(LIVED)) is wanted


def test_an_issue_that_jira_shows_again_begins_a_new_life() -> None:
    hidden = recorded(
        (EventKind.RECEIVED, 0, {}), (EventKind.ISSUE_GONE, 5, {}), (EventKind.CLOSED, 5, {})
    )
    assert wants_a_new_life(reading(), earlier_life(hidden))
