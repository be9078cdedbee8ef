"""Expanding a pinned calendar needs time-zone data, so it happens in an activity."""

from __future__ import annotations

from temporalio import activity

from models.activity_io import ExtendCalendarInput
from models.clocks import BusinessCalendar
from policies import business_time

DAYS_AHEAD = 200


class CalendarActivities:
    """Expands pinned calendar definitions."""

    @activity.defn
    def extend_calendar(self, request: ExtendCalendarInput) -> BusinessCalendar:
        """The same calendar from `covers_from` to 200 days after `now`."""
        days = (request.now - request.covers_from).days + DAYS_AHEAD
        if request.scaled:
            return business_time.always_open(request.covers_from, days)
        return business_time.expand(request.definition, request.covers_from, days)
