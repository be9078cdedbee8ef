"""The page of an item in the Temporal UI: what moves, whose move it is, and the way there."""

from __future__ import annotations

from models.addresses import Addresses
from models.approval import ActionKind, Money
from models.effects import StuckEffect
from models.failures import EFFECT_IN_DOUBT, JIRA_PERMISSION
from models.item_state import ItemState, Parked
from models.lifecycle import Outcome, Severity
from models.messages import ProposeAction, Resolve
from policies.lifecycle import acts, deadlines
from policies.lifecycle.case_page import case_page
from policies.lifecycle.facts import may_be_asked
from policies.lifecycle.receiving import receive
from tests import samples
from tests.samples import after

KNOWN = Addresses(jira="https://jira.example", desk="https://desk.example")


def item(addresses: Addresses = KNOWN) -> ItemState:
    received = samples.received(severity=Severity.S1)
    return receive(
        samples.empty_state(), received.model_copy(update={"addresses": addresses}), after(0)
    )


def with_refund(state: ItemState) -> ItemState:
    message = ProposeAction(
        actor=samples.actor("omar"),
        kind=ActionKind.REFUND,
        summary="Charged twice.",
        amount=Money(minor=9900, currency="EUR"),
    )
    return acts.propose(state, message, after(0)).state


def page(state: ItemState) -> str:
    return case_page(state, after(0))


def test_the_first_line_is_the_items_summary() -> None:
    assert page(item()).startswith("## S1 · billing · smb · due Mon ")


def test_the_page_says_in_words_whose_move_it_is_and_by_which_values_a_view_finds_it() -> None:
    shown = page(item())

    assert (
        "**The owner has the next move: omar.** Stage `clocks`, awaiting `owner`, owner `omar`"
        in shown
    )


def test_the_page_leads_to_jira_and_to_the_desk() -> None:
    shown = page(item())

    assert "[issue in Jira](https://jira.example/browse/FT-1)" in shown
    assert "[item on the desk](https://desk.example/items/FT-1)" in shown


def test_an_item_of_which_no_address_is_known_links_nowhere_outside() -> None:
    assert "](http" not in page(item(Addresses()))


def test_an_open_request_is_listed_with_the_ways_to_its_run_and_to_the_vote() -> None:
    state = with_refund(item())
    request = state.actions[0]

    shown = page(state)

    assert "**refund of 99.00 EUR**, asked by omar: **waits for votes**" in shown
    assert f"run `{request.workflow_id}`" in shown
    assert f"(https://desk.example/requests/{request.proposal.request_id})" in shown


def test_a_parked_item_shows_what_stopped_it_and_how_it_goes_on() -> None:
    parked = Parked(failure=JIRA_PERMISSION.type, doing="reading the issue", since=after(1))

    shown = page(item().model_copy(update={"parked": parked}))

    assert f"{JIRA_PERMISSION.type}.** {JIRA_PERMISSION.remedy}" in shown
    assert "`followthrough resume FT-1`" in shown


def test_an_approved_action_that_stands_still_is_listed_until_it_goes_on() -> None:
    state = with_refund(item())
    stuck = StuckEffect(failure=EFFECT_IN_DOUBT.type, since=after(1))
    action = state.actions[0].model_copy(update={"stuck": stuck})

    shown = page(state.model_copy(update={"actions": (action,)}))

    assert f"**stands still: {EFFECT_IN_DOUBT.type}**" in shown


def test_a_broken_promise_stands_out_in_the_clocks() -> None:
    late = deadlines.pass_deadlines(item(), after(2))

    assert ": **running, overdue**" in case_page(late, after(2))


def test_a_decision_is_shown_with_the_end_of_its_watch() -> None:
    resolve = Resolve(actor=samples.actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")
    decided = acts.resolve(item(), resolve, after(1)).state

    shown = page(decided)

    assert "**Decision:** answered by omar" in shown
    assert "Watched until " in shown


def test_every_group_that_a_rule_for_the_action_may_ask_is_named_once() -> None:
    state = with_refund(item())

    assert may_be_asked(state, state.actions[0].proposal) == ("finance",)
