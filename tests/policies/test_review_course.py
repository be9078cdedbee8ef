"""The course of a review, and its digest as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.people import Actor, Channel
from models.review import Digest, Figure, FigureName, LastDecision, ReviewState
from models.sheet import SIGNED, Reply, Sheet
from policies.policy_set import PolicySet
from policies.reviews import course, digest_text, pinning
from policies.sheets import questions, replying
from policies.sheets.pinning import Installation

NOW = datetime(2026, 6, 8, 9, tzinfo=UTC)
TRYING_OUT = Installation(trusted_keys={}, allow_unproven=True)


def digest(**values: float) -> Digest:
    figures = tuple(
        Figure(name=name, words="as planted", value=values.get(name, 0), before=0)
        for name in FigureName
    )
    return Digest(since=NOW - timedelta(days=7), until=NOW, figures=figures)


def held(shipped: PolicySet, found: Digest) -> ReviewState:
    assert shipped.review is not None
    rules = pinning.pin(shipped.review, shipped.directory, "v", TRYING_OUT)
    sheet = Sheet(workflow_id="review-1", life="1", issue_key="FT-9")
    return course.held(course.begin(ReviewState(sheet=sheet, held_at=NOW), rules), found, NOW)


def replied(state: ReviewState, person: str, question: str, choice: str) -> ReviewState:
    actor = Actor(person=person, channel=Channel.CLI)
    reply = Reply(actor=actor, question=question, choice=choice, reason="Because.")
    judged = replying.by_update(state.sheet, reply, NOW)
    assert judged.refusal is None, judged.message
    return state.model_copy(update={"sheet": judged.sheet})


def test_a_decision_is_asked_for_when_its_figure_is_high_enough(shipped: PolicySet) -> None:
    state = held(shipped, digest(breaches=3, recontacts=2))

    assert [one.id for one in state.sheet.questions] == ["breaches", "review"]
    breaches = questions.find(state.sheet, "breaches")
    assert breaches is not None
    assert (breaches.owner, breaches.value) == ("lena", 3)
    assert breaches.due_at == NOW + timedelta(days=2)


def test_a_review_is_over_once_everybody_has_replied(shipped: PolicySet) -> None:
    state = held(shipped, digest(breaches=3))
    state = replied(state, "lena", "breaches", "accept")
    assert course.end_if_over(state, NOW).ended_at is None

    state = replied(state, "petra", "review", SIGNED)

    assert course.end_if_over(state, NOW).ended_at == NOW


def test_a_review_that_nobody_replied_to_ends_and_says_so(shipped: PolicySet) -> None:
    state = course.end_if_over(held(shipped, digest(breaches=3)), NOW + timedelta(days=13))

    assert state.ended_at is not None
    assert state.sheet.comments[-1].body == "Over. Nobody replied to: breaches, review."


REASON = 'More | people\n<script>alert("x")</script>'
LAST = LastDecision(
    question="breaches",
    words="Promises were broken.",
    figure="breaches",
    value_then=5,
    value_now=1,
    choice="accept",
    person="lena",
    reason=REASON,
    worked=True,
)


@pytest.mark.parametrize("write", [digest_text.markdown, digest_text.jira_text])
def test_a_reason_does_not_break_the_table_that_it_stands_in(write: object) -> None:
    assert callable(write)
    told = digest().model_copy(update={"last": (LAST,)})

    (row,) = [line for line in write(told).splitlines() if "accept by lena" in line]

    assert row.count("|") == 6


def test_a_reason_is_text_in_html_whatever_it_says() -> None:
    told = digest_text.html(digest().model_copy(update={"last": (LAST,)}))

    assert "<script>" not in told
    assert "&lt;script&gt;" in told


def test_the_markdown_says_what_was_decided_last_time_before_the_figures() -> None:
    told = digest_text.markdown(digest().model_copy(update={"last": (LAST,)}))

    assert told.index("What was decided last time") < told.index("## Figures")
    assert "| breaches | accept by lena: More / people" in told
