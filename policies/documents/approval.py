"""The shape of approval.yaml: who must agree to what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from models.approval import ActionKind
from models.approval_rule import Counting, OnExpiry, OnRefusal
from policies.documents.base import ConditionText, Document, Identifier, Name
from policies.durations import Duration

QuorumText = (
    Annotated[int, Field(strict=True, ge=0, le=20)]
    | Annotated[str, StringConstraints(pattern=r"^(any|all|[0-9]{1,3}%)$")]
)
"""A number of different people, `any` (one), `all`, or a share such as `60%`.

A share is of those who may vote when the request is opened, rounded up; who leaves or joins later
does not change it.
"""
Groups = Annotated[tuple[Identifier, ...], Field(min_length=1)]


class StageEntry(Document):
    """One stage: its people are asked once the stage before has agreed."""

    name: Name
    groups: Groups
    quorum: QuorumText
    counted: Counting = Counting.TOGETHER
    """`together` over all groups, in `each_group` of them, or in `any_group` of them."""


class DeputyEntry(Document):
    """Who is asked besides the voters once a stage has waited for a while."""

    after: Duration
    groups: Groups


class ApprovalEntry(Document):
    """Who must agree to an action. The first rule for its kind whose `when` is true decides."""

    name: Name
    actions: Annotated[tuple[ActionKind, ...], Field(min_length=1)]
    when: ConditionText = "true"
    quorum: QuorumText | None = None
    """How many different people must agree; 0 lets it happen without anybody."""
    groups: tuple[Identifier, ...] = ()
    counted: Counting = Counting.TOGETHER
    """`together` over all groups, in `each_group` of them, or in `any_group` of them."""
    stages: tuple[StageEntry, ...] = ()
    """In place of `quorum` and `groups`: stages that are asked one after the other."""
    on_refusal: OnRefusal = OnRefusal.ENDS
    """`ends`: one refusal ends it. `counts`: it only leaves fewer who can still agree."""
    on_expiry: OnExpiry = OnExpiry.REFUSE
    """What happens when nobody decided in time.

    `refuse`; `escalate`, and then the people of `escalate_to` decide instead; or `approve`, which
    needs `because`.
    """
    because: Name | None = None
    """Why it may happen although nobody decided. Shown wherever the request is."""
    escalate_to: StageEntry | None = None
    deputy: DeputyEntry | None = None
    exclude_requesters_group: bool = False
    """True keeps everybody who shares a group with whoever asked from voting."""
    pause_clocks: bool | None = None
    """Whether the customer's clocks stand still while it waits; left out, sla.yaml says so."""
    expires_after: Duration
    """Counted for each stage from when it is asked."""
    remind_after: Duration | None = None
    business: bool = False
    """True counts these durations in the item's business time."""
    dry_run: bool = False
    """True asks and decides as usual, and then says what would be sent instead of sending it."""
    why: Name


class ApprovalDocument(Document):
    """approval.yaml: who must agree to what."""

    rules: Annotated[tuple[ApprovalEntry, ...], Field(min_length=1)]
