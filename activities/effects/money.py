"""Money that goes back to the customer."""

from __future__ import annotations

from activities.effects.base import PlainEffect
from models.approval import ActionKind
from models.effects import System


class Refund(PlainEffect):
    """A payment is returned. Undone by voiding it, as long as billing lets it be voided."""

    kind = ActionKind.REFUND
    system = System.BILLING


class Credit(PlainEffect):
    """An amount is put to the customer's account. Undone by taking it off again."""

    kind = ActionKind.CREDIT
    system = System.BILLING
