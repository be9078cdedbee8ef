"""A proof is good for one person, channel, act and subject, and for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.failures import UNPROVEN
from models.people import Act, Actor, Channel, Proof, ProofClaim
from policies import proof

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SUBJECT = "feedback-10001"
KEY = Ed25519PrivateKey.generate()
KEYS = {"k1": KEY.public_key().public_bytes_raw().hex()}


def signed(key: Ed25519PrivateKey = KEY, key_id: str = "k1", **claim: object) -> Actor:
    made = ProofClaim.model_validate(
        {
            "person": "lena",
            "channel": Channel.DESK,
            "act": Act.VOTE,
            "subject": SUBJECT,
            "expires_at": NOW + timedelta(minutes=5),
            **claim,
        }
    )
    signature = key.sign(made.signing_bytes()).hex()
    return Actor(
        person="lena",
        channel=Channel.DESK,
        proof=Proof(claim=made, key_id=key_id, signature=signature),
    )


def check(actor: Actor, allow_unproven: bool = False) -> object:
    return proof.check(actor, Act.VOTE, SUBJECT, KEYS, NOW, allow_unproven)


def test_a_true_proof_is_accepted() -> None:
    assert check(signed()) is None


@pytest.mark.parametrize(
    "actor",
    [
        Actor(person="lena", channel=Channel.DESK),
        signed(person="omar"),
        signed(channel=Channel.CLI),
        signed(act=Act.RESOLVE),
        signed(subject="feedback-10002"),
        signed(expires_at=NOW),
        signed(key=Ed25519PrivateKey.generate()),
        signed(key_id="unknown"),
        Actor(person="lena", channel=Channel.AUTOMATION),
    ],
    ids=[
        "none at all",
        "another person",
        "another channel",
        "another act",
        "another subject",
        "run out",
        "another key",
        "unknown key",
        "automation without a proof",
    ],
)
def test_anything_else_is_unproven(actor: Actor) -> None:
    assert check(actor) is UNPROVEN


@pytest.mark.parametrize("signature", ["", "zz", "00", "00" * 64])
def test_a_broken_signature_is_unproven_and_raises_nothing(signature: str) -> None:
    good = signed()
    assert good.proof is not None
    broken = good.model_copy(
        update={"proof": good.proof.model_copy(update={"signature": signature})}
    )
    assert check(broken) is UNPROVEN


def test_trying_out_accepts_no_proof_but_never_a_wrong_one() -> None:
    assert check(Actor(person="lena", channel=Channel.DESK), allow_unproven=True) is None
    assert check(signed(person="omar"), allow_unproven=True) is UNPROVEN
