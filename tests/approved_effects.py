"""Effects with an approval that was really given: sealed rules, a proved proposal, proved votes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from models.action_parameters import ActionParameters
from models.approval import ActionKind, ActionProposal, Ballot, Choice, ItemFacts, Money
from models.approval_rule import ApprovalRule
from models.effects import Approval, CountedBallot, EffectInput
from models.lifecycle import Severity
from models.messages import ProposeAction
from models.names import POLICY_ACTION_WORKFLOW, action_workflow_id, feedback_workflow_id
from models.people import Act, Actor, Channel, Person, Proof, ProofClaim
from models.policy import PolicySnapshot
from policies.effect_permit import Trust
from policies.proof_content import of_ballot, of_message
from policies.seal import sealed_bytes
from runtime.signing import SigningKey, load_or_create_signing_key
from tests import samples
from tests.samples import T0, after

ISSUE = "10001"
KEY = "10001-1-7"
AUTOMATION = Person(id="bot", name="Bot", behind="omar")
"""An automation account that may propose nothing: it has no role."""


class Approver:
    """Signs as a whole installation does: a worker's seal, the proofs of people."""

    def __init__(self, directory: Path) -> None:
        self.key: SigningKey = load_or_create_signing_key(directory / "signing-key.pem")
        self.trust = Trust(self.key.public_keys)

    def snapshot(self, quorum: int = 2, **changes: Any) -> PolicySnapshot:
        """Sealed rules: every kind of action needs so many of finance."""
        rule = ApprovalRule(
            name="all of it",
            actions=tuple(kind.value for kind in ActionKind),
            when="true",
            quorum=quorum,
            groups=("finance",),
            expires_after=86_400,
            why="For tests.",
        )
        base = samples.snapshot(allow_unproven=False)
        finance = tuple(
            person.model_copy(update={"roles": ("voter",)})
            if "finance" in person.groups
            else person
            for person in base.people
        )
        changed = base.model_copy(
            update={
                "approvals": (rule,),
                "people": (*finance, AUTOMATION),
                "permissions": {**base.permissions, Act.VOTE: ("voter",)},
                "trusted_keys": self.key.public_keys,
                **changes,
            }
        )
        return changed.model_copy(update={"seal": self.key.seal(sealed_bytes(changed))})

    def prove(self, person: str, act: Act, subject: str, content: str) -> Proof:
        """What the desk signs for a person who is signed in."""
        claim = ProofClaim(
            person=person,
            channel=Channel.DESK,
            act=act,
            subject=subject,
            expires_at=T0 + timedelta(days=2),
            made_at=T0,
            content=content,
        )
        return self.key.sign(claim)

    def ballot(
        self, person: str, choice: Choice = Choice.APPROVE, request_id: str = KEY
    ) -> CountedBallot:
        """A vote an hour after the request was opened."""
        subject = action_workflow_id(request_id)
        proof = self.prove(person, Act.VOTE, subject, of_ballot(request_id, choice, "Fine."))
        actor = Actor(person=person, channel=Channel.DESK, proof=proof)
        ballot = Ballot(request_id=request_id, choice=choice, reason="Fine.", actor=actor)
        return CountedBallot(ballot=ballot, subject=subject, at=after(1))

    def request(
        self,
        kind: ActionKind = ActionKind.REFUND,
        minor: int | None = 1250,
        *,
        parameters: ActionParameters | None = None,
        request_id: str = KEY,
        votes: tuple[str, ...] = ("fay", "finn"),
        quorum: int = 2,
        dry_run: bool = False,
        proposed_by: str = "omar",
    ) -> EffectInput:
        """An effect that was proposed and approved by these people."""
        message = ProposeAction(
            actor=Actor(person=proposed_by, channel=Channel.DESK),
            kind=kind,
            summary="Refund the second charge.",
            amount=Money(minor=minor, currency="EUR") if minor is not None else None,
            parameters=parameters or ActionParameters(),
        )
        proposal = ActionProposal(
            request_id=request_id,
            kind=kind,
            subject="c0ffee",
            summary=message.summary,
            amount=message.amount,
            proposed_by=message.actor,
            proposed_at=T0,
            parameters=message.parameters,
        )
        item = feedback_workflow_id(ISSUE)
        approval = Approval(
            item=ItemFacts(
                issue_id=ISSUE,
                issue_key="FT-1",
                workflow_id=item,
                severity=Severity.S3,
                category="billing",
                segment="smb",
                stage="approve",
            ),
            snapshot=self.snapshot(quorum),
            report_to=item,
            asked=self.prove(proposed_by, Act.PROPOSE, item, of_message(message)),
            opened_at=T0,
            ballots=tuple(self.ballot(person, request_id=request_id) for person in votes),
            decided_at=after(2),
        )
        return EffectInput(proposal=proposal, approval=approval, dry_run=dry_run)


def activity_of(
    request_id: str = KEY, *, attempt: int = 1, workflow_type: str = POLICY_ACTION_WORKFLOW
) -> ActivityEnvironment:
    """An activity that the workflow of this request asked for."""
    environment = ActivityEnvironment()
    environment.info = replace(
        environment.info,
        workflow_id=action_workflow_id(request_id),
        workflow_type=workflow_type,
        attempt=attempt,
    )
    return environment
