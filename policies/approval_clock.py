"""The clock of one request: from its opening until it expires, in the item's business time."""

from __future__ import annotations

from datetime import datetime

from models.approval_request import ApprovalRequest
from models.clocks import BusinessCalendar, ClockName, ClockReading
from policies import clocks
from policies.business_time import CalendarExhausted, seconds_between


def reading(
    request: ApprovalRequest, calendar: BusinessCalendar, now: datetime
) -> ClockReading | None:
    """What a waiting request's clock shows; None before it is open and once it is decided.

    Its target is the working time until the expiry that the plan has frozen, so both fall due
    together; an expiry on the wall clock is shown by the calendar too, and may lie out of hours.
    """
    clock = request.clock
    if clock is None or request.outcome is not None:
        return None
    try:
        target = seconds_between(calendar, clock.opened_at, clock.expires_at)
        run = clocks.start(ClockName.APPROVAL, target, clock.opened_at)
        shown = clocks.read(run, calendar, max(now, clock.opened_at))
    except CalendarExhausted:
        return None
    return shown.model_copy(
        update={"due_at": clock.expires_at, "breached": now >= clock.expires_at}
    )
