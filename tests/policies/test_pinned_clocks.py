"""What sla.yaml, calendars.yaml and people.yaml say of clocks, as it is pinned to an item."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.clock_rules import OnReopen, Word
from models.clocks import ClockName
from models.item import FeedbackItem
from models.lifecycle import Severity
from models.policy import PolicySnapshot
from policies.business_time import is_open
from policies.clock_words import condition, usual_rules
from policies.loader import DEFAULT_DIRECTORY, load
from policies.snapshot import pin

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
Edit = tuple[str, str, str]
Written = Callable[..., PolicySnapshot]


@pytest.fixture
def written(tmp_path: Path, new_item: Callable[..., FeedbackItem]) -> Written:
    """Pins the shipped policies with some texts in them replaced; the rest are customer's facts."""

    def make(*edits: Edit, owner: str = "omar", **customer: Any) -> PolicySnapshot:
        policies = tmp_path / "policies"
        shutil.copytree(DEFAULT_DIRECTORY, policies)
        for file, old, new in edits:
            text = (policies / file).read_text()
            assert old in text
            (policies / file).write_text(text.replace(old, new))
        return pin(
            load(policies),
            item=new_item(MONDAY, **customer),
            category="billing",
            now=MONDAY,
            scale=1.0,
            trusted_keys={},
            allow_unproven=True,
            owner=owner,
        )

    return make


def test_the_shipped_file_writes_out_what_applies_when_nothing_is_written(written: Written) -> None:
    assert written().clock_rules == usual_rules(
        reopen_is_new_cycle=True, pause_while_approving=False
    )


def test_waiting_for_approvals_pauses_every_clock_but_the_approvals_own(written: Written) -> None:
    shorthand = ("sla.yaml", "pause_while_approving: false", "pause_while_approving: true")

    rules = written(shorthand).clock_rules

    pausing = {rule.name for rule in rules if condition(Word.AWAITING_APPROVAL) in rule.pause}
    assert pausing == set(ClockName) - {ClockName.APPROVAL}


def test_one_clock_may_go_on_after_a_reopening_while_others_begin_anew(written: Written) -> None:
    goes_on = (
        "sla.yaml",
        "    stop: [resolution_set]\n",
        "    stop: [resolution_set]\n    on_reopen: resume\n",
    )

    by_name = {rule.name: rule for rule in written(goes_on).clock_rules}

    assert by_name[ClockName.RESOLUTION].on_reopen is OnReopen.RESUME
    assert by_name[ClockName.NEXT_RESPONSE].on_reopen is OnReopen.NEW_CYCLE


def test_updates_and_approvals_are_promised_only_where_a_target_is_written(
    written: Written,
) -> None:
    promise = (
        "sla.yaml",
        "    resolution: 5d\n",
        "    resolution: 5d\n    periodic_update: 1d\n    approval: 4h\n",
    )

    targets = {level: one.targets for level, one in written(promise).rules.items()}

    assert targets[Severity.S3][ClockName.PERIODIC_UPDATE] == 8 * 3600
    assert targets[Severity.S3][ClockName.APPROVAL] == 4 * 3600
    assert ClockName.PERIODIC_UPDATE not in targets[Severity.S1]


def test_a_share_that_is_not_told_on_the_issue_wakes_nobody(written: Written) -> None:
    snapshot = written()

    assert snapshot.warn_at_percent == (50, 75)
    assert snapshot.comment_at_percent == (75, 100)
    assert snapshot.quiet_at_percent == (50,)


def test_other_categories_are_pinned_with_their_targets_and_their_hours(written: Written) -> None:
    snapshot = written()

    by_category = {name: one for one in snapshot.by_category for name in one.categories}
    outage = by_category["outage"]
    assert outage.targets[Severity.S1][ClockName.FIRST_RESPONSE] == 15 * 60
    assert [one.name for one in snapshot.other_calendars] == [outage.calendar]
    assert by_category["billing"].calendar == snapshot.calendar_definition.name


TEAM_HOURS = ("calendars.yaml", "    zone: customer\n", "    zone: team\n")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("people.yaml", "  - id: omar\n", "  - id: omar\n    zone: Asia/Tokyo\n"),
         "Asia/Tokyo (the team's zone)"),
        (("people.yaml", "permissions:", "group_zones:\n  owners: Asia/Tokyo\n\npermissions:"),
         "Europe/Berlin (the policy's zone, since the team's is unknown)"),
    ],
)  # fmt: skip
def test_the_zone_may_be_that_of_the_team_with_a_stated_fallback(
    written: Written, edit: Edit, expected: str
) -> None:
    assert expected in written(TEAM_HOURS, edit).calendar.name


def test_the_zone_of_a_group_is_that_of_its_members(written: Written) -> None:
    group = ("people.yaml", "permissions:", "group_zones:\n  finance: Asia/Tokyo\n\npermissions:")

    assert "Asia/Tokyo (the team's zone)" in written(TEAM_HOURS, group, owner="fay").calendar.name


def test_holidays_of_the_customers_part_of_the_country_count_when_it_is_known(
    written: Written,
) -> None:
    part = (
        "calendars.yaml",
        "      country: customer\n",
        "      country: customer\n      subdivision: customer\n",
    )

    bavarian = written(part, country="DE", subdivision="BY", zone="Europe/Berlin")

    # Corpus Christi is a holiday in Bavaria and not in Berlin.
    assert not is_open(bavarian.calendar, datetime(2026, 6, 4, 12, tzinfo=UTC))
    assert bavarian.calendar_definition.holiday_names["2026-06-04"] == "Corpus Christi"


def test_a_part_that_the_country_does_not_have_counts_as_the_whole_country(
    written: Written,
) -> None:
    part = (
        "calendars.yaml",
        "      country: customer\n",
        "      country: customer\n      subdivision: customer\n",
    )

    unknown = written(part, country="DE", subdivision="ZZ", zone="Europe/Berlin")

    assert is_open(unknown.calendar, datetime(2026, 6, 4, 12, tzinfo=UTC))
    assert not is_open(unknown.calendar, datetime(2026, 10, 3, 12, tzinfo=UTC))


def test_a_single_date_may_be_open_shorter_longer_or_not_at_all(written: Written) -> None:
    exceptions = """    exceptions:
      - {date: 2026-06-03, hours: ["09:00-12:00"], why: staff meeting}
      - {date: 2026-06-06, hours: ["10:00-14:00"], why: open Saturday}
      - {date: 2026-06-05, why: move to the new office}
"""
    dated = (
        "calendars.yaml",
        "    holidays:\n      country: customer\n",
        f"{exceptions}    holidays:\n      country: customer\n",
    )

    calendar = written(dated, zone="UTC").calendar

    assert is_open(calendar, datetime(2026, 6, 3, 11, tzinfo=UTC))
    assert not is_open(calendar, datetime(2026, 6, 3, 13, tzinfo=UTC))
    assert is_open(calendar, datetime(2026, 6, 6, 11, tzinfo=UTC))
    assert not is_open(calendar, datetime(2026, 6, 5, 11, tzinfo=UTC))
