"""When a rollout is due, what is told of a version, and how many people have it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from activities.rollout_sweep import is_due, mark_of
from activities.usage import Usage
from insight.rollout_verdict import verdict_of
from models.rollout import (
    FeedbackReading,
    JudgeInput,
    Recommendation,
    SentimentRule,
    SilenceRule,
    VersionFacts,
    WatchRules,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPENS = timedelta(weeks=6)
VERSION = VersionFacts(version_id="10007", name="5.0", release_date=date(2026, 7, 1))
RULES = WatchRules(
    lasts=28 * 86_400,
    coverage_goal=0.85,
    response_goal=0.4,
    sentiment=SentimentRule(fine_at=0.2, bad_at=0.4, false_alarm=0.05, miss=0.1),
    silence=SilenceRule(per_exposed_a_day=0.002, false_alarm=0.05),
    decides="petra",
    answers_within=86_400,
)


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, True),
        ({"release_date": date(2026, 7, 14)}, False),
        ({"release_date": date(2026, 7, 13)}, True),
        ({"release_date": None}, False),
        ({"released": True}, False),
        ({"archived": True}, False),
        ({"release_date": date(2026, 5, 20)}, True),
        ({"release_date": date(2026, 4, 1)}, False),
    ],
)
def test_a_rollout_is_due_inside_its_window(change: dict[str, object], due: bool) -> None:
    assert is_due(VERSION.model_copy(update=change), OPENS, NOW) is due


def test_a_version_is_told_of_again_when_its_window_begins() -> None:
    assert mark_of(VERSION, due=False) != mark_of(VERSION, due=True)


def test_a_version_is_told_of_again_when_its_date_moves() -> None:
    moved = VERSION.model_copy(update={"release_date": date(2026, 7, 2)})

    assert mark_of(VERSION, due=True) != mark_of(moved, due=True)


def judged(reading: FeedbackReading, *, after: timedelta = timedelta(days=2)) -> Recommendation:
    request = JudgeInput(release="5.0", released_at=NOW, rules=RULES, now=NOW + after)
    return verdict_of(reading, request).recommendation


def test_without_usage_nobody_can_be_silent() -> None:
    assert judged(FeedbackReading(), after=timedelta(days=20)) is Recommendation.CONTINUE


def test_with_usage_a_long_pause_asks_for_a_break() -> None:
    reading = FeedbackReading(exposed=1000)

    assert judged(reading, after=timedelta(days=20)) is Recommendation.PAUSE


def test_the_last_line_of_a_release_says_how_many_have_it(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("release,exposed,as_of\n5.0,10,mon\n4.9,7,mon\n5.0,25,tue\n")

    assert Usage(file).exposed("5.0") == 25


def test_a_line_that_is_no_count_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("release,exposed\n5.0,10\n5.0,many\n")

    assert Usage(file).exposed("5.0") == 10


def test_how_many_use_a_release_is_read_where_somebody_says_it(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("release,exposed,adopted\n5.0,10,4\n4.9,7,\n4.8,5,6\n")

    assert [(one.release, one.adopted) for one in Usage(file).releases()] == [
        ("5.0", 4),
        ("4.9", None),
        ("4.8", None),
    ]


@pytest.mark.parametrize("name", [None, "missing.csv"])
def test_without_a_file_nobody_knows(tmp_path: Path, name: str | None) -> None:
    assert Usage(tmp_path / name if name else None).exposed("5.0") is None
