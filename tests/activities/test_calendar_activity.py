"""Expanding a pinned calendar forgets nothing that was known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.calendar import CalendarActivities
from models.activity_io import ExtendCalendarInput
from models.calendar import CalendarDefinition
from policies.business_time import covering

HOURS = CalendarDefinition(
    name="office", zone="Europe/Berlin", windows=dict.fromkeys(range(5), ((540, 1020),))
)
CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("scaled", [False, True])
def test_an_expanded_calendar_begins_where_the_pinned_one_does_and_reaches_further(
    scaled: bool,
) -> None:
    pinned = covering(HOURS, CREATED, CREATED + timedelta(hours=1), scaled=scaled)
    later = CREATED + timedelta(days=150)
    request = ExtendCalendarInput(definition=HOURS, covers_from=CREATED, scaled=scaled, now=later)
    further = ActivityEnvironment().run(CalendarActivities().extend_calendar, request)
    assert further.covers_from == pinned.covers_from == (CREATED - timedelta(days=1)).timestamp()
    assert further.covers_until >= (later + timedelta(days=199)).timestamp()
    if not scaled:
        # The last piece of the pinned one ends in the middle of a day.
        assert further.intervals[: len(pinned.intervals) - 1] == pinned.intervals[:-1]
