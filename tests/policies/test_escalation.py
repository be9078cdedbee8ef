"""The ladder: who is told next, and when nobody is."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from models.item_state import ClimbState, LadderState
from models.ladder import AfterLapse, Ladder
from models.people import Act, Channel, Proof, ProofClaim
from policies import acknowledging, escalation
from policies import rungs as turns
from policies.ladder_steps import (
    Advance,
    Climbed,
    Exhausted,
    Lapsed,
    LeaveNeeded,
    Skipped,
)
from tests.policies.ladders import ALWAYS, MINUTE, MONDAY, OFFICE, begun, by, climb, ladder, rung

GIVEN = {"grant": ClimbState.GRANTED, "refuse": ClimbState.REFUSED}
OMAR = by("omar")


def told(rungs: Ladder, index: int, reminder: bool = False) -> Climbed:
    rung = rungs.rungs[index]
    return Climbed(rung, rung.notify, reminder)


def test_rungs_are_climbed_in_order_each_after_the_wait_of_the_one_below() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "lena", wait=1200))
    first = climb(rungs, begun())
    assert first.steps == (told(rungs, 0),)
    assert first.state.next_at == MONDAY + 10 * MINUTE
    second = climb(rungs, first.state)
    assert second.steps == (told(rungs, 1),)
    assert second.state.climbed_at == MONDAY + 10 * MINUTE
    assert second.state.next_at == MONDAY + 30 * MINUTE
    last = climb(rungs, second.state)
    assert last.steps == (Exhausted(),)
    assert last.state.exhausted
    assert last.state.next_at is None


def test_nothing_happens_before_it_is_due_or_after_the_end() -> None:
    rungs = ladder(rung(1, "omar"))
    state = begun()
    early = escalation.advance(rungs, state, ALWAYS, MONDAY - MINUTE)
    assert early == Advance(state)
    ended = climb(rungs, climb(rungs, state).state).state
    assert escalation.advance(rungs, ended, ALWAYS, MONDAY + 99 * MINUTE).steps == ()
    assert escalation.begin(ended, MONDAY + 99 * MINUTE) == ended


def test_beginning_twice_changes_nothing() -> None:
    assert escalation.begin(begun(), MONDAY + MINUTE) == begun()


def test_an_empty_level_is_passed_over_at_once_and_says_so() -> None:
    rungs = ladder(rung(1), rung(2, "lena"))
    moved = climb(rungs, begun())
    assert moved.steps == (
        Skipped(rungs.rungs[0], turns.NOBODY_THERE),
        told(rungs, 1),
    )
    assert moved.state.level == 2


def test_a_ladder_with_nobody_at_all_is_exhausted_however_often_it_repeats() -> None:
    rungs = ladder(rung(1), rung(2), repeat=9)
    moved = climb(rungs, begun())
    assert [type(step) for step in moved.steps] == [Skipped, Skipped, Exhausted]


def test_a_ladder_repeats_as_often_as_it_says_and_then_is_exhausted() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "lena"), repeat=2)
    state, climbed = begun(), 0
    while not state.exhausted:
        moved = climb(rungs, state)
        climbed += sum(isinstance(step, Climbed) for step in moved.steps)
        state = moved.state
    assert climbed == 6
    assert state.passes == 2


def test_a_rung_may_wait_in_business_time() -> None:
    rungs = ladder(rung(1, "omar", wait=3600, business=True), rung(2, "lena"))
    friday = datetime(2026, 6, 5, 16, 30, tzinfo=UTC)
    moved = escalation.advance(rungs, begun(friday), OFFICE, friday)
    assert moved.state.next_at == datetime(2026, 6, 8, 9, 30, tzinfo=UTC)


def guarded() -> Ladder:
    """The second rung needs a person's approval."""
    return ladder(
        rung(1, "omar"),
        rung(2, "eve", wait=900, needs_approval="tell an executive"),
        rung(3, "lena"),
    )


def asked() -> LadderState:
    moved = climb(guarded(), climb(guarded(), begun()).state)
    return escalation.ask_leave(moved.state, 2, "r-1")


