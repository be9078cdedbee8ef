"""Hundreds of random stories under random faults.

Every run draws new stories, so that the runs of a week try thousands, and its last lines say from
which seed. `FOLLOWTHROUGH_FAULT_SEED=…` repeats the one story that a failure names.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable

import pytest

from local_jira.testing import running_local_jira
from tests.faults.fault_rig import Rig
from tests.faults.random_story import Story

STORIES = {"cloud": 240, "datacenter": 80}
SEED_VARIABLE = "FOLLOWTHROUGH_FAULT_SEED"


@pytest.mark.parametrize("mode", STORIES)
def test_random_stories_under_random_faults_end_as_wanted(
    mode: str, show_at_the_end: Callable[[str], None]
) -> None:
    asked = os.environ.get(SEED_VARIABLE)
    first = int(asked) if asked else secrets.randbelow(10**9)
    stories = 1 if asked else STORIES[mode]
    show_at_the_end(f"stories: {stories}, the first of them {SEED_VARIABLE}={first}")
    with running_local_jira(mode=mode) as site:
        rig = Rig.at(site)
        other = rig.ada.create()[1]
        for seed in range(first, first + stories):
            _live(rig, other, mode, seed)


def _live(rig: Rig, other: str, mode: str, seed: int) -> None:
    """Raises `Failed` with the seed and the steps when the story ends badly, in whatever way."""
    steps: list[str] = []
    try:
        story = Story.begin(rig, other, random.Random(seed))
        steps = story.steps
        story.live()
    except Exception as error:
        told = "\n  ".join(steps)
        pytest.fail(
            f"{type(error).__name__}: {error}\n"
            f"Repeat it with {SEED_VARIABLE}={seed}, on {mode}. What happened:\n  {told}"
        )
    finally:
        rig.clear_faults()
