"""What every action that has an effect outside can say of itself."""

from __future__ import annotations

from typing import Any, Protocol

from activities.effects.endpoint import Endpoint
from models.approval import ActionKind, ActionProposal
from models.effects import System


class Effect(Protocol):
    """One kind of action: what is sent, how it is seen there, and whether it can be undone.

    What it needs to know is in `policies.action_needs`, since that is asked earlier.
    """

    @property
    def kind(self) -> ActionKind:
        """Which kind it carries out."""
        ...

    @property
    def system(self) -> System:
        """Where it is carried out."""
        ...

    @property
    def irreversible(self) -> str | None:
        """Why it cannot be undone, or None."""
        ...

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """The JSON object that is sent; the same for the same proposal, every time."""
        ...

    def unseen(self, proposal: ActionProposal, endpoint: Endpoint) -> str | None:
        """Why the effect cannot be seen where it counts, beyond the record of what was asked.

        None when it can. Raises `ApplicationError` as `Endpoint.call` does.
        """
        ...


class PlainEffect:
    """What most kinds share: the record that the system keeps is all that there is to see."""

    irreversible: str | None = None

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """Whom it concerns, how much, and in which words it was asked for."""
        amount = proposal.amount
        return {
            "subject": proposal.subject,
            "amount_minor": amount.minor if amount else None,
            "currency": amount.currency if amount else None,
            "summary": proposal.summary,
        }

    def unseen(self, proposal: ActionProposal, endpoint: Endpoint) -> str | None:
        """Nothing else to look at."""
        return None