def test_a_guarded_rung_asks_for_leave_and_reminds_the_rung_below() -> None:
    rungs = guarded()
    moved = climb(rungs, climb(rungs, begun()).state)
    assert moved.steps == (LeaveNeeded(rungs.rungs[1]), told(rungs, 0, reminder=True))
    assert moved.state.level == 1
    assert moved.state.next_at == MONDAY + 20 * MINUTE


def test_while_leave_is_asked_only_the_rung_below_is_reminded_again_and_again() -> None:
    rungs = guarded()
    once = climb(rungs, asked())
    assert once.steps == (told(rungs, 0, reminder=True),)
    twice = climb(rungs, once.state)
    assert twice.steps == (told(rungs, 0, reminder=True),)
    assert twice.state.next_at == MONDAY + 40 * MINUTE


def test_leave_granted_climbs_the_rung_at_once() -> None:
    now = MONDAY + 12 * MINUTE
    state = escalation.settle_leave(asked(), "r-1", ClimbState.GRANTED, now)
    assert state.next_at == now
    moved = escalation.advance(guarded(), state, ALWAYS, now)
    assert moved.steps == (told(guarded(), 1),)
    assert moved.state.next_at == now + 15 * MINUTE


def test_leave_refused_passes_the_rung_over_at_once_and_climbs_the_one_above() -> None:
    now = MONDAY + 12 * MINUTE
    state = escalation.settle_leave(asked(), "r-1", ClimbState.REFUSED, now)
    moved = escalation.advance(guarded(), state, ALWAYS, now)
    assert moved.steps == (
        Skipped(guarded().rungs[1], turns.LEAVE_REFUSED),
        told(guarded(), 2),
    )


def test_an_answer_to_an_unknown_or_settled_request_changes_nothing() -> None:
    assert escalation.settle_leave(asked(), "r-9", ClimbState.GRANTED, MONDAY) == asked()
    refused = escalation.settle_leave(asked(), "r-1", ClimbState.REFUSED, MONDAY)
    assert escalation.settle_leave(refused, "r-1", ClimbState.GRANTED, MONDAY) == refused
    assert escalation.ask_leave(asked(), 2, "r-2") == asked()


def test_leave_is_asked_anew_in_every_pass() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "eve", needs_approval="tell"), repeat=1)
    state = climb(rungs, begun()).state
    state = escalation.ask_leave(climb(rungs, state).state, 2, "r-1")
    state = escalation.settle_leave(state, "r-1", ClimbState.REFUSED, MONDAY + 15 * MINUTE)
    again = climb(rungs, state)
    assert again.state.passes == 1
    assert again.state.leaves == ()
    again = climb(rungs, again.state)
    assert again.steps == (told(rungs, 0),)
    assert isinstance(climb(rungs, again.state).steps[0], LeaveNeeded)


def test_a_first_rung_that_needs_leave_reminds_nobody_and_asks_once() -> None:
    rungs = ladder(rung(1, "eve", needs_approval="tell"))
    moved = climb(rungs, begun())
    assert moved.steps == (LeaveNeeded(rungs.rungs[0]),)
    waiting = escalation.ask_leave(moved.state, 1, "r-1")
    assert climb(rungs, waiting).steps == ()


def test_the_rung_below_a_refused_one_is_reminded_and_not_the_refused_one() -> None:
    rungs = ladder(
        rung(1, "omar"), rung(2, "eve", needs_approval="a"), rung(3, "sam", needs_approval="b")
    )
    state = escalation.ask_leave(climb(rungs, climb(rungs, begun()).state).state, 2, "r-1")
    state = escalation.settle_leave(state, "r-1", ClimbState.REFUSED, MONDAY + 15 * MINUTE)
    moved = climb(rungs, state)
    assert moved.steps[1:] == (LeaveNeeded(rungs.rungs[2]),)
    waiting = escalation.ask_leave(moved.state, 3, "r-2")
    assert climb(rungs, waiting).steps == (told(rungs, 0, reminder=True),)


