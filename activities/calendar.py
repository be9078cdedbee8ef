"""Expanding a pinned calendar needs time-zone data, so it happens in an activity."""

from __future__ import annotations

from temporalio import activity

from models.activity_io import ExtendCalendarInput
from models.clocks import BusinessCalendar
from policies import business_time


class CalendarActivities:
    """Expands pinned calendar definitions."""

    @activity.defn
    def extend_calendar(self, request: ExtendCalendarInput) -> BusinessCalendar:
        """The same calendar, reaching 200 days after `now`; `covers_from` is the item's creation.

        It begins where the pinned one begins, a day before that.
        """
        return business_time.covering(
            request.definition, request.covers_from, request.now, scaled=request.scaled
        )
