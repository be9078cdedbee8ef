from __future__ import annotations

from insight.numbers.recontact import resolutions
from insight.numbers.themes import ranked
from models.contact import OWN
from tests.insight.made_contacts import a_contact, day

LATE = day(60)


def themes(*contacts):
    return ranked(contacts, resolutions(contacts, LATE), LATE)


def test_a_theme_is_worth_the_revenue_of_its_customers_times_its_pain():
    (theme,) = themes(
        a_contact("a", customer="ann", revenue_minor=1000, kept=False),
        a_contact("b", customer="bob", revenue_minor=500, kept=True),
    )
    assert (theme.revenue_minor, theme.pain, theme.worth) == (1500, 1.5, 2250.0)
    assert theme.sum_in_words.startswith("1,500 × (1 + (0 came back + 0 escalated + 1 promises")


def test_a_customer_who_comes_twice_is_at_risk_once():
    (theme,) = themes(
        a_contact("a", 0, source=OWN, customer="ann", revenue_minor=1000, resolved_at=day(1)),
        a_contact("b", 3, source=OWN, customer="ann", revenue_minor=1000),
    )
    assert (theme.customers, theme.revenue_minor, theme.points.came_back) == (1, 1000, 1)


def test_a_theme_that_costs_more_stands_before_one_that_is_louder():
    loud = [a_contact(f"l{n}", category="login", revenue_minor=1) for n in range(9)]
    dear = a_contact("d", category="billing", revenue_minor=1000)
    assert [one.name for one in themes(*loud, dear)] == ["billing", "login"]


def test_customers_of_unknown_revenue_are_counted_and_said():
    (theme,) = themes(a_contact("a"), a_contact("b", revenue_minor=5))
    assert (theme.customers, theme.unknown, theme.revenue_minor) == (2, 1, 5)
