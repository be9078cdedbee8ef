"""Where a ladder goes: branches, ways back, levels that wait, levels that all have to take on."""

from __future__ import annotations

from datetime import timedelta

from models.item_state import ClimbState, LadderState
from models.ladder import AcknowledgedBy, AfterLapse, Hours, IfNobodyDecides, Ladder, OutOfHours
from policies import acknowledging, escalation
from policies import rungs as turns
from policies.ladder_steps import (
    Around,
    Climbed,
    Exhausted,
    HandedOff,
    Lapsed,
    LeaveNeeded,
    Queued,
    Repeated,
    Skipped,
    WhoNeeded,
)
from tests.policies.ladders import (
    ALWAYS,
    FRIDAY_EVENING,
    HOUR,
    MINUTE,
    MONDAY,
    NEXT_MONDAY,
    OFFICE,
    asked,
    begun,
    by,
    climb,
    climbs,
    found,
    ladder,
    person,
    rung,
    settled,
)


def test_a_level_may_go_back_to_any_level_above_it_so_many_times_and_then_on() -> None:
    rungs = ladder(
        rung(1, "omar"), rung(2, "lena"), rung(3, "ada", repeat_from=2, repeat_times=2),
        rung(4, "eve"),
    )  # fmt: skip

    assert climbs(rungs, begun()) == [1, 2, 3, 2, 3, 2, 3, 4]


def test_the_whole_ladder_may_begin_again_further_up_than_its_foot() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "lena"), rung(3, "eve"), repeat=2, repeat_from=2)

    assert climbs(rungs, begun()) == [1, 2, 3, 2, 3, 2, 3]


def test_ways_back_within_ways_back_end_all_the_same() -> None:
    rungs = ladder(
        rung(1, "omar", repeat_from=1, repeat_times=3),
        rung(2, "lena", repeat_from=1, repeat_times=3),
        repeat=2,
    )

    assert climbs(rungs, begun(), most=1000) == [1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 2] * 3


def test_going_back_says_so_and_asks_for_leave_anew() -> None:
    rungs = ladder(
        rung(1, "omar"),
        rung(2, "eve", needs_approval="tell"),
        rung(3, "ada", repeat_from=2, repeat_times=1),
    )
    state = asked(climb(rungs, climb(rungs, begun()).state).state, 2)
    state = settled(state, ClimbState.GRANTED, MONDAY + 15 * MINUTE)
    state = climb(rungs, climb(rungs, state).state).state

    back = climb(rungs, state)

    assert back.steps[:2] == (Repeated(rungs.rungs[2], 2, 0), LeaveNeeded(rungs.rungs[1]))


def test_a_branch_is_chosen_by_the_hours_at_the_moment_of_the_step() -> None:
    branches = (
        {"to": 2, "when": Hours.WORKING},
        {"to": 3, "when": Hours.OUT},
    )
    rungs = ladder(
        rung(1, "omar", wait=3600, onward=branches),
        rung(2, "lena"),
        rung(3, "night"),
        rung(4, "eve"),
    )

    assert climbs(rungs, begun(MONDAY), OFFICE)[:2] == [1, 2]
    # Told at 16:30, the step after it comes at 17:30.
    assert climbs(rungs, begun(MONDAY + 7.5 * HOUR), OFFICE) == [1, 3, 4]


def test_a_level_for_other_hours_is_passed_over_and_says_why() -> None:
    rungs = ladder(rung(1, "day", when=Hours.WORKING), rung(2, "night", when=Hours.OUT))

    moved = climb(rungs, begun(FRIDAY_EVENING), OFFICE)

    assert moved.steps == (
        Skipped(rungs.rungs[0], turns.NOT_ITS_HOURS[Hours.WORKING]),
        Climbed(rungs.rungs[1], ("night",)),
    )


def test_a_pass_in_which_the_hours_let_nobody_be_told_waits_until_they_change() -> None:
    rungs = ladder(rung(1, "day", when=Hours.WORKING), repeat=1)

    waiting = climb(rungs, begun(FRIDAY_EVENING), OFFICE)

    assert waiting.state.next_at == NEXT_MONDAY
    assert not waiting.state.exhausted
    assert climb(rungs, waiting.state, OFFICE).steps == (Climbed(rungs.rungs[0], ("day",)),)


