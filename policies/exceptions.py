"""When an exception from a policy ends, and which request may change that."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.effects import Approval, EffectInput


def end_of(begun: EffectInput, changed: EffectInput | None) -> datetime:
    """When the exception ends: as was asked for, or as the newest approved change says.

    Where clocks are scaled, for trying out, the time from the decision until then is shorter by as
    much as every other duration. Raises `ValueError` when no end was asked for.
    """
    request = changed or begun
    ends_at, approval = request.proposal.parameters.ends_at, request.approval
    if ends_at is None or approval is None:
        raise ValueError("an exception needs an end and an approval")
    return _scaled(ends_at, approval)


def is_change_of(begun: EffectInput, changed: EffectInput) -> bool:
    """Whether this request gives the exception a new end: of the same kind, customer and item."""
    first, second = begun.proposal, changed.proposal
    return (
        first.kind is second.kind
        and second.parameters.changes == first.request_id
        and second.parameters.ends_at is not None
        and second.subject == first.subject
        and begun.approval is not None
        and changed.approval is not None
        and begun.approval.report_to == changed.approval.report_to
    )


def _scaled(ends_at: datetime, approval: Approval) -> datetime:
    lasts = max(ends_at - approval.decided_at, timedelta())
    return approval.decided_at + lasts / approval.snapshot.scale
