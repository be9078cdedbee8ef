from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jira_gateway.difference import (
    OPERATIONS_KEPT,
    PROPERTY_CHARACTERS,
    Changes,
    CurrentIssue,
    LinkSeen,
    Transition,
    choose_transition,
    difference,
    item_property,
)
from models.jira_view import DesiredComment, DesiredLink, DesiredView, SeenFields
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY

SEEN = SeenFields(
    status="Open",
    status_category=StatusCategory.TO_DO,
    priority="Medium",
    labels=("customer-label",),
)
COMMENT = DesiredComment(operation_id="life/1", body="We look into it.")
LINK = DesiredLink(operation_id="life/2", kind="Duplicate", other_issue_key="FT-9")


def current(**fields: Any) -> CurrentIssue:
    return CurrentIssue(fields=SEEN.model_copy(update=fields))


def view(**wishes: Any) -> DesiredView:
    return DesiredView(
        **{"issue_id": "1", "issue_key": "FT-1", "sequence": 3, "last_seen": SEEN, **wishes}
    )


def test_an_issue_that_is_already_right_needs_nothing() -> None:
    changes = difference(current(priority="High"), view(priority="High"))
    assert changes == Changes()
    assert not changes.edits


def test_a_field_nobody_touched_is_written() -> None:
    changes = difference(current(), view(priority="High", due_date=date(2026, 4, 1)))
    assert changes.values == {"priority": "High", "due_date": date(2026, 4, 1)}
    assert changes.kept == ()


def test_a_field_that_a_person_changed_meanwhile_is_kept() -> None:
    changes = difference(current(priority="Lowest"), view(priority="High"))
    assert changes.values == {}
    assert changes.kept == ("priority",)


def test_without_an_earlier_look_the_wish_is_written() -> None:
    changes = difference(current(priority="Lowest"), view(priority="High", last_seen=None))
    assert changes.values == {"priority": "High"}


def test_our_own_half_done_write_is_not_taken_for_a_persons_edit() -> None:
    issue = replace(current(priority="High"), ours=frozenset({"priority"}))
    changes = difference(issue, view(priority="Highest"))
    assert changes.values == {"priority": "Highest"}
    assert changes.kept == ()


def test_no_wish_leaves_a_field_alone() -> None:
    changes = difference(current(assignee_account_id="acc-ada"), view())
    assert changes.values == {}
    assert changes.kept == ()


def test_only_labels_of_ours_come_and_go() -> None:
    issue = current(labels=("customer-label", "ft-old", "ft-src-0123456789abcdef", "ft-stays"))
    changes = difference(issue, view(labels=("ft-new", "ft-stays")))
    assert changes.labels_added == ("ft-new",)
    assert changes.labels_removed == ("ft-old",)


def test_a_status_already_in_the_wanted_category_is_left_alone() -> None:
    issue = current(status="Reopened")
    assert not difference(issue, view(status_category=StatusCategory.TO_DO)).move


def test_a_status_that_a_person_moved_meanwhile_is_kept() -> None:
    issue = current(status="In Progress", status_category=StatusCategory.IN_PROGRESS)
    changes = difference(issue, view(status_category=StatusCategory.DONE))
    assert not changes.move
    assert changes.kept == ("status",)


def test_a_status_seen_before_is_moved() -> None:
    assert difference(current(), view(status_category=StatusCategory.DONE)).move


def test_what_was_written_before_is_confirmed_and_not_written_again() -> None:
    issue = replace(current(), operations=frozenset({"life/1", "life/2"}))
    changes = difference(issue, view(comments=(COMMENT,), links=(LINK,)))
    assert changes.comments == ()
    assert changes.links == ()
    assert set(changes.confirmed) == {"life/1", "life/2"}


@pytest.mark.parametrize(
    ("outward", "symmetric", "there"),
    [(True, False, True), (False, False, False), (False, True, True)],
)
def test_a_link_that_a_person_made_counts_when_it_says_the_same(
    outward: bool, symmetric: bool, there: bool
) -> None:
    seen = LinkSeen("Duplicate", "FT-9", outward=outward, symmetric=symmetric)
    changes = difference(replace(current(), links=(seen,)), view(links=(LINK,)))
    assert (changes.links == ()) is there
    assert (changes.confirmed == ("life/2",)) is there


def test_the_operation_ids_are_written_together_with_the_events() -> None:
    changes = difference(current(), view(comments=(COMMENT,), links=(LINK,)))
    assert changes.properties[ITEM_PROPERTY]["ops"] == ["life/1", "life/2"]
    assert changes.properties[ITEM_PROPERTY]["sequence"] == 3


def test_a_higher_sequence_alone_is_no_reason_to_write() -> None:
    stored = {ITEM_PROPERTY: {"severity": "S2", "ops": ["life/1"], "sequence": 2}}
    issue = replace(current(), properties=stored)
    assert not difference(issue, view(properties={ITEM_PROPERTY: {"severity": "S2"}})).edits
    assert difference(issue, view(properties={ITEM_PROPERTY: {"severity": "S1"}})).edits


def test_an_outdated_view_writes_nothing() -> None:
    stored = {ITEM_PROPERTY: {"life": "a", "ops": [], "sequence": 9}}
    issue = replace(current(), properties=stored)
    late = view(properties={ITEM_PROPERTY: {"life": "a"}}, priority="High", comments=(COMMENT,))
    assert difference(issue, late).outdated
    assert not difference(issue, late).edits
    again = late.model_copy(update={"properties": {ITEM_PROPERTY: {"life": "b"}}})
    assert difference(issue, again).values == {"priority": "High"}


def test_the_property_keeps_the_newest_operations_within_jiras_limit() -> None:
    before = [f"life/{number}" for number in range(500)]
    issue = replace(current(), properties={ITEM_PROPERTY: {"ops": before}})
    kept = item_property(issue, view(), ("life/500",))["ops"]
    assert len(kept) == OPERATIONS_KEPT
    assert kept[-1] == "life/500"
    long = replace(
        current(), properties={ITEM_PROPERTY: {"ops": ["x" * 400 + op for op in before]}}
    )
    written = item_property(long, view(), ("life/500",))
    assert len(str(written)) <= PROPERTY_CHARACTERS
    assert written["ops"][-1] == "life/500"


def test_the_transition_to_the_preferred_status_is_chosen() -> None:
    moves = (
        Transition("1", "Start", "In Progress", StatusCategory.IN_PROGRESS),
        Transition("2", "Ask", "Waiting for customer", StatusCategory.IN_PROGRESS),
        Transition("3", "Close", "Done", StatusCategory.DONE),
    )
    chosen = choose_transition(moves, StatusCategory.IN_PROGRESS, ("waiting for customer",))
    assert chosen == moves[1]
    assert choose_transition(moves, StatusCategory.IN_PROGRESS, ()) == moves[0]
    assert choose_transition(moves, StatusCategory.TO_DO, ()) is None
