"""Who is on call, read from rotations, staffed hours and dated overrides on the local clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.people import Person
from policies.directory import Directory
from policies.documents.rotas import RotaEntry
from policies.lookup import who_is_on
from policies.rota import on_call

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def rota(**more: object) -> RotaEntry:
    """Weekly turns from Monday 5 January, handed off at 09:00 in Berlin."""
    turns = {"members": ["omar", "lena", "ada"], "starts": "2026-01-05", "hand_off": "09:00"}
    return RotaEntry.model_validate(
        {"name": "support", "zone": "Europe/Berlin", "rotations": [turns], **more}
    )


def test_the_members_take_turns_and_hand_off_at_their_time_on_the_local_clock() -> None:
    assert on_call(rota(), berlin(1, 12, 8, 59)).people == ("omar",)
    assert on_call(rota(), berlin(1, 12, 9)).people == ("lena",)
    assert on_call(rota(), berlin(1, 26, 9)).people == ("omar",)


def test_nobody_is_on_call_before_the_first_hand_off() -> None:
    before = on_call(rota(), berlin(1, 5, 8))

    assert before.people == ()
    assert before.changes_at == berlin(1, 5, 9)


def test_the_hand_off_keeps_its_local_time_over_both_changes_of_the_clock() -> None:
    assert on_call(rota(), berlin(3, 28, 12)).changes_at == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert on_call(rota(), berlin(10, 24, 12)).changes_at == datetime(2026, 10, 26, 8, tzinfo=UTC)


def test_turns_may_last_a_day() -> None:
    daily = rota(
        rotations=[
            {
                "members": ["omar", "lena"],
                "starts": "2026-01-05",
                "hand_off": "07:30",
                "every_days": 1,
            }
        ]
    )

    assert on_call(daily, berlin(1, 6, 7, 29)).people == ("omar",)
    assert on_call(daily, berlin(1, 6, 7, 30)).people == ("lena",)


def test_an_override_stands_in_for_everybody_from_its_beginning_until_its_end() -> None:
    eve = {"begins": "2026-01-14T18:00", "ends": "2026-01-15T08:00", "people": ["eve"]}
    with_override = rota(overrides=[eve])

    assert on_call(with_override, berlin(1, 14, 17, 59)).changes_at == berlin(1, 14, 18)
    assert on_call(with_override, berlin(1, 14, 18)).people == ("eve",)
    assert on_call(with_override, berlin(1, 15, 8)).people == ("lena",)


def test_of_two_overrides_that_meet_the_later_in_the_file_counts() -> None:
    span = {"begins": "2026-01-14T00:00", "ends": "2026-01-16T00:00"}
    both = rota(overrides=[{**span, "people": ["eve"]}, {**span, "people": []}])

    assert on_call(both, berlin(1, 15, 12)).people == ()


def follow_the_sun() -> RotaEntry:
    def rotation(member: str, hours: str) -> dict[str, object]:
        days = ["mon", "tue", "wed", "thu", "fri"]
        return {
            "members": [member],
            "starts": "2026-01-05",
            "hand_off": "00:00",
            "open": [{"days": days, "hours": [hours]}],
        }

    return rota(
        rotations=[rotation("omar", "08:00-18:00"), rotation("mei", "18:00-08:00")],
        gaps_are_meant=True,
    )


def test_staffed_hours_pass_the_duty_on_and_leave_the_weekend_to_nobody() -> None:
    sun = follow_the_sun()

    assert on_call(sun, berlin(1, 14, 17)).people == ("omar",)
    assert on_call(sun, berlin(1, 14, 17)).changes_at == berlin(1, 14, 18)
    assert on_call(sun, berlin(1, 15, 3)).people == ("mei",)
    weekend = on_call(sun, berlin(1, 17, 12))
    assert weekend.people == ()
    assert weekend.changes_at == berlin(1, 19, 8)


def test_one_person_who_is_always_on_call_never_hands_off() -> None:
    alone = {"members": ["omar"], "starts": "2026-01-05", "hand_off": "09:00"}

    assert on_call(rota(rotations=[alone]), berlin(5, 1, 0)).changes_at is None


DIRECTORY = Directory(
    people=(
        Person(id="lena", name="Lena", roles=("lead",)),
        Person(id="omar", name="Omar", roles=("owner",)),
        Person(id="ada", name="Ada", active=False),
        Person(id="mei", name="Mei"),
    ),
    permissions={},
    rotas=(rota(), follow_the_sun().model_copy(update={"name": "sun"})),
)


def test_a_level_is_looked_up_with_everybody_on_it_once() -> None:
    written = ("oncall:support", "role:owner", "lena")

    found = who_is_on(DIRECTORY, 2, written, "omar", berlin(1, 6, 12))

    assert [one.id for one in found.people] == ["omar", "lena"]
    assert found.on_call == ("omar",)
    assert found.changes_at == berlin(1, 12, 9)
    assert found.next_at is None


def test_somebody_who_left_is_on_no_level_and_the_next_turn_is_known() -> None:
    found = who_is_on(DIRECTORY, 1, ("oncall:support",), None, berlin(1, 20, 12))

    assert found.people == ()
    assert found.next_at == berlin(1, 26, 9)


def test_a_rota_that_was_taken_out_of_the_file_gives_nobody() -> None:
    assert who_is_on(DIRECTORY, 1, ("oncall:gone",), None, berlin(1, 6, 12)).people == ()
