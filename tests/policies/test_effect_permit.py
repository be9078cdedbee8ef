"""What is carried out was approved: each thing that a forger could change is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.vouching import asked
from models.approval import ActionKind, Choice, Money
from models.effects import EffectInput
from models.item import ProposedAction
from models.people import Person
from policies.automation import proposal_of
from policies.effect_permit import Trust, why_not
from policies.seal import sealed_bytes
from runtime.signing import SigningKey
from tests.approved_effects import AUTOMATION, Approver
from tests.samples import T0


@pytest.fixture
def approver(tmp_path: Path) -> Approver:
    return Approver(tmp_path)


def _with(request: EffectInput, **changes: object) -> EffectInput:
    assert request.approval is not None
    return request.model_copy(update={"approval": request.approval.model_copy(update=changes)})


def test_what_two_people_of_finance_approved_may_be_carried_out(approver: Approver) -> None:
    assert why_not(approver.request(), approver.trust) is None


def test_what_the_rules_leave_to_nobody_needs_no_vote(approver: Approver) -> None:
    assert why_not(approver.request(quorum=0, votes=()), approver.trust) is None


def test_without_an_approval_nothing_is_carried_out(approver: Approver) -> None:
    bare = approver.request().model_copy(update={"approval": None})

    assert why_not(bare, approver.trust) == "no approval was handed over"


def test_another_amount_than_was_approved_is_not_carried_out(approver: Approver) -> None:
    asked = approver.request()
    dearer = asked.proposal.model_copy(update={"amount": Money(minor=99_900, currency="EUR")})

    assert "whoever proposed it" in str(
        why_not(asked.model_copy(update={"proposal": dearer}), approver.trust)
    )


def test_one_vote_is_not_two(approver: Approver) -> None:
    alone = approver.request(votes=("fay",))
    twice = approver.request(votes=("fay", "fay"))

    assert "do not allow it (undecided)" in str(why_not(alone, approver.trust))
    assert "AlreadyVoted" in str(why_not(twice, approver.trust))


def test_whoever_asked_does_not_approve_themselves(approver: Approver) -> None:
    own = approver.request(votes=("omar", "finn"))

    assert "NotEntitled" in str(why_not(own, approver.trust))


def test_a_vote_without_proof_does_not_count_whatever_the_rules_handed_over_say(
    approver: Approver,
) -> None:
    asked = approver.request()
    assert asked.approval is not None
    bare = tuple(
        counted.model_copy(
            update={
                "ballot": counted.ballot.model_copy(
                    update={"actor": counted.ballot.actor.without_proof()}
                )
            }
        )
        for counted in asked.approval.ballots
    )
    lenient = approver.snapshot(allow_unproven=True)

    refused = why_not(_with(asked, ballots=bare, snapshot=lenient), approver.trust)

    assert refused == "a vote does not count (Unproven)"


def test_a_refusal_is_no_approval(approver: Approver) -> None:
    ballots = (approver.ballot("fay"), approver.ballot("finn", Choice.REJECT))

    refused = why_not(_with(approver.request(), ballots=ballots), approver.trust)

    assert "do not allow it (rejected)" in str(refused)


def test_a_vote_for_another_request_does_not_count(approver: Approver) -> None:
    other = (approver.ballot("fay", request_id="10001-1-9"), approver.ballot("finn"))

    refused = why_not(_with(approver.request(), ballots=other), approver.trust)

    assert refused == "a vote is for another request"


def test_rules_that_no_worker_sealed_allow_nothing(approver: Approver, tmp_path: Path) -> None:
    asked = approver.request(quorum=0, votes=())
    assert asked.approval is not None
    made_up = approver.snapshot(quorum=2).model_copy(
        update={"approvals": asked.approval.snapshot.approvals}
    )
    stranger = Approver(tmp_path / "stranger")
    strange = made_up.model_copy(update={"seal": stranger.key.seal(sealed_bytes(made_up))})

    for forged in (made_up, strange, made_up.model_copy(update={"seal": None})):
        refused = why_not(_with(asked, snapshot=forged), approver.trust)
        assert "no seal" in str(refused)


def test_a_stranger_who_signs_everything_alone_is_not_believed(
    approver: Approver, tmp_path: Path
) -> None:
    forged = Approver(tmp_path / "stranger").request()

    assert "no seal" in str(why_not(forged, approver.trust))


def test_automation_without_permission_for_an_action_cannot_have_it_carried_out(
    approver: Approver,
) -> None:
    proposed = approver.request(quorum=0, votes=(), proposed_by=AUTOMATION.id)
    unproven = _with(proposed, asked=None)

    assert "(NotEntitled)" in str(why_not(proposed, approver.trust))
    assert "(Unproven)" in str(why_not(unproven, approver.trust))


def _automatic(approver: Approver, signer: SigningKey | None) -> EffectInput:
    """What a rule of triage.yaml asked for by itself, as the worker found it."""
    request = approver.request(ActionKind.DATA_DELETION, None)
    assert request.approval is not None
    (found,) = asked(
        signer,
        (ProposedAction(kind="data_deletion", why="They asked.", automatic=True),),
        request.approval.report_to,
        T0,
    )
    message = proposal_of(found)
    proposal = request.proposal.model_copy(
        update={"summary": message.summary, "proposed_by": message.actor.without_proof()}
    )
    proposed = _with(request, asked=message.actor.proof)
    return proposed.model_copy(update={"proposal": proposal})


def test_what_a_rule_may_ask_for_by_itself_is_carried_out_once_people_agree(
    approver: Approver,
) -> None:
    assert why_not(_automatic(approver, approver.key), approver.trust) is None


def test_automation_that_no_rule_allows_to_ask_has_no_workers_proof(
    approver: Approver, tmp_path: Path
) -> None:
    stranger = Approver(tmp_path / "stranger").key

    for signer in (None, stranger):
        assert "(Unproven)" in str(why_not(_automatic(approver, signer), approver.trust))


def test_a_rules_proof_is_worth_nothing_for_another_action(approver: Approver) -> None:
    request = _automatic(approver, approver.key)
    other = request.proposal.model_copy(update={"kind": ActionKind.DATA_EXPORT})

    refused = why_not(request.model_copy(update={"proposal": other}), approver.trust)

    assert "(Unproven)" in str(refused)


def test_whoever_only_joined_later_by_being_on_call_has_nothing_carried_out(
    approver: Approver,
) -> None:
    proposed = approver.request(quorum=0, votes=(), proposed_by="newcomer")
    assert proposed.approval is not None
    newcomer = Person(id="newcomer", name="New", roles=("lead",))
    known = proposed.approval.snapshot.model_copy(update={"joined": (newcomer,)})

    assert "(NotEntitled)" in str(why_not(_with(proposed, snapshot=known), approver.trust))


def test_an_installation_for_trying_out_believes_an_act_without_proof(approver: Approver) -> None:
    unproven = _with(approver.request(), asked=None)

    assert why_not(unproven, Trust(approver.trust.keys, allow_unproven=True)) is None


def test_an_expanded_calendar_breaks_no_seal(approver: Approver) -> None:
    asked = approver.request()
    assert asked.approval is not None
    rules = asked.approval.snapshot
    longer = rules.calendar.model_copy(update={"covers_until": rules.calendar.covers_until + 60})
    extended = rules.model_copy(update={"calendar": longer})

    assert why_not(_with(asked, snapshot=extended), approver.trust) is None
