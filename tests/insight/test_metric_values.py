from __future__ import annotations

import pytest

from insight.numbers import definitions
from insight.numbers.differences import adjusted, means_by, shares_by
from insight.numbers.metric import mean, percentile, share
from insight.numbers.periods import parse_period
from tests.insight.made_contacts import a_contact, day


def test_a_share_carries_what_it_is_a_part_of_and_wilsons_interval():
    found = share(definitions.KEPT, [f"{n}" for n in range(8)], 10)
    assert (found.numerator, found.denominator, found.value) == (8, 10, 0.8)
    assert (found.low, found.high) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )


def test_a_share_of_nothing_has_no_value():
    found = share(definitions.KEPT, [], 0)
    assert (found.value, found.low, found.high) == (None, None, None)


def test_a_sample_below_its_minimum_is_not_enough():
    assert not share(definitions.KEPT, ["a"], 29).enough
    assert share(definitions.KEPT, ["a"], 30).enough


def test_a_bootstrap_printed_twice_says_the_same():
    observed = [(f"c{n}", float(n % 7)) for n in range(200)]
    assert mean(definitions.SCORE_MEAN, observed) == mean(definitions.SCORE_MEAN, observed)


def test_the_bounds_of_a_mean_hold_it():
    found = mean(definitions.SCORE_MEAN, [(f"c{n}", float(n % 5)) for n in range(300)])
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2.0 < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * 2**0.5 / 300**0.5, rel=0.1)


def test_a_percentile_is_linear_between_observations():
    observed = [("a", 1.0), ("b", 2.0), ("c", 4.0)]
    assert percentile(definitions.FIRST_RESPONSE, observed, 90).value == pytest.approx(3.6)


def test_a_median_names_the_largest_first():
    found = percentile(definitions.FIRST_RESPONSE, [("a", 1.0), ("b", 9.0)], 50)
    assert found.items == ("b", "a")


def test_groups_that_do_not_differ_are_not_said_to_differ_after_many_tests():
    contacts = [
        a_contact(
            f"c{n}", kept=bool(n % 2), facts={f"f{k}": str((n * (k + 3)) % 4) for k in range(20)}
        )
        for n in range(400)
    ]
    found = [
        shares_by(
            definitions.KEPT,
            contacts,
            lambda one: one.kept,
            f"f{k}",
            lambda one, k=k: one.facts[f"f{k}"],
        )
        for k in range(1, 20, 2)
    ]
    tests = [one.adjusted for one in adjusted([one for one in found if one is not None])]
    assert all(p is None or p > 0.05 or p < 1e-9 for p in tests)


def test_means_are_not_broken_down_by_a_single_group():
    contacts = [a_contact(f"c{n}", score=4.0) for n in range(5)]
    found = means_by(
        definitions.SCORE_MEAN,
        contacts,
        lambda one: one.score,
        "category",
        lambda one: one.category,
    )
    assert found is None


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-W23", 0, 6),
        ("2026-06", 0, 29),
        ("2026-Q2", -61, 29),
        ("2026-06-03..2026-06-04", 2, 3),
        ("2026-06-03", 2, 2),
    ],
)
def test_a_period_holds_its_first_day_and_its_last(written, first, last):
    period = parse_period(written)
    assert period.holds(day(first))
    assert period.holds(day(last))
    assert not period.holds(day(first - 1))
    assert not period.holds(day(last + 1))


@pytest.mark.parametrize(
    "written", ["", "2026-13", "2026-W60", "yesterday", "2026-06-04..2026-06-03"]
)
def test_what_is_no_period_is_refused(written):
    with pytest.raises(ValueError, match="is no period"):
        parse_period(written)


def test_december_ends_with_the_year():
    assert parse_period("2026-12").ends == parse_period("2027-01").begins
