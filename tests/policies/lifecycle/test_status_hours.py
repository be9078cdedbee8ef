"""An item's status tells when its promises count, for lists that are read later."""

from __future__ import annotations

from policies.lifecycle import receiving, report
from tests.samples import T0, after, empty_state, received


def test_a_status_tells_the_next_hours_in_which_promises_count() -> None:
    state = receiving.receive(empty_state(), received(), T0)
    opens, closes = report.status_of(state, after(1)).hours[0]
    assert opens <= after(1) < closes


def test_an_item_without_rules_tells_no_hours() -> None:
    assert report.status_of(empty_state(), after(1)).hours == ()
