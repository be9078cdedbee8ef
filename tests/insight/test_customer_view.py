from __future__ import annotations

from insight.numbers.customer import customer_view
from models.approval import Money
from models.decision import Confidence
from tests.insight.made_contacts import a_contact, day

NOW = day(60)


def contact(name, opened=0.0, **others):
    return a_contact(name, opened, customer="acme", **others)


def test_the_newest_contact_comes_first_with_what_became_of_each():
    found = customer_view(
        [
            contact("first", 0, resolved_at=day(1)),
            contact("back", 3, resolved_at=day(4), resolution=Confidence.CONFIRMED),
            contact("open", 50),
        ],
        NOW,
    )
    told = [(one.contact.id, one.resolution, one.came_back_with) for one in found.contacts]
    assert told == [
        ("open", None, None),
        ("back", Confidence.CONFIRMED, None),
        ("first", Confidence.FAILED, "shop/back"),
    ]
    assert (found.still_open, found.came_back) == (1, 1)


def test_what_is_known_of_them_is_what_the_newest_contact_says_that_says_it():
    found = customer_view(
        [
            contact("old", 0, segment="smb", revenue_minor=100, revenue_currency="EUR"),
            contact("new", 9, segment="enterprise", joined_at=day(-400)),
        ],
        NOW,
    )
    assert (found.segment, found.joined_at) == ("enterprise", day(-400))
    assert found.revenue == Money(minor=100, currency="EUR")


def test_what_they_suffered_is_counted():
    found = customer_view(
        [
            contact("a", 0, escalated_at=day(1), kept=False, score=2.0),
            contact("b", 1, kept=True, score=5.0),
        ],
        NOW,
    )
    assert (found.escalated, found.promises_broken, found.scores) == (1, 1, (5.0, 2.0))
