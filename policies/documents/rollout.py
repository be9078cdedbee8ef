"""The shape of rollout.yaml: what must be ready before a release, and what is watched after it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from policies.documents.base import Document, Identifier, Name
from policies.durations import Duration

Percent = Annotated[float, Field(gt=0, lt=100)]
Notify = Annotated[tuple[str, ...], Field(min_length=1)]


class LateEntry(Document):
    """Whom to tell when a reply is so late."""

    after: Duration
    notify: Notify
    """`owner`, `deputies`, person ids, `role:…` or `group:…`."""


class ChecklistEntry(Document):
    """One thing that must be signed off before the release."""

    name: Identifier
    """The word by which it is signed off: `/signoff documentation`."""
    words: Annotated[str, Field(min_length=1, max_length=300)]
    """What signing it off means."""
    owner: Identifier
    deputies: tuple[Identifier, ...] = ()
    due_before: Duration
    """How long before the release date it is due."""


class SentimentEntry(Document):
    """When the share of negative feedback is too much."""

    fine_at_percent: Percent
    """Up to this share of negative feedback everything is as it should be."""
    bad_at_percent: Percent
    """From this share on it is too much."""
    false_alarm_percent: Annotated[float, Field(gt=0, le=50)] = 5
    """How often the test may say "too much" of a rollout that is fine."""
    miss_percent: Annotated[float, Field(gt=0, le=50)] = 10
    """How often it may say "fine" of a rollout that is not."""


class SilenceEntry(Document):
    """How much feedback should come in, so that none at all is noticed."""

    feedback_a_day: Annotated[float, Field(gt=0)]
    """So many pieces of feedback are to be expected on a day …"""
    of_exposed: Annotated[int, Field(ge=1)] = 1000
    """… from so many people who have the release."""
    false_alarm_percent: Annotated[float, Field(gt=0, le=50)] = 5
    """How many of the rollouts that are not silent may be called so, over their whole watch."""


class AfterRelease(Document):
    """What is watched after the release, and who decides how it goes on."""

    lasts: Duration
    coverage_goal_percent: Percent = 85
    """So many of all rollouts should have feedback."""
    response_goal_percent: Percent = 40
    """So many of those who have the release should say something."""
    sentiment: SentimentEntry
    silence: SilenceEntry
    decides: Identifier
    """Who decides whether a rollout goes on, pauses or is rolled back."""
    deputies: tuple[Identifier, ...] = ()
    answers_within: Duration


class RolloutDocument(Document):
    """rollout.yaml: what must be ready before a release, and what is watched after it."""

    opens_weeks_before: Annotated[int, Field(ge=4, le=8)] = 6
    """How many weeks before the release date the checklist is opened, 4 to 8."""
    issue_type: Name = "Task"
    """The type of the Jira issue that holds the checklist."""
    checklist: Annotated[tuple[ChecklistEntry, ...], Field(min_length=1, max_length=30)]
    remind_before: Duration
    late: tuple[LateEntry, ...] = ()
    after_release: AfterRelease
