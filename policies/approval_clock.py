"""The clock of one request: from its opening until it expires, in the item's business time."""

from __future__ import annotations

from datetime import datetime

from models.approval import ApprovalOutcome, ApprovalPlan
from models.clocks import BusinessCalendar, ClockName, ClockReading
from policies import clocks
from policies.business_time import CalendarExhausted, seconds_between


def reading(
    plan: ApprovalPlan | None,
    calendar: BusinessCalendar,
    outcome: ApprovalOutcome | None,
    now: datetime,
) -> ClockReading | None:
    """What a waiting request's clock shows; None before it is open and once it is decided.

    Its target is the working time until the expiry that the plan has frozen, so both fall due
    together; an expiry on the wall clock is shown by the calendar too, and may lie out of hours.
    """
    if plan is None or plan.opened_at is None or outcome is not None:
        return None
    try:
        target = seconds_between(calendar, plan.opened_at, plan.expires_at)
        run = clocks.start(ClockName.APPROVAL, target, plan.opened_at)
        shown = clocks.read(run, calendar, max(now, plan.opened_at))
    except CalendarExhausted:
        return None
    return shown.model_copy(update={"due_at": plan.expires_at, "breached": now >= plan.expires_at})
