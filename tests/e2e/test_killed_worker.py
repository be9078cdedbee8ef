"""`kill -9` of the worker while an item stands in each stage of its life, then everything read back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from runtime.stack import LocalStack
from tests.e2e.books import nothing_is_lost_or_doubled
from tests.e2e.house import House, open_house
from tests.e2e.stories import IN_TURN, TOGETHER
from tests.workflows.office import Issue

pytestmark = [pytest.mark.e2e, pytest.mark.kill, pytest.mark.xdist_group("house")]

Outcome = Issue | BaseException


@pytest.fixture(scope="module")
def played(stack: LocalStack) -> dict[str, Outcome]:
    """All stories over one kill: the issue of each, or what went wrong in it."""
    return asyncio.run(_play(stack))


async def _play(stack: LocalStack) -> dict[str, Outcome]:
    async for house in open_house(stack):
        stories = {name: tell(house) for name, tell in {**TOGETHER, **IN_TURN}.items()}
        issues = dict(zip(TOGETHER, await _all(stories[name] for name in TOGETHER), strict=True))
        for name in IN_TURN:
            issues[name] = (await _all([stories[name]]))[0]
        await house.kill("worker")
        meanwhile = await _all(stories.values())
        await house.bring_back("worker")
        endings = await _all(stories.values())
        return {
            name: next((bad for bad in outcome if _is_trouble(bad)), outcome[0])
            for name, outcome in zip(
                stories, zip(issues.values(), meanwhile, endings, strict=True), strict=True
            )
        }
    raise AssertionError("the house did not open")


async def _all(stories: object) -> list[Outcome]:
    steps = (_next(story) for story in stories)  # type: ignore[attr-defined] # any iterable
    return list(await asyncio.gather(*steps, return_exceptions=True))


async def _next(story: AsyncGenerator[Issue]) -> Issue | None:
    return await anext(story, None)


def _is_trouble(outcome: object) -> bool:
    return isinstance(outcome, BaseException)


@pytest.mark.parametrize("stage", [*TOGETHER, *IN_TURN])
async def test_a_worker_killed_in_this_stage_loses_and_doubles_nothing(
    stage: str, played: dict[str, Outcome], house: House
) -> None:
    issue = played[stage]
    if isinstance(issue, BaseException):
        raise issue
    await nothing_is_lost_or_doubled(house, issue)
