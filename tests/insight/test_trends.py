from __future__ import annotations

import random
from datetime import timedelta

import pytest

from insight.numbers.findings import FindingKind
from insight.numbers.periods import parse_period
from insight.numbers.silence import patience, silence
from insight.numbers.stream import stream_drifts
from insight.numbers.trends import trends
from models.contact import OWN
from tests.insight.made_contacts import a_contact, day

ALL = parse_period("all")
BY_SEGMENT = (("segment", lambda one: one.segment),)


def days_of(count, pick, *, a_day=40, seed=1, first=0, **others):
    """So many contacts a day; `pick(chance, number of the day)` says the category."""
    chance = random.Random(seed)
    return [
        a_contact(
            f"{seed}-{first + n}-{k}",
            first + n + k / (a_day + 1),
            category=pick(chance, n),
            **others,
        )
        for n in range(count)
        for k in range(a_day)
    ]


def usual(chance, _day):
    return chance.choice(("billing", "login", "delivery", "login"))


def told(contacts, period=ALL):
    return trends(contacts, period, day(400), BY_SEGMENT).findings


def kinds(contacts, period=ALL):
    return {one.kind for one in told(contacts, period)}


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_told_of_chance_alone(seed):
    assert told(days_of(40, usual, seed=seed)) == ()


def test_a_category_that_grows_is_drift_with_the_day_in_which_it_did():
    def growing(chance, number):
        return "billing" if number >= 30 and chance.random() < 0.5 else usual(chance, number)

    found = [one for one in told(days_of(40, growing)) if one.kind is FindingKind.DRIFT]
    rose = [one.says for one in found if "“billing” rose" in one.says]
    assert rose, [one.says for one in found]
    assert all("2026-07-0" in says for says in rose)
    assert all(one.p is None or one.p < 0.01 for one in found)


def test_a_renamed_category_is_named_as_such_and_is_neither_drift_nor_new():
    def renamed(chance, number):
        category = usual(chance, number)
        return f"{category} and sign-in" if number >= 20 and category == "login" else category

    assert kinds(days_of(40, renamed)) == {FindingKind.RELABELLED}


def test_a_split_category_names_both_of_its_parts():
    def split(chance, number):
        category = usual(chance, number)
        if number < 20 or category != "login":
            return category
        return chance.choice(("login app", "login site"))

    (found,) = told(days_of(40, split))
    assert "“login” became “login app” and “login site”" in found.says


def test_a_category_out_of_nothing_is_new():
    def with_new(chance, number):
        return "invoice" if number >= 30 and chance.random() < 0.3 else usual(chance, number)

    assert any("“invoice” is new" in one.says for one in told(days_of(40, with_new)))


def test_a_segment_that_somebody_began_to_count_is_sampling_and_no_drift():
    known = days_of(30, usual, segment="north")
    begun = days_of(10, usual, a_day=200, seed=2, first=20, segment="south")
    found = told([*known, *begun])
    assert {one.kind for one in found} == {FindingKind.SAMPLING}
    assert [one.about for one in found] == ["south"]


def test_a_segment_that_is_hit_in_one_subject_is_no_sampling():
    known = days_of(30, usual, segment="north")
    few = days_of(20, usual, a_day=10, seed=3, segment="south")
    hit = days_of(10, lambda chance, _: "delivery", a_day=80, seed=2, first=20, segment="south")
    found = told([*known, *few, *hit])
    assert FindingKind.SAMPLING not in {one.kind for one in found}
    assert FindingKind.DRIFT in {one.kind for one in found}


def test_nothing_is_compared_across_weeks_that_nobody_counted():
    before = days_of(20, lambda chance, _: "login")
    after = days_of(20, lambda chance, _: "billing", first=90, seed=2)
    found = told([*before, *after])
    assert [one.kind for one in found] == [FindingKind.SAMPLING]
    assert "nothing was counted from 2026-06-21" in found[0].says


def test_more_of_everything_is_a_surge():
    contacts = [*days_of(20, usual), *days_of(1, usual, a_day=90, seed=2, first=20)]
    assert FindingKind.SURGE in kinds(contacts)


def test_only_complaints_drift_where_a_source_tells_them():
    praise = days_of(40, lambda chance, n: "app" if n < 30 else "shop", complaint=False)
    complaints = days_of(40, usual, seed=2, complaint=True)
    assert told([*praise, *complaints]) == ()


def test_drift_outside_the_period_is_not_told_again():
    def growing(chance, number):
        return "billing" if number >= 10 and chance.random() < 0.6 else usual(chance, number)

    assert kinds(days_of(40, growing), parse_period("2026-07-07..2026-07-10")) == set()


def test_a_segment_that_falls_silent_while_the_others_go_on_is_an_alarm():
    north = days_of(30, usual, segment="north")
    south = days_of(20, usual, a_day=5, seed=2, segment="south")
    found = [one for one in told([*north, *south]) if one.kind is FindingKind.ALARM]
    assert [one.about for one in found] == ["shop, south"]


def test_a_quiet_hour_after_a_busy_one_alarms_nobody():
    busy = [
        a_contact(f"n{n}", n / 1440, category="billing", segment="north", source=OWN)
        for n in range(60)
    ]
    found = trends(busy, ALL, busy[-1].opened_at + timedelta(hours=5), BY_SEGMENT)
    assert FindingKind.ALARM not in {one.kind for one in found.findings}


def test_silence_is_not_called_before_its_patience_is_over():
    arrivals = [day(n / 10) for n in range(60)]
    longest = patience([8640.0] * 59)
    assert longest is not None
    just_before = arrivals[-1] + timedelta(seconds=longest - 1)
    assert silence(arrivals, just_before) is None
    assert silence(arrivals, just_before + timedelta(seconds=2)) is not None


def test_too_few_gaps_say_nothing_of_silence():
    assert silence([day(n) for n in range(10)], day(1000)) is None


def test_drift_in_the_stream_tells_about_when_it_began():
    def growing(chance, number):
        return "billing" if number >= 30 and chance.random() < 0.5 else usual(chance, number)

    contacts = days_of(60, growing)
    (drift,) = (one for one in stream_drifts(contacts) if one.category == "billing")
    assert abs(drift.began - day(30)) < timedelta(days=2)
    assert drift.before == pytest.approx(0.25, abs=0.04)
    assert drift.after == pytest.approx(0.62, abs=0.1)


def test_few_contacts_a_day_are_looked_at_week_by_week():
    def growing(chance, number):
        return "billing" if number >= 42 and chance.random() < 0.6 else usual(chance, number)

    contacts = days_of(56, growing, a_day=12)
    assert any("in 2026-W29" in one.says for one in told(contacts))


def test_a_segment_that_complains_more_than_before_is_drift():
    north = days_of(40, usual, segment="north")
    south = days_of(40, usual, a_day=10, seed=2, segment="south")
    more = days_of(8, usual, a_day=25, seed=3, first=32, segment="south")
    found = [one for one in told([*north, *south, *more]) if one.kind is FindingKind.DRIFT]
    assert any("“south” rose" in one.says for one in found)
