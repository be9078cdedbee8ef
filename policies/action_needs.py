"""What each kind of action needs to know before it can be asked for, in words for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.action_parameters import ActionParameters
from models.approval import ActionKind


@dataclass(frozen=True)
class Needs:
    """Names of `ActionParameters` that must be given and that may be."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


NEEDS: dict[ActionKind, Needs] = {
    ActionKind.REFUND: Needs(),
    ActionKind.CREDIT: Needs(),
    ActionKind.POLICY_EXCEPTION: Needs(required=("ends_at",), optional=("changes",)),
    ActionKind.ACCOUNT_CHANGE: Needs(required=("field", "value")),
    ActionKind.FEATURE_OFF: Needs(required=("feature",)),
    ActionKind.DATA_DELETION: Needs(),
    ActionKind.DATA_EXPORT: Needs(),
    ActionKind.PUBLIC_STATEMENT: Needs(optional=("statement",)),
    ActionKind.CLIMB: Needs(),
}
"""Refunds and credits need an amount as well, which has a failure of its own."""

PAYING = frozenset({ActionKind.REFUND, ActionKind.CREDIT})
"""Kinds that move money, so that they need an amount above zero."""

MEANINGS: dict[str, str] = {
    "feature": "which feature, by its flag's key (feature=new-checkout)",
    "field": "which field of the account (field=plan)",
    "value": "the value that it gets (value=gold)",
    "ends_at": "until when the exception lasts (until=2027-03-31, or until=90d)",
    "changes": "which running exception is changed (changes=REQUEST)",
    "statement": "what is said in public",
}


def needs_a_person(kind: ActionKind) -> bool:
    """Whether somebody has to say how much, which or until when, so that no rule can ask for it."""
    return kind in PAYING or bool(NEEDS[kind].required)


def what_is_wrong(kind: ActionKind, parameters: ActionParameters, now: datetime) -> str | None:
    """What is missing, too much or impossible, in a sentence; None when all is well."""
    needs, given = NEEDS[kind], parameters.given()
    named = kind.value.replace("_", " ")
    missing = [MEANINGS[name] for name in needs.required if name not in given]
    if missing:
        return f"For this ({named}), say {' and '.join(missing)}."
    surplus = [name for name in given if name not in (*needs.required, *needs.optional)]
    if surplus:
        return f"This ({named}) has no use for: {', '.join(surplus)}."
    ends_at = parameters.ends_at
    if ends_at is not None and ends_at <= now and parameters.changes is None:
        return "The end of the exception lies in the past; choose a later one."
    return None
