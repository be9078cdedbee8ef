"""A used proof stands in plain history; it must be worth nothing beside anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.approval import ApprovalPlan, Ballot, Choice, RefusedBallot, Vote
from models.lifecycle import Outcome
from models.messages import Acknowledge, Resolve
from models.people import Act, Actor, Channel, Person, Proof, ProofClaim
from policies import approval, ballots
from policies.lifecycle import acts
from policies.lifecycle.receiving import receive
from policies.proof_content import of_ballot, of_message, of_move
from tests.samples import after, empty_state, received

OPENED = datetime(2026, 6, 1, 9, 0, 0, 400_000, tzinfo=UTC)
WRITTEN = OPENED + timedelta(minutes=5)
JUDGED = OPENED + timedelta(minutes=6)
ITEM, REQUEST = "feedback-1", "action-r-1"
KEY = Ed25519PrivateKey.generate()
APPROVE = of_ballot("r-1", Choice.APPROVE, "Fine.")
UNNAMED = of_ballot("", Choice.APPROVE, "Fine.")


def plan(opened_at: datetime | None = OPENED) -> ApprovalPlan:
    return ApprovalPlan(
        rule="large refunds",
        quorum=1,
        eligible=(Person(id="fay", name="Fay"),),
        opened_at=opened_at,
        expires_at=OPENED + timedelta(hours=4),
        explanation="more than 50",
        trusted_keys={"k1": KEY.public_key().public_bytes_raw().hex()},
    )


def vote(
    subject: str,
    content: str,
    *,
    choice: Choice = Choice.APPROVE,
    reason: str = "Fine.",
    request: str = "r-1",
    channel: Channel = Channel.JIRA,
    made_at: datetime | None = WRITTEN,
    rules: ApprovalPlan | None = None,
) -> Vote | RefusedBallot:
    """What becomes of a vote with a rightly signed proof."""
    claim = ProofClaim(
        person="fay", channel=channel, act=Act.VOTE, subject=subject, made_at=made_at,
        expires_at=JUDGED + timedelta(hours=24), content=content,
    )  # fmt: skip
    proof = Proof(claim=claim, key_id="k1", signature=KEY.sign(claim.signing_bytes()).hex())
    actor = Actor(person="fay", channel=channel, proof=proof)
    ballot = Ballot(request_id=request, choice=choice, reason=reason, actor=actor)
    request = approval.opened(rules or plan(), "", JUDGED)
    return ballots.judge(request, ballot, subject, JUDGED)


def test_a_vote_counts_for_what_was_said() -> None:
    assert isinstance(vote(REQUEST, APPROVE), Vote)
    assert isinstance(vote(ITEM, UNNAMED), Vote)


@pytest.mark.parametrize(
    "refused",
    [
        vote(REQUEST, APPROVE, choice=Choice.REJECT),
        vote(REQUEST, APPROVE, reason="Pay it twice."),
        vote("action-r-2", APPROVE, request="r-2"),
        vote(REQUEST, ""),
        vote(ITEM, ""),
        vote(ITEM, APPROVE),
        vote(ITEM, UNNAMED, choice=Choice.REJECT),
    ],
    ids=[
        "another choice",
        "another reason",
        "another request",
        "a proof bound to nothing",
        "an unnamed one bound to nothing",
        "one for a request, used for its item",
        "an unnamed one with another choice",
    ],
)
def test_a_used_proof_is_worth_nothing_beside_anything_else(refused: object) -> None:
    assert isinstance(refused, RefusedBallot)
    assert refused.failure == "Unproven"


def test_an_unnamed_vote_counts_for_no_request_that_was_opened_after_it() -> None:
    later = plan(WRITTEN + timedelta(minutes=1))
    assert isinstance(vote(ITEM, UNNAMED, rules=later), RefusedBallot)
    assert isinstance(vote(ITEM, UNNAMED, made_at=None), RefusedBallot)
    assert isinstance(vote(REQUEST, APPROVE, rules=later), Vote), "a named one cannot be mistaken"


def test_an_unnamed_vote_in_the_second_of_the_opening_counts_since_jira_may_round() -> None:
    assert isinstance(vote(ITEM, UNNAMED, made_at=OPENED.replace(microsecond=0)), Vote)


def test_in_the_temporal_ui_the_reason_is_written_after_the_text_was_made() -> None:
    made = of_ballot("r-1", Choice.APPROVE, "")
    assert isinstance(vote(REQUEST, made, channel=Channel.TEMPORAL_UI, reason="It is due."), Vote)
    turned = vote(REQUEST, made, channel=Channel.TEMPORAL_UI, choice=Choice.REJECT)
    assert isinstance(turned, RefusedBallot)


def test_a_claim_signed_in_the_first_form_keeps_its_bytes() -> None:
    claim = ProofClaim(
        person="fay", channel=Channel.DESK, act=Act.RESOLVE, subject=ITEM, expires_at=JUDGED
    )
    assert claim.signing_bytes().startswith(b"followthrough-proof-v1\nfay\n")
    bound = claim.model_copy(update={"made_at": WRITTEN, "content": APPROVE})
    assert bound.signing_bytes().startswith(b"followthrough-proof-v2\nfay\n")
    assert bound.signing_bytes().endswith(f"\n{WRITTEN.isoformat()}\n{APPROVE}".encode())


def resolve(outcome: Outcome, channel: Channel = Channel.DESK) -> Resolve:
    return Resolve(actor=Actor(person="omar", channel=channel), outcome=outcome, reason="Done.")


def proved(message: Resolve, content: str) -> Resolve:
    """The act with a rightly signed proof that is bound to this content."""
    claim = ProofClaim(
        person="omar", channel=message.actor.channel, act=Act.RESOLVE, subject="feedback-10001",
        made_at=after(1), expires_at=after(24), content=content,
    )  # fmt: skip
    proof = Proof(claim=claim, key_id="k1", signature=KEY.sign(claim.signing_bytes()).hex())
    return message.model_copy(update={"actor": message.actor.model_copy(update={"proof": proof})})


def judged(message: Resolve) -> str | None:
    """The failure with which a triaged item refuses the act, if it does."""
    item = receive(empty_state(), received(), after(0))
    assert item.snapshot is not None
    keys = {"k1": KEY.public_key().public_bytes_raw().hex()}
    strict = item.snapshot.model_copy(update={"allow_unproven": False, "trusted_keys": keys})
    acted = acts.resolve(item.model_copy(update={"snapshot": strict}), message, after(1))
    return acted.refusal.type if acted.refusal else None


def test_an_act_is_done_as_it_was_signed_and_in_no_other_form() -> None:
    declined, fixed = resolve(Outcome.DECLINED), resolve(Outcome.FIXED)
    assert judged(proved(fixed, of_message(fixed))) is None
    assert judged(proved(declined, of_message(fixed))) == "Unproven"
    assert judged(proved(fixed, "")) == "Unproven"


def test_what_was_read_in_jira_is_proved_by_the_reading() -> None:
    assert judged(proved(resolve(Outcome.FIXED, Channel.JIRA), "")) is None


def test_the_form_of_an_act_does_not_depend_on_the_actor_or_on_what_is_left_out() -> None:
    short = Acknowledge(actor=Actor(person="omar", channel=Channel.DESK))
    full = Acknowledge(actor=Actor(person="lena", channel=Channel.CLI), note="")
    assert of_message(short) == of_message(full)
    assert of_message(short) != of_message(full.model_copy(update={"note": "I am on it."}))


def moved(status: str, proved: str, *, choice: Choice = Choice.APPROVE) -> Vote | RefusedBallot:
    """What becomes of a vote by moving the issue, with a proof of a move."""
    claim = ProofClaim(
        person="fay", channel=Channel.JIRA, act=Act.RESOLVE, subject=ITEM, made_at=WRITTEN,
        expires_at=JUDGED + timedelta(hours=24), content=of_move(proved),
    )  # fmt: skip
    proof = Proof(claim=claim, key_id="k1", signature=KEY.sign(claim.signing_bytes()).hex())
    actor = Actor(person="fay", channel=Channel.JIRA, proof=proof)
    ballot = Ballot(request_id="r-1", choice=choice, reason="Moved.", actor=actor, moved_to=status)
    rules = plan().model_copy(update={"moves": {"Approved": "approve", "Declined": "reject"}})
    return ballots.judge(approval.opened(rules, "", OPENED), ballot, ITEM, JUDGED)


def test_a_move_is_the_vote_that_the_policy_says_it_is_and_no_other() -> None:
    assert isinstance(moved("Approved", "Approved"), Vote)
    assert isinstance(moved("Declined", "Declined", choice=Choice.REJECT), Vote)
    for refused in (
        moved("Approved", "In Progress"),
        moved("Declined", "Declined", choice=Choice.APPROVE),
        moved("In Progress", "In Progress"),
    ):
        assert isinstance(refused, RefusedBallot)
        assert refused.failure == "Unproven"
