"""The request as a value with a hash: people vote on exactly this, and only this is carried out."""

from __future__ import annotations

import hashlib
import json

from models.approval import ActionKind, ActionProposal, ItemFacts

SHORT = 8
"""So many digits are shown on cards; a ballot may carry as few."""


def digest_of(proposal: ActionProposal, item: ItemFacts, policy_version: str) -> str:
    """SHA-256, in hex, of the request's canonical form.

    That is what would be done, to whom, how much, on which evidence, asked and edited by whom,
    under which policy, and what was true of the item. How far the item has come and how sure
    triage was are no part of it. Leave to climb a rung does not rest on the item's facts: the
    ladder takes it back by itself.
    """
    amount = proposal.amount
    value = {
        "request": proposal.request_id,
        "action": proposal.kind.value,
        "to": proposal.subject,
        "amount": [amount.minor, amount.currency] if amount else None,
        "summary": proposal.summary,
        "evidence": list(proposal.evidence),
        "level": proposal.rung,
        "with": proposal.parameters.model_dump(mode="json", exclude_none=True),
        "dry_run": proposal.dry_run,
        "asked_by": proposal.proposed_by.person,
        "edited_by": [editor.person for editor in proposal.edited_by],
        "policy": policy_version,
        "item": None if proposal.kind is ActionKind.CLIMB else _subject(item),
    }
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def short(digest: str) -> str:
    """What is shown of a hash."""
    return digest[:SHORT]


def _subject(item: ItemFacts) -> dict[str, str | int | None]:
    return {
        "issue": item.issue_id,
        "customer": item.customer,
        "severity": item.severity.value,
        "category": item.category,
        "segment": item.segment,
        "country": item.country,
        "revision": item.revision,
    }
