"""Adoption beside satisfaction, over releases."""

from __future__ import annotations

import pytest

from insight.numbers.adoption import adoption_and_score
from models.contact import Contact
from models.rollout import ReleaseUse
from tests.insight.made_contacts import a_contact

RELEASES = 10


def scored(release: int, score: float, many: int = 5) -> list[Contact]:
    return [
        a_contact(f"{release}-{number}", release=f"{release}.0", score=score)
        for number in range(many)
    ]


def uses(*adopted: int | None) -> list[ReleaseUse]:
    return [
        ReleaseUse(release=f"{number}.0", exposed=100, adopted=one)
        for number, one in enumerate(adopted)
    ]


@pytest.mark.parametrize(("direction", "expected"), [(1, 1.0), (-1, -1.0)])
def test_what_rises_or_falls_together_is_found_with_its_bounds(direction: int, expected: float):
    contacts = [one for n in range(RELEASES) for one in scored(n, 1 + n * 0.3)]
    found = adoption_and_score(contacts, uses(*range(0, 10 * RELEASES, 10)[::direction]))
    assert (found.value, found.low, found.high) == pytest.approx((expected,) * 3)
    assert (found.denominator, found.enough) == (RELEASES, True)


def test_what_has_nothing_to_do_with_each_other_has_bounds_on_both_sides_of_nothing():
    scores = (3, 1, 4, 1.5, 5, 2, 2.5, 4.5, 3.5, 1.2)
    contacts = [one for n, score in enumerate(scores) for one in scored(n, score)]
    found = adoption_and_score(contacts, uses(50, 70, 20, 90, 40, 10, 80, 30, 60, 45))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_a_release_counts_only_with_five_scores_and_a_known_use():
    contacts = [*scored(0, 4), *scored(1, 3), *scored(2, 5, many=4), *scored(3, 2)]
    assert adoption_and_score(contacts, uses(10, None, 30, 40)).denominator == 2


def test_a_handful_of_releases_is_too_few_to_say():
    contacts = [one for n in range(7) for one in scored(n, 1 + n * 0.3)]
    assert not adoption_and_score(contacts, uses(*range(7))).enough


def test_releases_that_are_all_liked_alike_have_no_correlation():
    contacts = [one for n in range(RELEASES) for one in scored(n, 4)]
    assert adoption_and_score(contacts, uses(*range(RELEASES))).value is None
