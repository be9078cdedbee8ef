"""Counts the votes again, from what reached each request, with the proofs checked by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.faults.evidence import Ballot, Evidence, Finding, Json, Request, Rules, VotingRule


def approvals_without_quorum(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Every request that was approved, and every effect, has the votes that its rule asks for."""
    carried_out = {str(one["key"]) for one in evidence.effects}
    for request in evidence.requests.values():
        if request.outcome not in ("approved", "not_needed") and (
            request.request_id not in carried_out
        ):
            continue
        yield from _recounted(request, evidence, rules)


def _recounted(request: Request, evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    rule = rule_for(request, evidence, rules)
    if rule is None:
        yield Finding("no quorum", request.request_id, f"no rule allows {request.kind}")
        return
    agreed: dict[str, str] = {}
    refused: list[str] = []
    for ballot in sorted(request.ballots, key=lambda one: one.at):
        human = _human(ballot, request, rule, rules)
        if human is None or why_unproven(ballot, request, evidence, rules) is not None:
            continue
        if human in agreed or human in refused or len(agreed) >= rule.quorum:
            continue
        if ballot.choice == "approve":
            agreed[human] = ballot.person
        else:
            refused.append(human)
    if refused:
        yield Finding("no quorum", request.request_id, f"{', '.join(refused)} had refused it")
    if len(agreed) < rule.quorum:
        told = f"{len(agreed)} of {rule.quorum} votes are proved ({', '.join(agreed.values())})"
        yield Finding("no quorum", request.request_id, told)


def rule_for(request: Request, evidence: Evidence, rules: Rules) -> VotingRule | None:
    """The first rule for the kind and the money, what was granted on the item before added."""
    total = request.amount
    if total is not None:
        total += sum(
            other.amount or 0
            for other in evidence.requests.values()
            if other.issue_id == request.issue_id
            and other.kind == request.kind
            and _number(other) < _number(request)
            and other.outcome in ("approved", "not_needed")
        )
    for rule in rules.voting:
        fits = rule.up_to is None or (total is not None and total <= rule.up_to)
        if rule.kind == request.kind and fits:
            return rule
    return None


def _number(request: Request) -> int:
    return int(request.request_id.rpartition("-")[2])


def _human(ballot: Ballot, request: Request, rule: VotingRule, rules: Rules) -> str | None:
    """Whose vote it is; None for somebody who has none, or who asked for it."""
    voter, proposer = rules.voters.get(ballot.person), rules.voters.get(request.proposer)
    if voter is None or not voter.groups & rule.groups:
        return None
    asked_by = proposer.counts_as if proposer else request.proposer
    return None if voter.counts_as == asked_by else voter.counts_as


def why_unproven(ballot: Ballot, request: Request, evidence: Evidence, rules: Rules) -> str | None:
    """None for a vote that its person certainly gave: signed, and in Jira written there too."""
    proof = ballot.proof
    if proof is None:
        return "it carries no proof"
    claim = proof["claim"]
    named = claim["subject"] == f"action-{request.request_id}"
    if not named and claim["subject"] != f"feedback-{request.issue_id}":
        return "its proof is about something else"
    if (claim["person"], claim["channel"]) != (ballot.person, ballot.channel):
        return "its proof is somebody else's"
    if claim["act"] != "vote":
        return "its proof is for another act"
    if claim["content"] != content_of(ballot, request.request_id if named else ""):
        return "its proof was made for other words"
    if datetime.fromisoformat(claim["expires_at"]) <= ballot.at:
        return "its proof had run out"
    if not signature_holds(proof, rules.keys):
        return "its signature is not of a key that counts"
    if ballot.channel == "jira" and not _written(ballot, request, evidence, rules):
        return "no such comment stands in Jira"
    return None


def content_of(ballot: Ballot, request_id: str) -> str:
    """The digest of what was said, worked out from the documented form."""
    reason = "" if ballot.channel == "temporal_ui" else ballot.reason
    said = [request_id, ballot.choice, reason, *([ballot.digest] if ballot.digest else [])]
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def signature_holds(proof: Json, keys: dict[str, str]) -> bool:
    """Ed25519 over the members of the claim, a line each."""
    public = keys.get(proof["key_id"])
    if public is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(proof["signature"]), signed_bytes(proof["claim"]))
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_bytes(claim: Json) -> bytes:
    """The second form of the text that is signed."""
    expires = datetime.fromisoformat(claim["expires_at"]).isoformat()
    made = datetime.fromisoformat(claim["made_at"]).isoformat() if claim.get("made_at") else ""
    names = ("person", "channel", "act", "subject")
    lines = [*(claim[name] for name in names), expires, made, claim["content"]]
    return "\n".join(("followthrough-proof-v2", *lines)).encode()


def _written(ballot: Ballot, request: Request, evidence: Evidence, rules: Rules) -> bool:
    issue = evidence.issues.get(request.issue_id)
    if issue is None:
        return True  # the comment went with its issue; the signature has to do
    account = rules.voters[ballot.person].account
    begins = f"/{ballot.choice}"
    return any(one.author == account and one.body.startswith(begins) for one in issue.comments)
