"""Something is said in public."""

from __future__ import annotations

from typing import Any

from activities.effects.base import PlainEffect
from models.approval import ActionKind, ActionProposal
from models.effects import System


class PublicStatement(PlainEffect):
    """Published in the words that were approved."""

    kind = ActionKind.PUBLIC_STATEMENT
    system = System.OTHER
    irreversible = "what was said in public was read"

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """The statement; without one, the summary that everybody saw who approved it."""
        statement = proposal.parameters.statement or proposal.summary
        return {**super().wanted(proposal), "statement": statement}
