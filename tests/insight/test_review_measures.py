"""The measures of a review's digest, beside the time before."""

from __future__ import annotations

from datetime import timedelta

from insight.numbers.measures import measured
from insight.numbers.own_items import OwnItem
from models.contact import OWN
from models.review import Figure, FigureName
from tests.insight.made_contacts import MONDAY, a_contact, day

WEEK = timedelta(days=7)
SINCE = MONDAY + 2 * WEEK
UNTIL = SINCE + WEEK


def own(name: str, opened: float, **others: object) -> OwnItem:
    return OwnItem(contact=a_contact(name, opened, source=OWN, **others))


def figure(items: list[OwnItem], name: FigureName) -> Figure | None:
    return next((one for one in measured(items, SINCE, UNTIL) if one.name is name), None)


def resolved_on(first_day: float, many: int, back: int) -> list[OwnItem]:
    """Items resolved on one day; the customers of some come back a day later."""
    found = []
    for number in range(many):
        name, customer = f"{first_day:.0f}-{number}", f"c-{first_day:.0f}-{number}"
        found.append(own(name, first_day, customer=customer, resolved_at=day(first_day)))
        if number < back:
            found.append(own(f"{name}-again", first_day + 1, customer=customer))
    return found


def test_recontact_is_of_the_resolutions_whose_seven_days_ended_in_this_time():
    ended, still_open = resolved_on(8, 40, 10), resolved_on(15, 40, 40)
    found = figure([*ended, *still_open], FigureName.RECONTACT_PERCENT)
    assert found is not None
    assert (found.value, found.of, found.unit) == (25.0, 40, "%")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 25 < found.high


def test_a_measure_stands_beside_the_time_before():
    found = figure([*resolved_on(1, 40, 20), *resolved_on(8, 40, 10)], FigureName.RECONTACT_PERCENT)
    assert found is not None
    assert (found.before, found.value) == (50.0, 25.0)


def test_a_sample_that_says_nothing_makes_no_measure():
    assert figure(resolved_on(8, 29, 29), FigureName.RECONTACT_PERCENT) is None


def test_too_few_in_the_time_before_leave_that_side_open():
    found = figure([*resolved_on(1, 5, 5), *resolved_on(8, 40, 10)], FigureName.RECONTACT_PERCENT)
    assert found is not None
    assert found.before is None


def test_a_response_is_counted_where_the_item_came_in_and_a_decision_where_it_was_made():
    items = [
        own(f"{number}", 13, answered_at=day(13.5), resolved_at=day(15)) for number in range(30)
    ]
    assert figure(items, FigureName.FIRST_RESPONSE_HOURS) is None
    decided = figure(items, FigureName.DECISION_HOURS)
    assert decided is not None
    assert (decided.value, decided.unit) == (48.0, "h")
