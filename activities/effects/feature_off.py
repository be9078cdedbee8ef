"""A feature is switched off."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from activities.effects.base import PlainEffect
from activities.effects.endpoint import MISSING, Endpoint
from models.approval import ActionKind, ActionProposal
from models.effects import System


class FeatureOff(PlainEffect):
    """Switched off by our own protocol, and seen off by OpenFeature's.

    OFREP, OpenFeature's protocol over HTTP, only evaluates flags, so switching needs the system's
    own endpoint. What counts is what the running software is told, and that is what is looked at:
    `POST /ofrep/v1/evaluate/flags/{key}` (OFREP 0.3.0).
    """

    kind = ActionKind.FEATURE_OFF
    system = System.FLAGS

    def wanted(self, proposal: ActionProposal) -> dict[str, Any]:
        """The flag's key as well."""
        return {**super().wanted(proposal), "feature": proposal.parameters.feature}

    def unseen(self, proposal: ActionProposal, endpoint: Endpoint) -> str | None:
        """The flag evaluates to something else than false for this customer."""
        feature = quote(proposal.parameters.feature or "", safe="")
        answer = endpoint.call(
            "POST",
            f"/ofrep/v1/evaluate/flags/{feature}",
            "/ofrep/v1/evaluate/flags/{key}",
            fine=(MISSING,),
            json={"context": {"targetingKey": proposal.subject}},
        )
        if answer is None:
            return "The flag is not known where flags are evaluated"
        return None if answer.get("value") is False else "The flag does not evaluate to false"
