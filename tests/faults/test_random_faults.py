"""Hundreds of random stories under random faults.

`FOLLOWTHROUGH_FAULT_SEED=…` repeats the story that a failure names.
"""

from __future__ import annotations

import os
import random
import secrets

import pytest

from local_jira.testing import running_local_jira
from tests.faults.fault_rig import Rig
from tests.faults.random_story import Story

STORIES = {"cloud": 240, "datacenter": 80}
SEED_VARIABLE = "FOLLOWTHROUGH_FAULT_SEED"


@pytest.mark.parametrize("mode", STORIES)
def test_random_stories_under_random_faults_end_as_wanted(
    mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = os.environ.get(SEED_VARIABLE)
    first = int(asked) if asked else secrets.randbelow(10**9)
    stories = 1 if asked else STORIES[mode]
    with capsys.disabled():
        print(f"\n{stories} random stories on {mode} from {SEED_VARIABLE}={first} on")  # noqa: T201 - the seed is for who runs the test
    with running_local_jira(mode=mode) as site:
        rig = Rig.at(site)
        other = rig.ada.create()[1]
        for seed in range(first, first + stories):
            _live(Story.begin(rig, other, random.Random(seed)), seed)


def _live(story: Story, seed: int) -> None:
    """Raises `Failed` with the seed and the steps when the story ends badly."""
    try:
        story.live()
    except AssertionError as error:
        steps = "\n  ".join(story.steps)
        pytest.fail(f"{error}\nRepeat it with {SEED_VARIABLE}={seed}. What happened:\n  {steps}")
    finally:
        story.rig.clear_faults()