def test_a_level_that_queues_waits_for_the_opening_and_is_then_told_once() -> None:
    rungs = ladder(rung(1, "omar", out_of_hours=OutOfHours.QUEUE), rung(2, "lena"))

    queued = climb(rungs, begun(FRIDAY_EVENING), OFFICE)

    assert queued.steps == (Queued(rungs.rungs[0], NEXT_MONDAY, turns.CLOSED),)
    assert climb(rungs, queued.state, OFFICE).steps == (Climbed(rungs.rungs[0], ("omar",)),)


def test_a_level_that_does_not_queue_is_told_at_any_hour() -> None:
    assert climbs(ladder(rung(1, "omar")), begun(FRIDAY_EVENING), OFFICE) == [1]


def test_nobody_is_reminded_out_of_hours_by_a_level_that_queues() -> None:
    rungs = ladder(
        rung(1, "omar", wait=3600, out_of_hours=OutOfHours.QUEUE),
        rung(2, "eve", needs_approval="tell"),
    )
    state = climb(rungs, begun(MONDAY + 7.5 * HOUR), OFFICE).state

    moved = climb(rungs, state, OFFICE)

    assert moved.steps[0] == LeaveNeeded(rungs.rungs[1])
    assert isinstance(moved.steps[1], Queued)
    assert moved.state.next_at == MONDAY + timedelta(days=1)


def test_where_all_have_to_acknowledge_the_ladder_rests_with_the_last_of_them() -> None:
    rungs = ladder(rung(1, "omar", "ada", acknowledged_by="all"), rung(2, "lena"))
    state = climb(rungs, begun()).state

    one = acknowledging.acknowledge(rungs, state, by("omar"), MONDAY + MINUTE)
    assert one.acknowledgement is None
    assert one.next_at == state.next_at
    assert acknowledging.still_to_acknowledge(rungs, one) == ("ada",)

    both = acknowledging.acknowledge(rungs, one, by("ada"), MONDAY + 2 * MINUTE)
    assert both.acknowledgement is not None
    assert both.next_at == MONDAY + 62 * MINUTE


def test_where_all_have_to_acknowledge_an_outsider_does_not_stand_in_for_them() -> None:
    rungs = ladder(rung(1, "omar", acknowledged_by="all"))
    state = climb(rungs, begun()).state

    outsider = acknowledging.acknowledge(rungs, state, by("sam"), MONDAY + MINUTE)

    assert outsider.acknowledgement is None
    assert acknowledging.still_to_acknowledge(rungs, outsider) == ("omar",)


def lapsed(after_lapse: AfterLapse, wait: int = 600) -> tuple[list[int], object]:
    rungs = ladder(
        rung(1, "omar", wait=wait), rung(2, "lena"), rung(3, "eve"), after_lapse=after_lapse
    )
    state = climb(rungs, climb(rungs, begun()).state).state
    taken = acknowledging.acknowledge(rungs, state, by("lena"), MONDAY + 11 * MINUTE)
    return climbs(rungs, taken), climb(rungs, taken).steps[0]


def test_a_lapsed_acknowledgement_climbs_again_from_the_level_that_the_ladder_states() -> None:
    assert lapsed(AfterLapse.NEXT)[0] == [3]
    assert lapsed(AfterLapse.SAME)[0] == [2, 3]
    assert lapsed(AfterLapse.FIRST)[0] == [1, 2, 3]


def test_a_lapse_says_whose_acknowledgement_it_was() -> None:
    step = lapsed(AfterLapse.FIRST)[1]

    assert isinstance(step, Lapsed)
    assert step.acknowledgement.actor.person == "lena"
    assert step.goes_on is AfterLapse.FIRST


def test_an_exhausted_ladder_that_somebody_took_on_climbs_again_when_that_lapses() -> None:
    rungs = ladder(rung(1, "omar"), after_lapse=AfterLapse.FIRST)
    ended = climb(rungs, climb(rungs, begun()).state).state
    assert ended.exhausted

    taken = acknowledging.acknowledge(rungs, ended, by("omar"), MONDAY + HOUR)

    assert climbs(rungs, taken) == [1]