def test_an_acknowledgement_holds_the_ladder_off_until_it_lapses_then_the_next_rung_comes() -> None:
    rungs = ladder(rung(1, "omar"), rung(2, "lena"))
    state = acknowledging.acknowledge(rungs, climb(rungs, begun()).state, OMAR, MONDAY + MINUTE)
    assert state.next_at == MONDAY + 61 * MINUTE
    assert escalation.advance(rungs, state, ALWAYS, MONDAY + 30 * MINUTE).steps == ()
    lapsed = climb(rungs, state)
    assert state.acknowledgement is not None
    assert lapsed.steps == (Lapsed(state.acknowledgement, AfterLapse.NEXT), told(rungs, 1))
    assert lapsed.state.acknowledgement is None


def test_acknowledging_before_the_ladder_begins_holds_its_beginning_off() -> None:
    rungs = ladder(rung(1, "omar"))
    state = acknowledging.acknowledge(rungs, LadderState(), OMAR, MONDAY)
    assert state.next_at is None
    assert escalation.begin(state, MONDAY + MINUTE).next_at == MONDAY + 60 * MINUTE


def test_leave_granted_while_somebody_has_taken_it_on_waits_for_the_lapse() -> None:
    state = acknowledging.acknowledge(guarded(), asked(), OMAR, MONDAY + 21 * MINUTE)
    granted = escalation.settle_leave(state, "r-1", ClimbState.GRANTED, MONDAY + 22 * MINUTE)
    assert granted.leaves[0].state is ClimbState.GRANTED
    assert granted.next_at == state.next_at


def test_standing_down_leaves_nothing_due_and_a_late_answer_does_not_wake_it() -> None:
    state = escalation.stand_down(asked())
    assert state.next_at is None
    assert escalation.settle_leave(state, "r-1", ClimbState.GRANTED, MONDAY).next_at is None
    assert acknowledging.acknowledge(guarded(), state, OMAR, MONDAY).next_at is None


def test_the_proof_of_an_acknowledgement_is_spent_and_not_kept() -> None:
    claim = ProofClaim(
        person="omar", channel=Channel.DESK, act=Act.ACKNOWLEDGE, subject="s", expires_at=MONDAY
    )
    proved = OMAR.model_copy(update={"proof": Proof(claim=claim, key_id="k", signature="00")})
    state = acknowledging.acknowledge(guarded(), begun(), proved, MONDAY)
    assert state.acknowledgement is not None
    assert state.acknowledgement.actor.proof is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(1, 5_000)), min_size=1, max_size=5
    ),
    st.integers(0, 3),
    st.lists(st.sampled_from(["wait", "grant", "refuse", "acknowledge"]), max_size=40),
)
def test_every_ladder_ends_unless_a_question_stands_open_and_time_never_runs_back(
    drawn: list[tuple[bool, bool, int]], repeat: int, happenings: list[str]
) -> None:
    rungs = ladder(
        *(
            rung(
                level,
                *(("omar",) if somebody else ()),
                wait=wait,
                needs_approval="tell" if guarded_rung else None,
            )
            for level, (somebody, guarded_rung, wait) in enumerate(drawn, 1)
        ),
        repeat=repeat,
    )
    state, asked_for, firsts = begun(), 0, 0
    for happening in [*happenings, *["grant"] * 200]:
        if state.next_at is None:
            break
        now = state.next_at
        if happening == "acknowledge":
            state = acknowledging.acknowledge(rungs, state, OMAR, now)
            continue
        if happening in ("grant", "refuse") and state.leaves:
            request = state.leaves[-1].request_id
            state = escalation.settle_leave(state, request, GIVEN[happening], now)
        moved = climb(rungs, state)
        for step in moved.steps:
            firsts += isinstance(step, Climbed) and not step.reminder
            if isinstance(step, LeaveNeeded):
                asked_for += 1
                leave = escalation.ask_leave(moved.state, step.rung.level, f"r-{asked_for}")
                moved = Advance(leave, moved.steps)
        assert moved.state.next_at is None or moved.state.next_at > now
        state = moved.state
    assert state.exhausted
    assert firsts <= len(drawn) * (repeat + 1)
    assert asked_for <= sum(needs for _, needs, _ in drawn) * (repeat + 1)
