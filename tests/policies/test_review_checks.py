"""What is wrong with review.yaml is said when the files are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.loader import load

Spoil = Callable[..., tuple[str, ...]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("day: mon", "day: moon", "moon"),
        ('at: "09:00"', 'at: "25:00"', "25:00"),
        ("figure: breaches", "figure: breeches", "breeches"),
        ("figure: recontacts", "figure: breaches", "is used before"),
        ("owner: petra", "owner: peter", "is no person (got 'peter')"),
        ("closes_after: 13d", "closes_after: 1d", "is not after answers_within"),
        ("product_roles: [product]", "product_roles: [products]", "is no role that anybody has"),
        ("at_least: 3", "at_least: 0", "greater than 0"),
    ],
)
def test_a_mistake_is_named_with_its_place(spoil: Spoil, old: str, new: str, words: str) -> None:
    problems = spoil("review.yaml", (old, new))

    assert any(words in one and one.startswith("review.yaml:") for one in problems), problems


def test_a_directory_without_reviews_loads_and_holds_none(policies: Path) -> None:
    (policies / "review.yaml").unlink()

    assert load(policies).review is None