def test_handing_over_gives_the_other_the_wait_of_the_level_and_then_climbs_on() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "lena"))
    state = climb(rungs, begun()).state
    taken = acknowledging.acknowledge(rungs, state, by("omar"), MONDAY + MINUTE)

    handed = acknowledging.hand_over(rungs, taken, "ada", ALWAYS, MONDAY + 5 * MINUTE)

    assert handed.acknowledgement is None
    assert handed.told is not None
    assert handed.told.people == ("ada",)
    assert handed.next_at == MONDAY + 15 * MINUTE
    assert climbs(rungs, handed) == [2]


def test_nobody_hands_over_what_another_of_the_level_has_to_acknowledge_as_well() -> None:
    rungs = ladder(rung(1, "omar", "lena", acknowledged_by=AcknowledgedBy.ALL), rung(2, "eve"))
    state = climb(rungs, begun()).state
    at = MONDAY + MINUTE

    handed = acknowledging.hand_over(rungs, state, "ada", ALWAYS, at, by="omar")
    taken = acknowledging.acknowledge(rungs, handed, by("ada"), at)

    assert acknowledging.still_to_acknowledge(rungs, taken) == ("lena",)
    assert taken.acknowledgement is None
    both = acknowledging.acknowledge(rungs, taken, by("lena"), at)
    assert both.acknowledgement is not None


def test_a_level_that_is_looked_up_waits_for_the_answer_and_then_is_told() -> None:
    rungs = ladder(rung(1, written=("oncall:support",), looked_up=True), rung(2, "lena"))
    asking = climb(rungs, begun())
    assert asking.steps == (WhoNeeded(rungs.rungs[0]),)
    assert climb(rungs, asking.state).steps == ()

    answered = escalation.answer_lookup(asking.state, found(1, "ada"))

    assert climb(rungs, answered).steps == (Climbed(rungs.rungs[0], ("ada",)),)


def test_an_answer_that_comes_after_somebody_took_it_on_wakes_nobody() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, written=("oncall:support",), looked_up=True))
    asking = climb(rungs, climb(rungs, begun()).state).state
    taken = acknowledging.acknowledge(rungs, asking, by("omar"), MONDAY + 10 * MINUTE)

    late = escalation.answer_lookup(taken, found(2, "ada"))

    assert late == taken
    assert escalation.advance(rungs, late, ALWAYS, MONDAY + 11 * MINUTE).steps == ()


def test_a_rota_with_nobody_on_it_is_passed_over_at_once() -> None:
    rungs = ladder(rung(1, written=("oncall:support",), looked_up=True), rung(2, "lena"))
    asking = climb(rungs, begun()).state

    moved = climb(rungs, escalation.answer_lookup(asking, found(1, rotas=("support",))))

    assert moved.steps[0] == Skipped(rungs.rungs[0], turns.NOBODY_THERE)
    assert isinstance(moved.steps[1], Climbed)


def test_the_owner_who_is_told_is_the_owner_at_that_moment() -> None:
    rungs = ladder(rung(1, "omar", written=("owner",)))
    around = Around(ALWAYS.calendar, (person("omar"), person("ada")), owner="ada")

    assert climb(rungs, begun(), around).steps == (Climbed(rungs.rungs[0], ("ada",)),)


def on_rota() -> tuple[Ladder, LadderState]:
    rungs = ladder(
        rung(1, written=("oncall:support",), looked_up=True, wait=36_000), rung(2, "lena")
    )
    answer = found(1, "omar", rotas=("support",), changes_at=MONDAY + HOUR)
    asking = climb(rungs, begun()).state
    return rungs, climb(rungs, escalation.answer_lookup(asking, answer)).state


def test_at_the_hand_off_of_a_rota_the_next_on_call_is_told_and_the_climb_keeps_its_time() -> None:
    rungs, state = on_rota()
    moment = MONDAY + HOUR

    asking = escalation.advance(rungs, state, ALWAYS, moment)
    assert asking.steps == (WhoNeeded(rungs.rungs[0]),)
    answered = escalation.answer_lookup(asking.state, found(1, "ada", changes_at=moment + HOUR))
    handed = escalation.advance(rungs, answered, ALWAYS, moment)

    assert handed.steps == (HandedOff(rungs.rungs[0], ("omar",), ("ada",)),)
    assert handed.state.told.people == ("ada",)
    assert handed.state.told.hand_off_at == moment + HOUR
    assert handed.state.next_at == state.next_at


