"""Who is told of a late reply by more than a mention, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from activities.notifiers import Places
from models.events import EventKind
from models.failures import NOTICE_UNAVAILABLE
from models.notice import Attempt, NoticeResult
from models.people import NoticeChannel, Person
from models.sheet import SIGNED, LateStep, Question, Sheet, SheetRules
from policies.sheets import questions

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DUE = NOW - timedelta(hours=2)


def late_sheet() -> Sheet:
    """Petra, who wants e-mail, and Omar, whom a mention is enough for, are late with a line."""
    rules = SheetRules(
        version="v",
        issue_type="Task",
        people=(
            Person(id="petra", name="Petra", notify=(NoticeChannel.EMAIL, NoticeChannel.JIRA)),
            Person(id="omar", name="Omar", jira_account_id="acc-omar"),
        ),
        late=(LateStep(after=3600, notify=("owner", "deputies")),),
    )
    question = Question(
        id="documentation",
        words="The documentation says what is new.",
        choices=(SIGNED,),
        owner="petra",
        deputies=("omar",),
        asked_at=NOW - timedelta(days=9),
        due_at=DUE,
    )
    return Sheet(
        workflow_id="rollout-1", life="1", issue_key="FT-9", rules=rules, questions=(question,)
    )


def test_whom_a_mention_is_not_enough_for_gets_a_notice_that_says_how_to_reply() -> None:
    told = questions.pass_late(late_sheet(), NOW)

    (notice,) = told.notices
    assert notice.people == ("petra",)
    letter = Places("http://desk.example", "http://jira.example").letter(notice)
    assert "/signoff documentation" in letter
    assert "http://jira.example/browse/FT-9" in letter
    assert "/ack" not in letter
    assert "[~accountid:acc-omar]" in told.comments[-1].body


def test_whom_nothing_reached_is_tried_once_more_and_then_named_on_the_issue() -> None:
    failed = NoticeResult(
        attempts=(
            Attempt(person="petra", channel=NoticeChannel.EMAIL, failure=NOTICE_UNAVAILABLE.type),
        )
    )
    told = questions.pass_late(late_sheet(), NOW)

    once = questions.told(told, told.notices[0], failed, NOW)
    twice = questions.told(once, once.notices[0], failed, NOW)

    assert [one.attempts for one in once.notices] == [1]
    assert twice.notices == ()
    assert "Petra could be told by no other means" in twice.comments[-1].body
    assert [one.kind for one in twice.unrecorded].count(EventKind.NOTICE_FAILED) == 2
