"""What customers may ask of us about their own data."""

from __future__ import annotations

from activities.effects.base import PlainEffect
from models.approval import ActionKind
from models.effects import System


class DataExport(PlainEffect):
    """The customer's data is gathered and handed to them."""

    kind = ActionKind.DATA_EXPORT
    system = System.ACCOUNTS
    irreversible = "what was handed over cannot be taken back"


class DataDeletion(PlainEffect):
    """The customer's data is deleted."""

    kind = ActionKind.DATA_DELETION
    system = System.ACCOUNTS
    irreversible = "what is deleted does not come back"
