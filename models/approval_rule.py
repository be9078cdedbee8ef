"""A rule of approval.yaml as it is pinned to an item."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from models.base import Frozen


class OnRefusal(StrEnum):
    """What one refusing vote does."""

    ENDS = "ends"
    COUNTS = "counts"


class OnExpiry(StrEnum):
    """What happens when nobody decided in time. A rule that approves says why, in words."""

    REFUSE = "refuse"
    APPROVE = "approve"
    ESCALATE = "escalate"


class Counting(StrEnum):
    """Where a stage's quorum is counted: over all its groups, in each, or in any one of them."""

    TOGETHER = "together"
    EACH_GROUP = "each_group"
    ANY_GROUP = "any_group"


class StageRule(Frozen):
    """Whose agreement one stage needs.

    `quorum` people, or `percent` of those who may vote when the request is opened, rounded up.
    """

    name: str
    groups: tuple[str, ...] = ()
    quorum: int = 1
    percent: int | None = None
    counted: Counting = Counting.TOGETHER


class DeputyRule(Frozen):
    """Who is asked besides once a stage has waited `after` seconds."""

    after: int
    groups: tuple[str, ...]


class ApprovalRule(Frozen):
    """Who must agree to an action of this kind.

    The first rule whose `when` (a CEL condition over the proposal and the item) is true decides.
    `quorum` 0 means that no person is needed. Members of `groups` who are active and are neither
    the requester nor the human behind the requester may vote. With `stages` those are asked one
    after the other instead of `groups`. `expires_after`, `remind_after` and `deputy.after` are
    seconds from when a stage is asked, business seconds of the item's calendar when `business`.
    `pause_clocks` None leaves it to sla.yaml whether the customer's clocks stand still meanwhile.
    """

    name: str
    actions: tuple[str, ...]
    when: str
    quorum: int
    groups: tuple[str, ...] = ()
    percent: int | None = None
    counted: Counting = Counting.TOGETHER
    stages: tuple[StageRule, ...] = ()
    on_refusal: OnRefusal = OnRefusal.ENDS
    on_expiry: OnExpiry = OnExpiry.REFUSE
    because: str = ""
    escalate_to: StageRule | None = None
    deputy: DeputyRule | None = None
    exclude_requesters_group: bool = False
    pause_clocks: bool | None = None
    expires_after: int
    remind_after: int | None = None
    business: bool = False
    dry_run: bool = False
    why: str

    @model_serializer(mode="wrap")
    def _without_defaults(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Rules travel with every item, and most of them say little."""
        fields = type(self).model_fields
        return {
            name: value
            for name, value in written(self).items()
            if fields[name].is_required() or getattr(self, name) != fields[name].default
        }

    @property
    def asked(self) -> tuple[StageRule, ...]:
        """The stages in their order; a rule that names none has one."""
        if self.stages:
            return self.stages
        only = StageRule(
            name=self.name,
            groups=self.groups,
            quorum=self.quorum,
            percent=self.percent,
            counted=self.counted,
        )
        return (only,)

    @property
    def every_group(self) -> tuple[str, ...]:
        """All groups that may be asked under this rule, each once."""
        stages = (*self.asked, *((self.escalate_to,) if self.escalate_to else ()))
        named = [group for stage in stages for group in stage.groups]
        return tuple(dict.fromkeys((*named, *(self.deputy.groups if self.deputy else ()))))
