"""A customer is let off a rule of ours for a time."""

from __future__ import annotations

from typing import Any

from activities.effects.base import PlainEffect
from models.approval import ActionKind, ActionProposal
from models.effects import System


class PolicyException(PlainEffect):
    """Begun here; its own workflow undoes it when it ends. A change of one names the first."""

    kind = ActionKind.POLICY_EXCEPTION
    system = System.OTHER

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """Until when, and which running exception gets that end."""
        known = proposal.parameters
        return {
            **super().wanted(proposal),
            "ends_at": known.ends_at.isoformat() if known.ends_at else None,
            "changes": known.changes,
        }
