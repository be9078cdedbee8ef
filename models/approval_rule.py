"""A rule of approval.yaml as it is pinned to an item."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen


class OnRefusal(StrEnum):
    """What one refusing vote does."""

    ENDS = "ends"
    COUNTS = "counts"


class OnExpiry(StrEnum):
    """What happens when nobody decided in time. Approving silently is not offered."""

    REFUSE = "refuse"


class ApprovalRule(Frozen):
    """Who must agree to an action of this kind.

    The first rule whose `when` (a CEL condition over the proposal and the item) is true decides.
    `quorum` 0 means that no person is needed. Members of `groups` who are active and are neither
    the requester nor the human behind the requester may vote. `expires_after` and `remind_after`
    are seconds, business seconds of the item's calendar when `business`.
    """

    name: str
    actions: tuple[str, ...]
    when: str
    quorum: int
    groups: tuple[str, ...] = ()
    on_refusal: OnRefusal = OnRefusal.ENDS
    on_expiry: OnExpiry = OnExpiry.REFUSE
    expires_after: int
    remind_after: int | None = None
    business: bool = False
    dry_run: bool = False
    why: str
