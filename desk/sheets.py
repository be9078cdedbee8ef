"""Questions to rollouts and reviews: all of them, or one by what people call it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.client import Client

from desk.answers import NotFollowed
from desk.questions import ask_all
from models import names
from models.base import Frozen
from models.review import ReviewStatus
from models.rollout import RolloutPhase, RolloutStatus
from models.sheet import QuestionStatus
from models.theme import ThemeStatus
from policies.themes.words import title

MOST_LISTED = 200


class RolloutList(Frozen):
    """Every rollout that Temporal holds, and how many of those released have any feedback.

    `coverage` is `with_feedback` of `released`, None without any; its goal is that of the newest.
    """

    rollouts: tuple[RolloutStatus, ...]
    released: int
    with_feedback: int
    coverage: float | None
    coverage_goal: float | None


async def list_rollouts(client: Client) -> RolloutList:
    """Every rollout, those that still run first. Raises `Unreachable`."""
    query = f"WorkflowType = '{names.ROLLOUT_WORKFLOW}'"
    found = await ask_all(client, query, RolloutStatus, MOST_LISTED)
    return listed(found)


def listed(found: list[RolloutStatus]) -> RolloutList:
    """The list with its figures. A rollout is covered once anybody said anything about it."""
    released = [one for one in found if one.released_at is not None]
    heard = [one for one in released if one.verdict is not None and one.verdict.feedback]
    goals = [one.coverage_goal for one in found if one.coverage_goal is not None]
    order = sorted(
        found, key=lambda one: (one.phase is RolloutPhase.ENDED, str(one.release_date), one.version)
    )
    return RolloutList(
        rollouts=tuple(order),
        released=len(released),
        with_feedback=len(heard),
        coverage=len(heard) / len(released) if released else None,
        coverage_goal=goals[0] if goals else None,
    )


async def find_rollout(client: Client, named: str) -> RolloutStatus:
    """The rollout of a version, by its name, its id or its workflow. Raises `NotFollowed`."""
    known = await list_rollouts(client)
    for one in known.rollouts:
        if named in (one.workflow_id, one.version_id, one.version, one.issue_key):
            return one
    raise NotFollowed(
        "No such rollout is followed.",
        where=named,
        remedy="`followthrough rollouts` lists them; a version is followed once it has a release "
        "date inside the window of rollout.yaml.",
    )


class ThemeList(Frozen):
    """The themes that run, by revenue at risk times pain."""

    themes: tuple[ThemeStatus, ...]


class ReviewList(Frozen):
    """Every review that Temporal holds, the newest first."""

    reviews: tuple[ReviewStatus, ...]


async def list_reviews(client: Client) -> ReviewList:
    """Every review. Raises `Unreachable`."""
    query = f"WorkflowType = '{names.REVIEW_WORKFLOW}'"
    found = await ask_all(client, query, ReviewStatus, MOST_LISTED)
    return ReviewList(reviews=tuple(sorted(found, key=lambda one: one.held_at, reverse=True)))


async def find_review(client: Client, named: str) -> ReviewStatus:
    """A review by its day, its issue's key, its workflow's id, or `last`. Raises `NotFollowed`."""
    for one in (await list_reviews(client)).reviews:
        if named in ("last", f"{one.held_at:%Y-%m-%d}", one.issue_key, one.workflow_id):
            return one
    raise NotFollowed(
        "No such review was held.",
        where=named,
        remedy="`followthrough reviews` lists them; review.yaml says when one is held.",
    )


async def list_themes(client: Client) -> ThemeList:
    """Every theme that was not merged away, the most worth first. Raises `Unreachable`."""
    query = f"WorkflowType = '{names.THEME_WORKFLOW}' AND ExecutionStatus = 'Running'"
    found = await ask_all(client, query, ThemeStatus, MOST_LISTED)
    return ThemeList(themes=tuple(sorted(found, key=_by_worth)))


async def find_theme(client: Client, named: str) -> ThemeStatus:
    """A theme by its id, its name or its delivery issue's key. Raises `NotFollowed`."""
    for one in (await list_themes(client)).themes:
        if named in (one.theme_id, one.name, one.issue_key):
            return one
    raise NotFollowed(
        "There is no such theme.",
        where=named,
        remedy="`followthrough themes` lists them; items are looked through once an hour.",
    )


def _by_worth(theme: ThemeStatus) -> tuple[float, int, str]:
    figures = theme.figures
    if figures is None:
        return (0.0, 0, theme.theme_id)
    return (-figures.worth, -figures.customers, theme.theme_id)


class AskedOf(Frozen):
    """A rollout, a review or a theme that asks something of somebody; `path` leads to its page on the desk."""

    name: str
    path: str
    questions: tuple[QuestionStatus, ...]


async def sheets_that_ask(client: Client, person: str) -> tuple[AskedOf, ...]:
    """The sheets with an open question to this person. Raises `Unreachable`."""
    rollouts, reviews, themes = await asyncio.gather(
        list_rollouts(client), list_reviews(client), list_themes(client)
    )
    sheets: list[tuple[str, str, RolloutStatus | ReviewStatus | ThemeStatus]] = [
        *(
            (f"Rollout {one.version}", f"/rollouts/{one.version_id}", one)
            for one in rollouts.rollouts
        ),
        *(
            (f"Review of {one.held_at:%Y-%m-%d}", f"/reviews/{one.held_at:%Y-%m-%d}", one)
            for one in reviews.reviews
        ),
        *(
            (f"Theme {title(one.name, one.theme_id, one.figures)}", f"/themes/{one.theme_id}", one)
            for one in themes.themes
        ),
    ]
    found = (
        AskedOf(name=name, path=path, questions=asked_of(sheet.questions, person))
        for name, path, sheet in sheets
    )
    return tuple(one for one in found if one.questions)


def asked_of(questions: Sequence[QuestionStatus], person: str) -> tuple[QuestionStatus, ...]:
    """The open questions to this person."""
    return tuple(one for one in questions if one.open and person in one.asked)


async def find_sheet(client: Client, named: str) -> str:
    """The workflow id of a rollout, a review or a theme. Raises `NotFollowed`."""
    if named.startswith(f"{names.THEME_PREFIX}-"):
        return (await find_theme(client, named)).theme_id
    try:
        return (await find_rollout(client, named)).workflow_id
    except NotFollowed:
        return (await find_review(client, named)).workflow_id
