"""The course of a rollout as pure steps, for what a Jira cannot easily be made to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.events import EventKind
from models.people import Actor, Channel
from models.rollout import (
    Recommendation,
    RolloutPhase,
    RolloutState,
    SentimentVerdict,
    Verdict,
    VersionFacts,
)
from models.sheet import SIGNED, Reply, Sheet
from policies.policy_set import PolicySet
from policies.rollouts import course, pinning
from policies.sheets import questions, replying
from policies.sheets.pinning import Installation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
VERSION = VersionFacts(version_id="10007", name="5.0", release_date=date(2026, 7, 1))
TRYING_OUT = Installation(trusted_keys={}, allow_unproven=True)


@pytest.fixture
def opened(shipped: PolicySet) -> RolloutState:
    """A rollout whose checklist is open."""
    assert shipped.rollout is not None
    rules = pinning.pin(shipped.rollout, shipped.directory, "v", TRYING_OUT)
    state = RolloutState(
        version_id="10007", sheet=Sheet(workflow_id="rollout-10007", life="1", issue_key="FT-9")
    )
    state = course.version_read(course.begin(state, rules, NOW), VERSION, NOW)
    return course.open_in_time(state, NOW)


def signed(state: RolloutState, person: str, line: str) -> replying.Judged:
    reply = Reply(actor=Actor(person=person, channel=Channel.CLI), question=line, choice=SIGNED)
    return replying.by_update(state.sheet, reply, NOW)


def test_a_version_that_was_deleted_ends_its_rollout(opened: RolloutState) -> None:
    ended = course.version_read(opened, None, NOW)

    assert ended.phase is RolloutPhase.ENDED
    assert "deleted" in ended.ended_why
    assert not any(one.open for one in ended.sheet.questions)


def test_what_is_signed_off_stays_when_the_date_moves(opened: RolloutState) -> None:
    judged = signed(opened, "petra", "documentation")
    opened = opened.model_copy(update={"sheet": judged.sheet})
    before = questions.find(opened.sheet, "documentation")

    later = VERSION.model_copy(update={"release_date": date(2026, 8, 1)})
    moved = course.version_read(opened, later, NOW)

    assert questions.find(moved.sheet, "documentation") == before


def test_a_release_that_is_taken_back_is_prepared_again(opened: RolloutState) -> None:
    released = course.version_read(opened, VERSION.model_copy(update={"released": True}), NOW)
    back = course.version_read(released, VERSION, NOW)

    assert released.phase is RolloutPhase.WATCHING
    assert (back.phase, back.released_at) == (RolloutPhase.PREPARING, None)


def test_without_a_release_date_nothing_is_opened(shipped: PolicySet) -> None:
    assert shipped.rollout is not None
    rules = pinning.pin(shipped.rollout, shipped.directory, "v", TRYING_OUT)
    state = RolloutState(version_id="10007", sheet=Sheet(workflow_id="rollout-10007", life="1"))
    undated = VERSION.model_copy(update={"release_date": None})

    state = course.version_read(course.begin(state, rules, NOW), undated, NOW)

    assert course.open_in_time(state, NOW).phase is RolloutPhase.EARLY


def test_several_late_steps_that_are_due_at_once_are_told_once(opened: RolloutState) -> None:
    due = questions.find(opened.sheet, "documentation")
    assert due is not None

    much_later = due.due_at + timedelta(days=30)
    told = questions.pass_late(opened.sheet, much_later)
    again = questions.pass_late(told, much_later)

    lines = [event for event in told.unrecorded if event.kind is EventKind.QUESTION_LATE]
    assert len([one for one in lines if one.facts["question"] == "documentation"]) == 1
    assert again == told


def test_a_claim_to_come_from_jira_is_refused_outside_of_it(opened: RolloutState) -> None:
    reply = Reply(
        actor=Actor(person="petra", channel=Channel.JIRA), question="documentation", choice=SIGNED
    )

    assert replying.by_update(opened.sheet, reply, NOW).refusal is not None


def test_a_choice_that_is_none_is_refused_with_those_that_are(opened: RolloutState) -> None:
    reply = Reply(
        actor=Actor(person="petra", channel=Channel.CLI), question="documentation", choice="maybe"
    )

    assert "signed" in replying.by_update(opened.sheet, reply, NOW).message


def test_a_checklist_that_opens_late_leaves_time_to_reply(shipped: PolicySet) -> None:
    assert shipped.rollout is not None
    rules = pinning.pin(shipped.rollout, shipped.directory, "v", TRYING_OUT)
    state = RolloutState(version_id="10007", sheet=Sheet(workflow_id="rollout-10007", life="1"))
    soon = VERSION.model_copy(update={"release_date": date(2026, 6, 3)})

    state = course.open_in_time(
        course.version_read(course.begin(state, rules, NOW), soon, NOW), NOW
    )

    assert {one.due_at for one in state.sheet.questions} == {NOW + timedelta(days=3)}
    told = questions.pass_late(state.sheet, NOW)
    late = [one for one in told.unrecorded if one.kind is EventKind.QUESTION_LATE]
    assert {one.facts["late"] for one in late} == {False}, "reminded, and nobody is told of it"


def test_a_moment_that_passed_while_something_else_was_done_is_not_missed(
    opened: RolloutState,
) -> None:
    due = questions.next_late(opened.sheet)
    assert due is not None

    assert course.next_moment(opened, due + timedelta(seconds=5)) <= due


def verdict(recommendation: Recommendation, silent: bool = False) -> Verdict:
    return Verdict(
        feedback=0,
        exposed=1000,
        customers=0,
        response_rate=0.0,
        response_goal=0.4,
        negative=0,
        sentiment=SentimentVerdict.UNDECIDED,
        log_likelihood_ratio=0.0,
        silence_after_days=3.5,
        silent_since=NOW if silent else None,
        recommendation=recommendation,
        why="As planted.",
    )


def test_a_silence_that_comes_back_is_asked_about_again(opened: RolloutState) -> None:
    state = course.version_read(opened, VERSION.model_copy(update={"released": True}), NOW)
    state = course.judged(state, verdict(Recommendation.PAUSE, silent=True), NOW)
    judged = replying.by_update(
        state.sheet,
        Reply(
            actor=Actor(person="petra", channel=Channel.CLI),
            question="decision-1",
            choice="continue",
            reason="We asked them.",
        ),
        NOW,
    )
    assert judged.refusal is None
    state = state.model_copy(update={"sheet": judged.sheet})
    again = course.judged(state, verdict(Recommendation.PAUSE, silent=True), NOW)

    state = course.judged(state, verdict(Recommendation.CONTINUE), NOW)
    state = course.judged(state, verdict(Recommendation.PAUSE, silent=True), NOW)

    assert questions.find(again.sheet, "decision-2") is None, "the same silence is asked once"
    assert questions.find(state.sheet, "decision-2") is not None
