"""Items that tell of one problem are found, and stay where they were placed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from insight.similar import signature
from insight.themes.candidate import Candidate
from insight.themes.grouping import group
from insight.themes.naming import words_of
from tests.workflows.theme_deeds import EXPORTS, OTHERS

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def candidates(*texts: str, customer: str | None = "own") -> list[Candidate]:
    """One item a text, an hour apart, each of a customer of its own unless one is named."""
    return [
        Candidate(
            issue_id=str(place),
            customer=f"customer-{place}" if customer == "own" else customer,
            arrived_at=BEGAN + timedelta(hours=place),
            signature=signature(text),
        )
        for place, text in enumerate(texts)
    ]


def test_items_that_share_their_words_are_one_group_and_others_are_none() -> None:
    found = group(candidates(*EXPORTS[:4], *OTHERS), {}, at_least_customers=3, alike=0.3)

    assert found.founded == (("0", "1", "2", "3"),)


def test_a_group_needs_several_customers() -> None:
    loud = candidates(*EXPORTS[:4], customer="loud")

    assert group(loud, {}, at_least_customers=2, alike=0.3).founded == ()


def test_items_without_a_customer_count_as_somebody_each() -> None:
    unknown = candidates(*EXPORTS[:3], customer=None)

    assert len(group(unknown, {}, at_least_customers=3, alike=0.3).founded) == 1


def test_a_new_item_joins_the_theme_that_it_resembles() -> None:
    placed = {str(place): "theme-0" for place in range(4)}

    found = group(candidates(*EXPORTS[:5], *OTHERS), placed, at_least_customers=3, alike=0.3)

    assert (found.joined, found.founded) == ({"theme-0": ("4",)}, ())


def test_whoever_has_a_place_keeps_it_whatever_it_resembles() -> None:
    placed = {"0": "theme-0", "1": "theme-0", "2": "theme-x", "3": "theme-x"}

    found = group(candidates(*EXPORTS[:4]), placed, at_least_customers=3, alike=0.3)

    assert (found.joined, found.founded) == ({}, ())


def test_nothing_to_place_finds_nothing() -> None:
    assert group([], {}, at_least_customers=3, alike=0.3).founded == ()


def test_a_theme_is_called_by_everyday_words_that_several_customers_used() -> None:
    named = [f"{text} Zwillingsbruder Ottokar" for text in EXPORTS[:4]]
    members = candidates(*named)

    words = words_of(members, [*members, *candidates(*OTHERS)])

    assert words == ("empty", "export", "file")


def test_words_of_fewer_than_three_customers_name_nothing() -> None:
    assert words_of(candidates(*EXPORTS[:2]), candidates(*EXPORTS[:2])) == ()
