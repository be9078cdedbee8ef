"""Every kind of action that has an effect outside. `CLIMB` has none: it only asks leave."""

from __future__ import annotations

from activities.effects.account_change import AccountChange
from activities.effects.base import Effect
from activities.effects.customer_data import DataDeletion, DataExport
from activities.effects.feature_off import FeatureOff
from activities.effects.money import Credit, Refund
from activities.effects.policy_exception import PolicyException
from activities.effects.public_statement import PublicStatement
from models.approval import ActionKind

ALL_EFFECTS: tuple[Effect, ...] = (
    Refund(),
    Credit(),
    FeatureOff(),
    AccountChange(),
    PolicyException(),
    DataExport(),
    DataDeletion(),
    PublicStatement(),
)
EFFECTS: dict[ActionKind, Effect] = {effect.kind: effect for effect in ALL_EFFECTS}
