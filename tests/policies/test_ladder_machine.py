"""Whatever people do, whenever they do it, a ladder keeps its three promises.

It never stops unacknowledged before it is exhausted, it never tells a level twice for one step, and
it never climbs a level whose approval nobody gave.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.item_state import ClimbState, LadderState
from models.ladder import (
    AfterLapse,
    Branch,
    Hours,
    IfNobodyDecides,
    Ladder,
    LevelFound,
    OutOfHours,
    Rung,
)
from policies import acknowledging, escalation
from policies.ladder_steps import (
    Advance,
    Climbed,
    LeaveNeeded,
)
from policies.rungs import wait_after
from tests.policies.ladders import MONDAY, OFFICE, begun, by, found

PEOPLE = ("omar", "lena", "ada")


@st.composite
def rungs(draw: st.DrawFn, level: int, levels: int) -> Rung:
    onward = draw(st.lists(st.sampled_from([None, *Hours]), max_size=2)) if level < levels else []
    return Rung(
        level=level,
        name=f"rung {level}",
        notify=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True))),
        wait=draw(st.integers(1, 50_000)),
        business=draw(st.booleans()),
        needs_approval=draw(st.sampled_from([None, None, "tell"])),
        if_nobody_decides=draw(st.sampled_from(IfNobodyDecides)),
        looked_up=draw(st.booleans()),
        when=draw(st.sampled_from([None, None, *Hours])),
        out_of_hours=draw(st.sampled_from(OutOfHours)),
        acknowledged_by=draw(st.sampled_from(["one", "all"])),
        repeat_from=draw(st.none() | st.integers(1, level)),
        repeat_times=draw(st.integers(0, 2)),
        onward=tuple(Branch(to=draw(st.integers(level + 1, levels)), when=w) for w in onward),
    )


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    levels = draw(st.integers(1, 4))
    return Ladder(
        name="urgent",
        starts_at_percent=100,
        rungs=tuple(draw(rungs(level, levels)) for level in range(1, levels + 1)),
        repeat=draw(st.integers(0, 2)),
        repeat_from=draw(st.integers(1, levels)),
        acknowledgement_lasts=draw(st.integers(60, 20_000)),
        after_lapse=draw(st.sampled_from(AfterLapse)),
    )


class Climbing(RuleBasedStateMachine):
    """A ladder, the people around it, and the clock."""

    @initialize(drawn=ladders(), hours=st.integers(0, 200))
    def start(self, drawn: Ladder, hours: int) -> None:
        self.ladder = drawn
        self.now = MONDAY + timedelta(hours=hours)
        self.state = begun(self.now)
        self.answers: dict[str, tuple[int, ClimbState]] = {}
        self.last_told = (0, self.now)
        self.acknowledged = False
        self.requests = 0

    @precondition(lambda self: self.state.next_at is not None)
    @rule(early=st.booleans(), on_level=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True))
    def time_passes(self, early: bool, on_level: list[str]) -> None:
        due = min(one for one in (self.state.next_at, self.hand_off()) if one is not None)
        self.now = max(self.now, due - timedelta(seconds=1) if early else due)
        self.move(on_level)

    @rule(who=st.sampled_from([*PEOPLE, "sam"]))
    def somebody_acknowledges(self, who: str) -> None:
        if self.state.level or self.state.told:
            self.state = acknowledging.acknowledge(self.ladder, self.state, by(who), self.now)
            self.acknowledged = self.acknowledged or self.state.acknowledgement is not None

    @precondition(lambda self: self.state.told is not None)
    @rule(to=st.sampled_from(PEOPLE))
    def somebody_hands_over(self, to: str) -> None:
        self.state = acknowledging.hand_over(self.ladder, self.state, to, OFFICE, self.now)

    @rule(answer=st.sampled_from([ClimbState.GRANTED, ClimbState.REFUSED, ClimbState.EXPIRED]))
    def a_request_ends(self, answer: ClimbState) -> None:
        for leave in self.state.leaves:
            if leave.state is ClimbState.ASKED:
                self.answers[leave.request_id] = (leave.level, answer)
                self.state = escalation.settle_leave(self.state, leave.request_id, answer, self.now)
                return

    def hand_off(self) -> object:
        return self.state.told.hand_off_at if self.state.told else None

    def move(self, on_level: list[str]) -> None:
        for _ in range(40):
            before = self.state
            advance = escalation.advance(self.ladder, before, OFFICE, self.now)
            self.judge(before, advance)
            self.state = advance.state
            for step in advance.steps:
                if isinstance(step, LeaveNeeded):
                    self.requests += 1
                    request = f"r-{self.requests}"
                    self.state = escalation.ask_leave(self.state, step.rung.level, request)
            if self.state.looking_up is None:
                return
            self.state = escalation.answer_lookup(self.state, self.answer(on_level))
        raise AssertionError("the ladder asks who is on a level for ever")

    def answer(self, on_level: list[str]) -> LevelFound:
        assert self.state.looking_up is not None
        changes_at = self.now + timedelta(hours=8)
        next_at = None if on_level else changes_at
        return found(self.state.looking_up, *on_level, changes_at=changes_at, next_at=next_at)

    def judge(self, before: LadderState, advance: Advance) -> None:
        told = [one for one in advance.steps if isinstance(one, Climbed)]
        assert len(told) <= 1, "one step tells one level"
        for step in told:
            assert before.next_at is not None
            assert self.now >= before.next_at, "nobody is told before it is due"
            assert step.people, "somebody is told"
            self.is_not_too_soon(before, step)
            if not step.reminder:
                self.has_leave(before, step.rung)

    def is_not_too_soon(self, before: LadderState, step: Climbed) -> None:
        """Nobody is told twice for one step: the same level only when its wait is over."""
        told, at = self.last_told
        lapsed = before.acknowledgement is not None
        if told == step.rung.level and not (lapsed or self.acknowledged):
            assert self.now >= wait_after(step.rung, OFFICE, at)
        self.last_told, self.acknowledged = (step.rung.level, self.now), False

    def has_leave(self, before: LadderState, climbed: Rung) -> None:
        if climbed.needs_approval is None:
            return
        leave = next(one for one in before.leaves if one.level == climbed.level)
        level, answer = self.answers[leave.request_id]
        assert level == climbed.level
        anyway = climbed.if_nobody_decides is IfNobodyDecides.CLIMB_ANYWAY
        assert answer is ClimbState.GRANTED or (answer is ClimbState.EXPIRED and anyway)

    @invariant()
    def it_goes_on_until_it_is_exhausted(self) -> None:
        assert self.state.exhausted or self.state.next_at is not None

    @invariant()
    def one_that_ends_was_climbed_as_often_as_it_says_or_had_nobody(self) -> None:
        if self.state.exhausted and self.state.told_in_pass:
            assert self.state.passes >= self.ladder.repeat

    def teardown(self) -> None:
        """Left alone from here on, and every question answered, it ends."""
        if not hasattr(self, "ladder"):
            return
        for _ in range(2000):
            if self.state.exhausted:
                return
            self.a_request_ends_granted()
            assert self.state.next_at is not None
            self.now = max(self.now, self.state.next_at)
            self.move(["omar"])
        raise AssertionError(f"the ladder never ends: {self.ladder} {self.state}")

    def a_request_ends_granted(self) -> None:
        for leave in self.state.leaves:
            if leave.state is ClimbState.ASKED:
                answer = ClimbState.GRANTED
                self.answers[leave.request_id] = (leave.level, answer)
                self.state = escalation.settle_leave(self.state, leave.request_id, answer, self.now)


TestClimbing = Climbing.TestCase
TestClimbing.settings = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
