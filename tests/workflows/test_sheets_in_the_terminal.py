"""What people see and do in the terminal, on real rollouts and on a review that its schedule holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.sheets import list_reviews, listed
from models.names import REVIEW_SCHEDULE
from models.review import ReviewStatus
from models.rollout import (
    Recommendation,
    RolloutPhase,
    RolloutStatus,
    SentimentVerdict,
    Verdict,
)
from runtime.schedules import ensure_schedules, recurring
from runtime.settings import SHIPPED_POLICIES
from tests.workflows.office import PATIENCE_SECONDS, Office
from tests.workflows.opening import real_office
from tests.workflows.rollout_deeds import followed, planned, until
from tests.workflows.terminal import command, document

pytestmark = pytest.mark.e2e


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """An office whose clocks run as in life, which the terminal's settings point at."""
    async with real_office(tmp_path, kind=Office) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", opened.client.service_client.config.target_host)
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("JIRA_URL", opened.jira.url)
        yield opened


async def held_review(office: Office) -> ReviewStatus:
    """The review, once visibility knows it and its issue is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        listed_now = (await list_reviews(office.client)).reviews
        if listed_now and listed_now[0].issue_key:
            return listed_now[0]
        assert time.monotonic() < deadline, "waited in vain for a review"
        await asyncio.sleep(0.2)


async def test_a_rollout_is_listed_shown_and_signed_off(office: Office) -> None:
    version = await followed(office, await planned(office, in_days=30))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")

    signed = await document("signoff", "5.0", "documentation", "--as", "petra", "--note", "Online.")
    stranger = await command("signoff", "5.0", "enablement", "--as", "fay")
    shown = await command("rollout", "5.0")
    everything = await document("rollouts")

    assert signed == {"message": "documentation: signed by petra."}
    assert (stranger.exit_code, stranger.stdout) == (1, "")
    assert "Only lena or petra" in stranger.stderr
    assert "signed by petra: Online." in shown.stdout
    (rollout,) = everything["rollouts"]
    assert (rollout["version"], rollout["phase"]) == ("5.0", "preparing")
    assert (everything["released"], everything["coverage"]) == (0, None)


async def test_a_rollout_that_nobody_follows_is_told_in_words(office: Office) -> None:
    result = await command("rollout", "9.9")

    assert result.exit_code != 0
    assert "No such rollout is followed." in result.stderr


async def test_the_schedule_holds_a_review_that_the_terminal_shows(office: Office) -> None:
    wanted = recurring(SHIPPED_POLICIES)
    await ensure_schedules(office.client, office.settings.task_queue, wanted)
    await ensure_schedules(office.client, office.settings.task_queue, wanted)
    schedule = office.client.get_schedule_handle(REVIEW_SCHEDULE)
    due = (await schedule.describe()).info.next_action_times[0]
    await schedule.trigger()
    await held_review(office)

    found = await document("review", "last")
    markdown = await command("review", "last", "--md")
    signed = await command("signoff", "last", "review", "--as", "petra")
    after = await document("reviews")

    assert (due.weekday(), due.astimezone(UTC).hour) in ((0, 7), (0, 8)), "Monday, 9:00 in Berlin"
    assert found["workflow_id"].startswith("review-2")
    assert markdown.stdout.startswith("# Review of ")
    assert signed.exit_code == 0, signed.stderr
    assert [one["signed_off_by"] for one in after["reviews"]] == ["petra"]
    assert after["reviews"][0]["held_at"].startswith(f"{datetime.now(UTC):%Y-%m}")


def released(name: str, feedback: int) -> RolloutStatus:
    """A rollout that went out and got so much feedback."""
    verdict = Verdict(
        feedback=feedback,
        exposed=100,
        customers=feedback,
        response_rate=feedback / 100,
        response_goal=0.4,
        negative=0,
        sentiment=SentimentVerdict.UNDECIDED,
        log_likelihood_ratio=0,
        silence_after_days=None,
        silent_since=None,
        recommendation=Recommendation.CONTINUE,
        why="Nothing speaks against it.",
    )
    return RolloutStatus(
        version_id=name,
        version=name,
        workflow_id=f"rollout-{name}",
        phase=RolloutPhase.WATCHING,
        release_date=None,
        released_at=datetime(2026, 6, 1, tzinfo=UTC),
        issue_key="",
        questions=(),
        verdict=verdict,
        decided=None,
        coverage_goal=0.85,
        policy_version="v",
        problem=None,
        ended_why="",
    )


def test_coverage_is_the_share_of_released_rollouts_with_any_feedback() -> None:
    found = listed([released("5.0", 3), released("5.1", 0), released("5.2", 1)])

    assert (found.with_feedback, found.released) == (2, 3)
    assert found.coverage == 2 / 3
