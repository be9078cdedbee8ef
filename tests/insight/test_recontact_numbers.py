from __future__ import annotations

import pytest

from insight.numbers.periods import parse_period
from insight.numbers.recontact import (
    confidences,
    disputed,
    recontact,
    repeat_contacts,
    resolutions,
)
from insight.numbers.satisfaction import satisfaction
from insight.numbers.survival import survival
from models.contact import OWN, Path
from models.decision import Confidence
from tests.insight.made_contacts import a_contact, day

ALL = parse_period("all")
JUNE = parse_period("2026-06-01..2026-06-05")
LATE = day(60)


def own(name, opened=0.0, **others):
    return a_contact(name, opened, source=OWN, **others)


def came_back_with(*, opened, now=LATE, **others):
    first = own("first", 0, customer="ann", resolved_at=day(1))
    again = own("again", opened, customer="ann", **others)
    return resolutions([first, again], now)[0].came_back_with


def test_the_same_customer_and_category_within_seven_days_is_a_return():
    assert came_back_with(opened=8) == "again"


@pytest.mark.parametrize("opened", [0.5, 8.01])
def test_a_contact_before_the_resolution_or_after_the_window_is_none(opened):
    assert came_back_with(opened=opened) is None


def test_another_subject_is_no_return():
    assert came_back_with(opened=2, category="login") is None


def test_a_theme_counts_before_the_category():
    first = own("first", 0, customer="ann", resolved_at=day(1), theme="invoice")
    again = own("again", 2, customer="ann", theme="invoice", category="login")
    assert resolutions([first, again], LATE)[0].came_back_with == "again"


def test_another_theme_is_another_subject_even_in_the_same_category():
    first = own("first", 0, customer="ann", resolved_at=day(1), theme="invoice")
    again = own("again", 2, customer="ann", theme="refund")
    assert resolutions([first, again], LATE)[0].came_back_with is None


def test_a_theme_that_is_known_of_one_contact_only_hides_no_return():
    first = own("first", 0, customer="ann", resolved_at=day(1), theme="invoice")
    again = own("again", 2, customer="ann")
    assert resolutions([first, again], LATE)[0].came_back_with == "again"


def test_themes_that_two_tools_named_are_not_compared():
    first = own("first", 0, customer="ann", resolved_at=day(1), theme="invoice")
    again = a_contact("again", 2, customer="ann", theme="INV-7")
    assert resolutions([first, again], LATE)[0].came_back_with == "shop/again"


def test_what_is_about_something_else_does_not_hide_the_return_after_it():
    first = own("first", 0, customer="ann", resolved_at=day(1))
    other = own("other", 2, customer="ann", category="login")
    again = own("again", 3, customer="ann")
    assert resolutions([first, other, again], LATE)[0].came_back_with == "again"


def test_somebody_unknown_comes_back_to_nothing():
    first = own("first", 0, customer=None, resolved_at=day(1))
    again = own("again", 2, customer=None)
    assert resolutions([first, again], LATE) == ()


def test_a_resolution_whose_window_is_open_is_left_out_of_the_share():
    done = own("done", 0, resolved_at=day(1))
    fresh = own("fresh", 0, resolved_at=day(9))
    found = recontact(resolutions([done, fresh], day(10)), ALL, day(10))
    assert (found.numerator, found.denominator) == (0, 1)


def test_an_export_is_followed_only_as_far_as_it_goes():
    early = a_contact("early", 0, resolved_at=day(1))
    last = a_contact("last", 5, resolved_at=day(5))
    assert recontact(resolutions([early, last], LATE), ALL, LATE).denominator == 0


def test_a_later_return_restates_the_past_period():
    first = own("first", -10, customer="ann", resolved_at=day(0))
    again = own("again", 6, customer="ann")
    others = [own(f"o{n}", -10, resolved_at=day(-9)) for n in range(3)]
    period = parse_period("2026-05-20..2026-06-08")
    found = recontact(resolutions([first, again, *others], LATE), period, LATE)
    assert (found.numerator, found.denominator) == (1, 4)
    early = parse_period("2026-05-20..2026-06-05")
    restated = recontact(resolutions([first, again, *others], LATE), early, LATE)
    assert (restated.as_then, restated.value) == (0.0, 0.25)


def test_a_return_moves_a_confirmed_resolution_to_failed():
    first = own("first", 0, customer="ann", resolved_at=day(1), resolution=Confidence.CONFIRMED)
    again = own("again", 3, customer="ann")
    (one,) = resolutions([first, again], LATE)
    assert (one.confidence_at(day(2)), one.confidence_at(day(4))) == (
        Confidence.CONFIRMED,
        Confidence.FAILED,
    )


def test_confirmed_assumed_and_failed_are_all_resolutions_there_are():
    contacts = [
        own("a", 0, resolved_at=day(1), resolution=Confidence.CONFIRMED),
        own("b", 0, resolved_at=day(1)),
        own("c", 0, resolved_at=day(1), resolution=Confidence.FAILED),
    ]
    found = confidences(resolutions(contacts, LATE), ALL, LATE)
    assert [(one.items, one.denominator) for one in found] == [
        (("a",), 3),
        (("b",), 3),
        (("c",), 3),
    ]


def test_a_return_restates_satisfaction():
    first = own("first", 0, customer="ann", resolved_at=day(1), score=5.0)
    again = own("again", 7, customer="ann")
    contacts = [first, again]
    found = satisfaction([first], resolutions(contacts, LATE), JUNE, LATE)
    told = {one.definition.id: (one.as_then, one.value) for one in found}
    assert told["satisfied"] == (None, 1.0)
    assert told["satisfied_restated"] == (1.0, 0.0)


def test_beginning_again_is_counted_from_beginning_to_beginning():
    contacts = [own(f"c{n}", at, customer="ann") for n, at in enumerate((0, 7, 15))]
    found = repeat_contacts(contacts, ALL, any_category=False)
    assert (found.items, found.denominator) == (("c1",), 3)


def test_a_dispute_counts_among_those_who_said_something():
    contacts = [
        own("a", resolution=Confidence.FAILED),
        own("b", resolution=Confidence.CONFIRMED),
        own("c"),
    ]
    found = disputed(contacts)
    assert (found.items, found.denominator) == (("a",), 2)


def test_survival_counts_what_was_followed_for_less_for_as_long_as_it_was():
    back = own("back", 0, customer="ann", resolved_at=day(0), path=Path.BOT)
    again = own("again", 2, customer="ann")
    cut = own("cut", 0, resolved_at=day(7), path=Path.BOT)
    (curve,) = survival(resolutions([back, again, cut], day(8)), ALL).curves
    assert (curve.path, curve.resolutions, curve.back) == ("bot", 2, 1)
    assert [one.value for one in curve.not_back] == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_survival_is_told_apart_by_path():
    contacts = []
    for n in range(80):
        path = Path.BOT if n % 2 else Path.AGENT
        contacts.append(own(f"c{n}", 0, customer=f"p{n}", resolved_at=day(1), path=path))
        if path is Path.BOT and n % 4 == 1:
            contacts.append(own(f"d{n}", 3, customer=f"p{n}"))
    found = survival(resolutions(contacts, LATE), ALL)
    assert set(found.compared) == {"bot", "agent"}
    assert found.p is not None
    assert found.p < 0.001
