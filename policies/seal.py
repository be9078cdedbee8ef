"""The seal of a policy snapshot: who pinned the rules that an action is carried out under.

A workflow can be started by everybody who may write to the namespace, with any snapshot they like.
Only a worker can sign one, so a snapshot without a good seal allows nothing that has an effect.
"""

from __future__ import annotations

import json

from models.policy import PolicySnapshot
from policies import proof

SEALED = {"delegations", "statuses", "version", "pinned_at", "scale", "approvals", "people", "permissions", "trusted_keys",
          "allow_unproven"}  # fmt: skip
"""Who must agree to what. Calendars are left out, since they grow and follow the category."""


def sealed_bytes(snapshot: PolicySnapshot) -> bytes:
    """The canonical form that is signed.

    Members that hold their default are left out, so that one added later breaks no seal.
    """
    members = snapshot.model_dump(mode="json", include=SEALED, exclude_defaults=True)
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return b"followthrough-seal-v1\n" + canonical.encode()


def holds(snapshot: PolicySnapshot, trusted_keys: dict[str, str]) -> bool:
    """Whether a worker that is trusted has pinned exactly these rules."""
    seal = snapshot.seal
    return seal is not None and proof.signed(
        seal.key_id, seal.signature, sealed_bytes(snapshot), trusted_keys
    )
