"""What is pinned to an item, and that later edits never reach it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.clocks import ClockName
from models.item import FeedbackItem
from models.lifecycle import Outcome, Severity, StatusCategory
from models.people import Act, Actor, Channel
from models.policy import PolicySnapshot
from policies.business_time import is_open, seconds_between
from policies.loader import load
from policies.policy_set import PolicySet
from policies.proof import entitled
from policies.snapshot import pin

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
Pinned = Callable[..., PolicySnapshot]


def test_every_severity_has_its_targets_and_its_ladder(pinned: Pinned, shipped: PolicySet) -> None:
    snapshot = pinned()
    assert set(snapshot.rules) == set(Severity)
    assert snapshot.version == shipped.version
    assert snapshot.rules[Severity.S1].target_rule == "worst"
    assert snapshot.rules[Severity.S1].ladder.name == "urgent"
    assert snapshot.rules[Severity.S4].ladder.name == "low"


def test_a_day_in_a_target_is_the_calendars_working_day(pinned: Pinned) -> None:
    office, round_the_clock = pinned(), pinned(segment="enterprise")
    s3 = Severity.S3
    assert office.rules[s3].targets[ClockName.RESOLUTION] == 5 * 8 * 3600
    assert round_the_clock.rules[s3].targets[ClockName.RESOLUTION] == 5 * 24 * 3600


def test_segment_and_category_choose_the_target_before_the_general_rule(pinned: Pinned) -> None:
    enterprise = pinned(segment="enterprise")
    assert enterprise.rules[Severity.S2].target_rule == "enterprise, bad"
    privacy = pinned("data_privacy")
    assert privacy.rules[Severity.S3].target_rule.startswith("personal data")
    assert privacy.rules[Severity.S4].target_rule == "when there is time"


@pytest.mark.parametrize(
    ("zone", "words", "nine"),
    [
        ("America/New_York", "America/New_York (the customer's zone)", "America/New_York"),
        (
            None,
            "Europe/Berlin (the policy's zone, since the customer's is unknown)",
            "Europe/Berlin",
        ),
        ("Mars/Olympus", "Europe/Berlin (the policy's zone", "Europe/Berlin"),
    ],
)
def test_the_customers_zone_counts_and_the_calendar_says_which_one_it_is(
    pinned: Pinned, zone: str | None, words: str, nine: str
) -> None:
    snapshot = pinned(zone=zone)
    assert words in snapshot.calendar.name
    assert snapshot.calendar.name == snapshot.calendar_definition.name
    opening = datetime(2026, 6, 2, 9, tzinfo=ZoneInfo(nine))
    assert is_open(snapshot.calendar, opening)
    assert not is_open(snapshot.calendar, opening - timedelta(seconds=1))


def test_nothing_is_open_on_the_holidays_of_the_customers_country(pinned: Pinned) -> None:
    july_third = datetime(2026, 7, 3, 15, tzinfo=UTC)  # the 4th is a Saturday, kept on Friday
    zone = "America/New_York"
    assert not is_open(pinned(country="US", zone=zone).calendar, july_third)
    assert is_open(pinned(country="CA", zone=zone).calendar, july_third)
    assert is_open(pinned(country="XX", zone=zone).calendar, july_third)
    assert is_open(pinned(zone=zone).calendar, july_third)


def test_the_team_may_add_its_own_days_off(pinned: Pinned) -> None:
    december = datetime(2026, 12, 1, tzinfo=UTC)
    snapshot = pinned(now=december, created_at=december, zone="UTC")
    assert not is_open(snapshot.calendar, datetime(2026, 12, 24, 12, tzinfo=UTC))


def test_the_calendar_covers_the_item_from_before_it_was_created(pinned: Pinned) -> None:
    created = MONDAY - timedelta(days=400)
    snapshot = pinned(created_at=created)
    assert seconds_between(snapshot.calendar, created, MONDAY + timedelta(days=190)) > 0


def test_a_scale_divides_every_duration_and_the_calendar_never_closes(pinned: Pinned) -> None:
    plain, fast = pinned(), pinned(scale=60.0)
    assert fast.scale == 60.0
    assert is_open(fast.calendar, datetime(2026, 6, 7, 3, tzinfo=UTC))
    for severity in Severity:
        slow_rules, fast_rules = plain.rules[severity], fast.rules[severity]
        for clock, target in slow_rules.targets.items():
            assert fast_rules.targets[clock] == target // 60
        assert [r.wait for r in fast_rules.ladder.rungs] == [
            r.wait // 60 for r in slow_rules.ladder.rungs
        ]
        assert (
            fast_rules.ladder.acknowledgement_lasts == slow_rules.ladder.acknowledgement_lasts // 60
        )
    assert fast.watch.lasts == plain.watch.lasts // 60
    assert [one.expires_after for one in fast.approvals] == [
        one.expires_after // 60 for one in plain.approvals
    ]


def test_a_very_large_scale_leaves_at_least_a_second(pinned: Pinned) -> None:
    fastest = pinned(scale=1e9)
    assert fastest.watch.lasts == 1
    assert all(rung.wait == 1 for rung in fastest.rules[Severity.S1].ladder.rungs)


def test_rungs_are_resolved_to_people_each_once(pinned: Pinned) -> None:
    rungs = pinned(owner="omar").rules[Severity.S1].ladder.rungs
    assert [rung.notify for rung in rungs] == [("omar",), ("lena",), ("eve",)]
    assert [rung.level for rung in rungs] == [1, 2, 3]
    assert pinned(owner="ada").rules[Severity.S1].ladder.rungs[0].notify == ("ada", "omar")
    assert pinned(owner=None).rules[Severity.S1].ladder.rungs[0].notify == ("omar",)
    assert pinned(owner="nobody").rules[Severity.S1].ladder.rungs[0].notify == ("omar",)


def test_whoever_the_rules_concern_is_pinned_with_the_item(pinned: Pinned) -> None:
    snapshot = pinned()
    known = {person.id for person in snapshot.people}
    assert {"ada", "omar", "lena", "fay", "finn", "sam", "eve", "petra", "followthrough"} <= known
    robot = snapshot.person("followthrough")
    assert robot is not None
    assert robot.human == "ada"


def test_the_status_map_is_pinned_with_its_inverse(pinned: Pinned) -> None:
    statuses = pinned().statuses
    assert statuses.preferred[StatusCategory.DONE][0] == "Done"
    for outcome, resolution in statuses.resolutions.items():
        assert statuses.outcomes[resolution] is Outcome(outcome)


def test_a_snapshot_survives_being_written_down(pinned: Pinned) -> None:
    snapshot = pinned(zone="Europe/Berlin", country="DE")
    written = snapshot.model_dump_json()
    assert PolicySnapshot.model_validate_json(written) == snapshot
    assert len(written) < 20_000, "the snapshot travels with every workflow; keep it small"


@pytest.mark.parametrize(
    ("person", "act", "failure"),
    [
        ("omar", Act.RESOLVE, None),
        ("lena", Act.RESUME, None),
        ("fay", Act.RESOLVE, "NotEntitled"),
        ("followthrough", Act.RESOLVE, "NotEntitled"),
        ("mallory", Act.RESOLVE, "NotEntitled"),
        ("ada", Act.RESUME, "NotEntitled"),
    ],
)
def test_a_role_may_do_what_people_yaml_grants_it(
    pinned: Pinned, person: str, act: Act, failure: str | None
) -> None:
    actor = Actor(person=person, channel=Channel.DESK)
    refused = entitled(actor, act, pinned(), "feedback-10001", MONDAY)
    assert (refused.type if refused else None) == failure


def test_an_act_without_proof_is_unproven_before_anybody_asks_for_a_role(pinned: Pinned) -> None:
    strict = pinned().model_copy(update={"allow_unproven": False})
    actor = Actor(person="mallory", channel=Channel.DESK)
    refused = entitled(actor, Act.RESOLVE, strict, "feedback-10001", MONDAY)
    assert refused is not None
    assert refused.type == "Unproven"


def test_levels_for_other_severities_are_left_out_and_the_others_keep_their_numbers(
    policies: Path, new_item: Callable[..., FeedbackItem]
) -> None:
    file = policies / "escalation.yaml"
    lead = "        notify: [role:lead]\n        wait: 30m\n"
    file.write_text(file.read_text().replace(lead, f"{lead}        severity: [S1]\n", 1))

    rules = _pinned_from(policies, new_item()).rules

    assert [rung.level for rung in rules[Severity.S1].ladder.rungs] == [1, 2, 3]
    assert [rung.level for rung in rules[Severity.S2].ladder.rungs] == [1, 3]


def test_only_levels_that_name_a_rota_or_ask_for_it_are_looked_up(
    policies: Path, new_item: Callable[..., FeedbackItem]
) -> None:
    file = policies / "escalation.yaml"
    lead = "notify: [role:lead]\n"
    file.write_text(file.read_text().replace(lead, f"{lead}        people_as_of: now\n", 1))

    ladders = {s: r.ladder for s, r in _pinned_from(policies, new_item()).rules.items()}

    assert [rung.looked_up for rung in ladders[Severity.S1].rungs] == [False, True, False]
    assert not any(rung.looked_up for rung in ladders[Severity.S3].rungs)


def test_no_address_is_pinned_to_an_item(
    policies: Path, new_item: Callable[..., FeedbackItem]
) -> None:
    file = policies / "people.yaml"
    lead = "    roles: [lead]\n"
    mail = f"{lead}    email: lena@example.com\n    notify: [email]\n"
    file.write_text(file.read_text().replace(lead, mail))

    snapshot = _pinned_from(policies, new_item())

    assert snapshot.person("lena") is not None
    assert "lena@example.com" not in snapshot.model_dump_json()


def _pinned_from(policies: Path, item: FeedbackItem) -> PolicySnapshot:
    return pin(
        load(policies),
        item=item,
        category="billing",
        now=item.created_at,
        scale=1.0,
        trusted_keys={},
        allow_unproven=False,
        owner="omar",
    )
