"""What is wrong with themes.yaml is said when the files are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.loader import load

Spoil = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("owner: petra", "owner: nobody", "person"),
        ("deputies: [omar]", "deputies: [petra]", "is named already"),
        ("{release}", "{version}", "names something unknown"),
        ("{release}", "{release", "has a brace without its partner"),
        ("at_least_customers: 3", "at_least_customers: 1", "2"),
        ("answers_within: 5d", "answers_within: soon", "duration"),
    ],
)
def test_a_mistake_is_told_with_its_place(spoil: Spoil, old: str, new: str, words: str) -> None:
    problems = spoil("themes.yaml", (old, new))

    assert any(words in one and one.startswith("themes.yaml:") for one in problems), problems


def test_a_directory_without_themes_loads_and_looks_for_none(policies: Path) -> None:
    (policies / "themes.yaml").unlink()

    assert load(policies).themes is None
