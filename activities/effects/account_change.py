"""A setting of the customer's account is changed."""

from __future__ import annotations

from typing import Any

from activities.effects.base import PlainEffect
from models.approval import ActionKind, ActionProposal
from models.effects import System


class AccountChange(PlainEffect):
    """Undone by the system that keeps accounts: it alone knows the value that was there before."""

    kind = ActionKind.ACCOUNT_CHANGE
    system = System.ACCOUNTS

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """Which field gets which value."""
        known = proposal.parameters
        return {**super().wanted(proposal), "field": known.field, "value": known.value}
