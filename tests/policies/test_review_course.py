"""The course of a review, and its digest as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.approval import Money
from models.people import Actor, Channel
from models.review import Digest, Figure, FigureName, LastDecision, ReviewState, ThemeLine
from models.sheet import SIGNED, Reply, Sheet
from models.theme import ThemePhase
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


def test_a_theme_named_by_a_customer_leads_nowhere_in_markdown_and_in_jira() -> None:
    theme = ThemeLine(
        theme_id="theme-7",
        name="[pay](https://evil.example) !https://evil.example/seen.png!",
        phase=ThemePhase.ACCEPTED,
        items=9,
        customers=4,
    )
    told = digest().model_copy(update={"themes": (theme,)})
    assert r"\[pay\](https://evil.example)" in digest_text.markdown(told)
    assert r"\[pay\](https://evil.example) \!https://evil.example/seen.png\!" in (
        digest_text.jira_text(told)
    )


def test_a_reason_is_text_in_html_whatever_it_says() -> None:
    told = digest_text.html(digest().model_copy(update={"last": (LAST,)}))

    assert "<script>" not in told
    assert "&lt;script&gt;" in told


def test_the_markdown_says_what_was_decided_last_time_before_the_figures() -> None:
    told = digest_text.markdown(digest().model_copy(update={"last": (LAST,)}))

    assert told.index("What was decided last time") < told.index("## Figures")
    assert "| breaches | accept by lena: More / people" in told


def test_a_measure_is_written_with_its_bounds_and_sample() -> None:
    one = Figure(
        name=FigureName.RECONTACT_PERCENT,
        words="as planted",
        value=25.0,
        before=None,
        of=40,
        unit="%",
        low=14.2,
        high=40.2,
    )
    assert digest_text.value_now(one) == "25 % (14.20 to 40.20, of 40)"
    assert digest_text.value_before(one) == "–"


def test_a_measure_that_could_not_be_counted_asks_nobody(shipped: PolicySet) -> None:
    assert shipped.review is not None
    ask = shipped.review.asks[0].model_copy(update={"figure": FigureName.RECONTACT_PERCENT})
    changed = shipped.review.model_copy(update={"asks": (ask,)})
    rules = pinning.pin(changed, shipped.directory, "v", TRYING_OUT)
    state = course.begin(ReviewState(sheet=Sheet(workflow_id="r", life="1"), held_at=NOW), rules)
    found = course.held(state, Digest(since=NOW - timedelta(days=7), until=NOW, figures=()), NOW)
    assert [one.id for one in found.sheet.questions] == ["review"]


def test_the_digest_names_the_themes_that_cost_most() -> None:
    theme = ThemeLine(
        theme_id="theme-7",
        name="export, empty",
        phase=ThemePhase.ACCEPTED,
        items=9,
        customers=4,
        revenue=Money(minor=1_200_000, currency="EUR"),
        issue_key="DEV-3",
    )
    told = digest().model_copy(update={"themes": (theme,)})
    assert "| export, empty | accepted | 4 | 9 | 12000.00 EUR | DEV-3 |" in digest_text.markdown(
        told
    )
