"""Hundreds of random stories under random faults.

`FOLLOWTHROUGH_FAULT_SEED=…` repeats the story that a failure names.
"""

from __future__ import annotations

import os
import random
import secrets

import pytest

from tests.faults.fault_rig import Rig
from tests.faults.random_story import Story

STORIES = 320
SEED_VARIABLE = "FOLLOWTHROUGH_FAULT_SEED"


@pytest.fixture(scope="module")
def other(shared_rig: Rig) -> str:
    """The issue at the other end of links."""
    return shared_rig.ada.create()[1]


def test_random_stories_under_random_faults_end_as_wanted(
    rig: Rig, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = os.environ.get(SEED_VARIABLE)
    first = int(asked) if asked else secrets.randbelow(10**9)
    stories = 1 if asked else STORIES
    with capsys.disabled():
        print(f"\n{stories} random stories from {SEED_VARIABLE}={first} on")  # noqa: T201 - the seed is for who runs the test
    for seed in range(first, first + stories):
        story = Story.begin(rig, other, random.Random(seed))
        try:
            story.live()
        except AssertionError as error:
            steps = "\n  ".join(story.steps)
            pytest.fail(
                f"{error}\nRepeat it with {SEED_VARIABLE}={seed}. What happened:\n  {steps}"
            )
        finally:
            rig.clear_faults()
