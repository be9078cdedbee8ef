"""The shape of approval.yaml: who must agree to what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.approval import ActionKind
from models.approval_rule import OnExpiry, OnRefusal
from policies.documents.base import ConditionText, Document, Identifier, Name
from policies.durations import Duration


class ApprovalEntry(Document):
    """Who must agree to an action. The first rule for its kind whose `when` is true decides."""

    name: Name
    actions: Annotated[tuple[ActionKind, ...], Field(min_length=1)]
    when: ConditionText = "true"
    quorum: Annotated[int, Field(ge=0, le=20)]
    """How many different people must agree; 0 lets it happen without anybody."""
    groups: tuple[Identifier, ...] = ()
    on_refusal: OnRefusal = OnRefusal.ENDS
    """`ends`: one refusal ends it. `counts`: it only leaves fewer who can still agree."""
    on_expiry: OnExpiry = OnExpiry.REFUSE
    """Only `refuse`: what nobody decided in time is never approved silently."""
    expires_after: Duration
    remind_after: Duration | None = None
    business: bool = False
    """True counts both durations in the item's business time."""
    dry_run: bool = False
    """True asks and decides as usual, and then says what would be sent instead of sending it."""
    why: Name


class ApprovalDocument(Document):
    """approval.yaml: who must agree to what."""

    rules: Annotated[tuple[ApprovalEntry, ...], Field(min_length=1)]