def test_a_hand_off_to_the_same_people_tells_nobody_again() -> None:
    rungs, state = on_rota()
    asking = escalation.advance(rungs, state, ALWAYS, MONDAY + HOUR).state

    answered = escalation.answer_lookup(asking, found(1, "omar"))

    assert escalation.advance(rungs, answered, ALWAYS, MONDAY + HOUR).steps == ()


def guarded(**more: object) -> tuple[Ladder, LadderState]:
    rungs = ladder(
        rung(1, "omar"), rung(2, "eve", needs_approval="tell", **more), rung(3, "lena"),
        after_lapse=AfterLapse.FIRST,
    )  # fmt: skip
    return rungs, asked(climb(rungs, climb(rungs, begun()).state).state, 2)


def test_leave_that_expires_passes_the_level_over_and_says_that_nobody_decided() -> None:
    rungs, state = guarded()
    moved = climb(rungs, settled(state, ClimbState.EXPIRED, MONDAY + 12 * MINUTE))

    assert moved.steps == (
        Skipped(rungs.rungs[1], turns.LEAVE_EXPIRED),
        Climbed(rungs.rungs[2], ("lena",)),
    )


def test_leave_that_expires_climbs_anyway_only_where_the_level_says_so_in_words() -> None:
    rungs, state = guarded(if_nobody_decides=IfNobodyDecides.CLIMB_ANYWAY)

    expired = climb(rungs, settled(state, ClimbState.EXPIRED, MONDAY + 12 * MINUTE))
    refused = climb(rungs, settled(state, ClimbState.REFUSED, MONDAY + 12 * MINUTE))

    assert expired.steps == (Climbed(rungs.rungs[1], ("eve",)),)
    assert refused.steps[0] == Skipped(rungs.rungs[1], turns.LEAVE_REFUSED)


def test_leave_given_for_a_level_that_is_not_next_makes_no_other_level_early() -> None:
    rungs, state = guarded()
    taken = acknowledging.acknowledge(rungs, state, by("omar"), MONDAY + 12 * MINUTE)
    again = climb(rungs, taken).state
    assert again.told is not None
    assert again.told.level == 1

    granted = settled(again, ClimbState.GRANTED, MONDAY + 73 * MINUTE)

    assert granted.next_at == again.next_at


def test_a_refusal_just_after_a_reminder_wakes_the_reminded_only_when_their_wait_is_over() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "eve", needs_approval="tell"), repeat=1)
    state = asked(climb(rungs, climb(rungs, begun()).state).state, 2)

    refused = settled(state, ClimbState.REFUSED, MONDAY + 11 * MINUTE)
    moved = climb(rungs, refused)

    assert not any(isinstance(step, Climbed) for step in moved.steps)
    assert moved.state.next_at == MONDAY + 20 * MINUTE
    assert climb(rungs, moved.state).steps == (Climbed(rungs.rungs[0], ("omar",)),)


def test_a_level_that_took_it_on_is_told_again_as_soon_as_that_has_lapsed() -> None:
    rungs = ladder(
        rung(1, "omar", wait=36_000), acknowledgement_lasts=60, after_lapse=AfterLapse.SAME
    )
    state = climb(rungs, begun()).state

    taken = acknowledging.acknowledge(rungs, state, by("omar"), MONDAY + MINUTE)

    assert climb(rungs, taken).steps[-1] == Climbed(rungs.rungs[0], ("omar",))
    assert taken.next_at == MONDAY + 2 * MINUTE


def test_a_ladder_that_ends_says_so_once() -> None:
    rungs = ladder(rung(1, "omar"))
    ended = climb(rungs, climb(rungs, begun()).state)

    assert ended.steps == (Exhausted(),)
    assert escalation.advance(rungs, ended.state, ALWAYS, MONDAY + 99 * HOUR).steps == ()
