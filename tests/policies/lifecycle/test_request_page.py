"""The page of a request in the Temporal UI: what is asked, who may decide, and the way there."""

from __future__ import annotations

from models.addresses import Addresses
from models.approval import ActionStatus, Choice
from models.approval_request import ApprovalRequest
from models.failures import EFFECT_IN_DOUBT
from policies.lifecycle.action_words import request_page
from tests.policies.approval_cases import REQUEST, facts, opened, proposal, voted

KNOWN = Addresses(jira="https://jira.example", desk="https://desk.example")


def status(request: ApprovalRequest | None, **changed: object) -> ActionStatus:
    shown = ActionStatus(
        proposal=proposal(), item=facts(), plan=None, votes=(), refused=(), outcome=None
    )
    known = {
        "plan": request.plan,
        "votes": request.votes,
        "refused": request.refused,
        "outcome": request.outcome,
        "digest": request.digest,
    } if request else {}  # fmt: skip
    return shown.model_copy(update={**known, **changed})


def page(request: ApprovalRequest | None, **changed: object) -> str:
    return request_page(status(request, **changed), KNOWN)


def test_the_first_line_says_what_is_asked_for_which_issue() -> None:
    assert page(None).startswith("## Refund of 99.00 EUR · FT-1\n")


def test_the_page_leads_to_the_item_and_to_where_one_votes() -> None:
    shown = page(None)

    assert "item `feedback-10001`" in shown
    assert "(https://jira.example/browse/FT-1)" in shown
    assert f"[vote on the desk](https://desk.example/requests/{REQUEST})" in shown


def test_an_undecided_request_says_whose_votes_it_lacks_and_until_when() -> None:
    shown = page(voted(opened(), "fay"))

    assert "**Still needed: 1 more.**" in shown
    assert "**May decide:** Fay (`fay`), Finn (`finn`)." in shown
    assert "**Expires:** Mon 01 Jun 2026 13:00 UTC." in shown


def test_votes_are_shown_with_their_reasons() -> None:
    assert "- **fay** approved. I looked at it." in page(voted(opened(), "fay"))


def test_a_vote_that_did_not_count_is_shown_with_why() -> None:
    assert "- did not count: ada, NotEntitled." in page(voted(opened(), "ada"))


def test_a_decided_request_shows_its_outcome_and_asks_nobody_any_more() -> None:
    shown = page(voted(opened(), "fay", choice=Choice.REJECT))

    assert "**Outcome:** was refused." in shown
    assert "May decide" not in shown


def test_an_effect_that_stands_still_is_shown_with_its_remedy() -> None:
    shown = page(voted(opened(), "fay", "finn"), stuck=EFFECT_IN_DOUBT.type)

    assert f"> **Stands still: {EFFECT_IN_DOUBT.type}.** {EFFECT_IN_DOUBT.remedy}" in shown


def test_words_of_colleagues_cannot_format_or_link_on_the_page() -> None:
    asked = proposal(summary="Look [here](https://evil.example)\n# now")

    shown = page(None, proposal=asked)

    assert "Look \\[here\\]\\(https://evil.example\\) \\# now" in shown
