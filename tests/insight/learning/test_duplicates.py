from __future__ import annotations

from insight.learning.duplicate_measures import measure, proposal_floor
from insight.learning.duplicates import Pool

TEXTS = (
    "the export of invoices to csv loses the last column",
    "login page shows a blank screen after the update",
    "last column is missing when invoices are exported as csv",
    "dark mode for the settings page, please",
    "after the update the login page stays blank",
)


def test_the_nearest_text_is_the_one_about_the_same_thing():
    nearest = Pool(TEXTS, None).nearest([0, 1], 1)
    assert [best[0].place for best in nearest] == [2, 4]


def test_a_text_is_never_its_own_duplicate():
    assert all(one.place != 3 for one in Pool(TEXTS, None).nearest([3], 5)[0])


def test_recall_looks_for_any_linked_partner():
    measured = measure({"a": ["x", "b"], "b": ["y"], "c": ["a"]}, {"c"}, [("a", "b")])
    assert measured.recall_at == {1: 0.0, 3: 0.5, 5: 0.5}


def test_a_proposal_for_an_item_without_duplicate_is_a_false_alarm():
    measured = measure({"a": ["b"], "b": ["a"], "c": ["a"], "d": ["a"]}, {"a", "c"}, [("a", "b")])
    assert measured.false_alarm_rate == 0.5


def test_without_links_there_is_nothing_to_say_about_alarms():
    assert measure({"a": ["b"]}, {"a"}, []).false_alarm_rate is None


def test_one_item_in_ten_gets_a_proposal():
    scores = [place / 100 for place in range(100)]
    assert sum(score >= proposal_floor(scores) for score in scores) == 10
