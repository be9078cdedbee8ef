"""What a worker signs when it receives an item: the rules it pinned, and what they ask for.

Where an action is carried out nothing else is believed (`policies.effect_permit`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from models.item import ProposedAction
from models.people import Act, Proof, ProofClaim
from models.policy import PolicySnapshot, Seal
from policies.automation import AUTOMATION, proposal_of
from policies.proof_content import of_message
from policies.seal import sealed_bytes

PROPOSED_WITHIN = timedelta(days=1)
"""The workflow takes in at once what was received; a day is for a worker that stops meanwhile."""


class Signer(Protocol):
    """The key of this installation."""

    def sign(self, claim: ProofClaim) -> Proof:
        """The proof of a claim."""
        ...

    def seal(self, content: bytes) -> Seal:
        """The seal of pinned rules."""
        ...


def sealed(signer: Signer | None, pinned: PolicySnapshot) -> PolicySnapshot:
    """The rules with the worker's seal; without a signer as they are."""
    if signer is None:
        return pinned
    return pinned.model_copy(update={"seal": signer.seal(sealed_bytes(pinned))})


def asked(
    signer: Signer | None, actions: tuple[ProposedAction, ...], workflow_id: str, now: datetime
) -> tuple[ProposedAction, ...]:
    """The actions; those that a rule may ask for by itself with the proof that one does."""
    if signer is None:
        return actions
    return tuple(
        action.model_copy(update={"asked": _prove(signer, action, workflow_id, now)})
        if action.automatic
        else action
        for action in actions
    )


def _prove(signer: Signer, action: ProposedAction, workflow_id: str, now: datetime) -> Proof:
    claim = ProofClaim(
        person=AUTOMATION.person,
        channel=AUTOMATION.channel,
        act=Act.PROPOSE,
        subject=workflow_id,
        expires_at=now + PROPOSED_WITHIN,
        made_at=now,
        content=of_message(proposal_of(action)),
    )
    return signer.sign(claim)
