"""What is wrong with rollout.yaml is said when the files are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.loader import load

Spoil = Callable[..., tuple[str, ...]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("opens_weeks_before: 6", "opens_weeks_before: 3", "greater than or equal to 4"),
        ("opens_weeks_before: 6", "opens_weeks_before: 9", "less than or equal to 8"),
        ("- name: validation", "- name: tried", "leaves out validation"),
        ("- name: enablement", "- name: documentation", "is used before"),
        ("due_before: 14d", "due_before: 50d", "is due before the checklist opens"),
        ("owner: petra", "owner: peter", "is no person (got 'peter')"),
        ("deputies: [omar]", "deputies: [petra]", "is named already"),
        ("owner: petra", "owner: followthrough", "is an automation account"),
        ("notify: [role:lead]", "notify: [role:leader]", "is no role that anybody has"),
        ("notify: [role:lead]", "notify: [oncall:support]", "is a rota"),
        ("after: 2d", "after: 30m", "is not later than the step above"),
        ("bad_at_percent: 40", "bad_at_percent: 20", "is not above fine_at_percent"),
        ("decides: petra", "decides: nobody", "is no person"),
    ],
)
def test_a_mistake_is_named_with_its_place(spoil: Spoil, old: str, new: str, words: str) -> None:
    problems = spoil("rollout.yaml", (old, new))

    assert any(words in one and one.startswith("rollout.yaml:") for one in problems), problems


def test_a_directory_without_rollouts_loads_and_follows_none(policies: Path) -> None:
    (policies / "rollout.yaml").unlink()

    assert load(policies).rollout is None


def test_replying_cannot_be_granted_to_a_role(spoil: Spoil) -> None:
    problems = spoil("people.yaml", ("  migrate: [lead]", "  migrate: [lead]\n  reply: [lead]"))

    assert any("is no matter of roles" in one for one in problems), problems
