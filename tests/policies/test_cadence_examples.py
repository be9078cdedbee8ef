"""The example cases of rollouts and reviews, played against the shipped policies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from example_cases import Case, cases

from insight.rollout_verdict import verdict_of
from models.people import Actor, Channel
from models.review import Digest, Figure, FigureName, ReviewState
from models.rollout import FeedbackReading, JudgeInput, RolloutState, VersionFacts
from models.sheet import SIGNED, Reply, Sheet
from policies.policy_set import PolicySet
from policies.reviews import course as review_course
from policies.reviews import pinning as review_pinning
from policies.rollouts import course, pinning
from policies.sheets import replying
from policies.sheets.pinning import Installation

TRYING_OUT = Installation(trusted_keys={}, allow_unproven=True)
DAY = date(2026, 7, 1)
RELEASED = datetime(2026, 7, 1, tzinfo=UTC)


def signed(case: Case, shipped: PolicySet) -> replying.Judged:
    """A sign-off so many days before the release, by somebody whose identity is not in doubt."""
    assert shipped.rollout is not None
    rules = pinning.pin(shipped.rollout, shipped.directory, "v", TRYING_OUT)
    sheet = Sheet(workflow_id="rollout-1", life="1")
    state = course.begin(RolloutState(version_id="1", sheet=sheet), rules, RELEASED)
    opened = RELEASED - timedelta(days=40)
    version = VersionFacts(version_id="1", name="5.0", release_date=DAY)
    state = course.open_in_time(course.version_read(state, version, opened), opened)
    actor = Actor(person=case["person"], channel=Channel.CLI)
    reply = Reply(actor=actor, question=case["line"], choice=SIGNED)
    now = RELEASED - timedelta(days=case["days_before"])
    return replying.by_update(state.sheet, reply, now)


@pytest.mark.parametrize("case", cases("rollout.yaml", "allowed", under="signs"))
def test_a_line_is_signed_off_as_the_example_says(case: Case, shipped: PolicySet) -> None:
    assert signed(case, shipped).refusal is None


@pytest.mark.parametrize("case", cases("rollout.yaml", "refused", under="signs"))
def test_a_sign_off_is_refused_as_the_example_says(case: Case, shipped: PolicySet) -> None:
    judged = signed(case, shipped)

    assert judged.refusal is not None
    assert case["told"] in judged.message


@pytest.mark.parametrize("case", cases("rollout.yaml", "allowed", "refused", under="verdicts"))
def test_feedback_is_judged_as_the_example_says(case: Case, shipped: PolicySet) -> None:
    assert shipped.rollout is not None
    rules = pinning.pin(shipped.rollout, shipped.directory, "v", TRYING_OUT)
    signs = case["feedback"]
    reading = FeedbackReading(
        exposed=case.get("exposed"),
        moments=(RELEASED + timedelta(days=1),) * len(signs),
        negative=tuple(sign == "-" for sign in signs),
        customers=len(signs),
    )
    now = RELEASED + timedelta(days=case["days"])
    request = JudgeInput(release="5.0", released_at=RELEASED, rules=rules.watch, now=now)

    verdict = verdict_of(reading, request)

    assert verdict.recommendation == case["ends"], verdict


@pytest.mark.parametrize("case", cases("review.yaml", "allowed", "refused"))
def test_a_review_asks_whom_the_example_says(case: Case, shipped: PolicySet) -> None:
    assert shipped.review is not None
    rules = review_pinning.pin(shipped.review, shipped.directory, "v", TRYING_OUT)
    values: dict[str, Any] = case["figures"]
    figures = tuple(
        Figure(name=name, words="as the case says", value=values.get(name, 0), before=0)
        for name in FigureName
    )
    digest = Digest(since=RELEASED - timedelta(days=7), until=RELEASED, figures=figures)
    state = ReviewState(sheet=Sheet(workflow_id="review-1", life="1"), held_at=RELEASED)

    state = review_course.held(review_course.begin(state, rules), digest, RELEASED)

    asked = [f"{one.id} {one.owner}" for one in state.sheet.questions]
    assert asked == case["asks"]
