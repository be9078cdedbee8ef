"""Conditions as data: the order in which they are looked at, and what each word means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.clock_rules import ClockRule, Condition, OnReopen, Standing, Word
from models.clocks import ClockName, ClockRun
from models.events import Event, EventKind, Fact
from policies import clocks
from policies.clock_conditions import Happening, Move, interpret, moves
from policies.clock_words import condition, usual_rules
from policies.happenings import happenings_of

HOUR = 3600
TARGETS = dict.fromkeys(ClockName, 8 * HOUR)
USUAL = usual_rules(reopen_is_new_cycle=True, pause_while_approving=False)
PAUSING = ("Waiting for customer",)


def at(hour: float) -> datetime:
    return datetime(2026, 6, 1, 9 + int(hour), int(hour % 1 * 60), tzinfo=UTC)


def rule(**lists: list[str]) -> ClockRule:
    parts = {part: tuple(condition(one) for one in words) for part, words in lists.items()}
    return ClockRule(name=ClockName.RESOLUTION, **parts)


def happening(*words: str, standing: Standing | None = None) -> Happening:
    told = tuple(condition(word) for word in words)
    return Happening(at(1), told, standing or Standing())


def running(**changed: object) -> ClockRun:
    return clocks.start(ClockName.RESOLUTION, 8 * HOUR, at(0)).model_copy(update=changed)


def paused() -> ClockRun:
    return clocks.pause(running(), at(0.5), "waiting")


def event(kind: EventKind, hour: float, **facts: Fact) -> Event:
    return Event(
        operation_id=f"{kind}{hour}", sequence=1, kind=kind, at=at(hour), summary="", facts=facts
    )


def lived(*events: Event, rules: tuple[ClockRule, ...] = USUAL) -> tuple[ClockRun, ...]:
    begun = event(EventKind.TRIAGED, 0, since=at(0).isoformat(), status="Open", owner="omar")
    return interpret(rules, happenings_of((begun, *events), PAUSING), TARGETS)


def cycles(runs: tuple[ClockRun, ...], name: ClockName) -> list[ClockRun]:
    return [run for run in runs if run.name is name]


def test_start_and_stop_at_once_do_nothing_to_a_clock_that_does_not_run() -> None:
    both = rule(start=["created"], stop=["agent_answered"])

    assert moves(both, None, happening("created", "agent_answered")) == ()
    assert moves(both, None, happening("created")) == (Move.START,)


def test_stop_goes_before_reset_cancel_and_pause() -> None:
    every = rule(
        start=["created"], stop=["created"], reset=["created"], cancel=["created"],
        pause=["created"],
    )  # fmt: skip

    assert moves(every, running(), happening("created")) == (Move.STOP,)


def test_reset_needs_start_to_hold_and_ends_the_cycle_before_the_next() -> None:
    both = rule(start=["created"], reset=["agent_answered"], pause=["awaiting_approval"])

    assert moves(both, running(), happening("agent_answered")) == ()
    assert moves(both, running(), happening("created", "agent_answered")) == (
        Move.STOP,
        Move.START,
    )
    waits = Standing(requests=("r1",))
    assert moves(both, running(), happening("created", "agent_answered", standing=waits)) == (
        Move.STOP,
        Move.START,
        Move.PAUSE,
    )


def test_cancel_goes_before_pause() -> None:
    both = rule(start=["created"], cancel=["decided"], pause=["decided"])

    assert moves(both, running(), happening(standing=Standing(decided=True))) == (Move.CANCEL,)


def test_a_clock_is_cancelled_when_its_start_no_longer_holds_only_if_so_written() -> None:
    kept = rule(start=["in_status(Open)"], stop=["decided"])
    dropped = rule(start=["in_status(Open)"], stop=["decided"], cancel=["start_no_longer_holds"])
    elsewhere = Standing(status="Blocked")

    assert moves(kept, running(), happening(standing=elsewhere)) == ()
    assert moves(dropped, running(), happening(standing=elsewhere)) == (Move.CANCEL,)


def test_a_paused_clock_goes_on_when_no_pause_holds_unless_resume_says_otherwise() -> None:
    by_itself = rule(start=["created"], pause=["in_status(Blocked)"])
    by_word = rule(start=["created"], pause=["in_status(Blocked)"], resume=["agent_answered"])

    assert moves(by_itself, paused(), happening()) == (Move.RESUME,)
    assert moves(by_word, paused(), happening()) == ()
    assert moves(by_word, paused(), happening("agent_answered")) == (Move.RESUME,)
    blocked = Standing(status="Blocked")
    assert moves(by_word, paused(), happening("agent_answered", standing=blocked)) == ()


def test_a_clock_that_begins_while_a_pause_holds_is_paused_at_once() -> None:
    one = rule(start=["created"], pause=["unassigned"])

    assert moves(one, None, happening("created")) == (Move.START, Move.PAUSE)


def test_a_reopening_begins_a_new_cycle_or_goes_on_by_rule() -> None:
    stopped = clocks.stop(running(), at(0.5))
    anew = rule(start=["reopened"], stop=["resolution_set"])
    goes_on = anew.model_copy(update={"on_reopen": OnReopen.RESUME})

    assert moves(anew, stopped, happening("reopened")) == (Move.START,)
    assert moves(goes_on, stopped, happening("reopened")) == (Move.GO_ON,)
    assert moves(goes_on, None, happening("reopened")) == (Move.START,)


def test_next_response_counts_from_the_oldest_unanswered_comment_of_the_customer() -> None:
    runs = lived(
        event(EventKind.ANSWERED, 1),
        event(EventKind.CUSTOMER_WROTE, 2),
        event(EventKind.CUSTOMER_WROTE, 3),
        event(EventKind.ANSWERED, 4),
    )

    (run,) = cycles(runs, ClockName.NEXT_RESPONSE)
    assert (run.started_at, run.stopped_at) == (at(2), at(4))


def test_what_the_customer_writes_before_the_first_answer_starts_no_next_response() -> None:
    runs = lived(event(EventKind.CUSTOMER_WROTE, 1), event(EventKind.CUSTOMER_WROTE, 2))

    assert cycles(runs, ClockName.NEXT_RESPONSE) == []


def test_every_public_answer_keeps_the_periodic_update_and_begins_the_next() -> None:
    runs = lived(
        event(EventKind.ANSWERED, 1), event(EventKind.ANSWERED, 3), event(EventKind.ANSWERED, 6)
    )

    first, second, third = cycles(runs, ClockName.PERIODIC_UPDATE)
    assert (first.started_at, first.stopped_at) == (at(1), at(3))
    assert (second.started_at, second.stopped_at) == (at(3), at(6))
    assert third.running


def test_the_approval_clock_runs_while_any_request_waits() -> None:
    runs = lived(
        event(EventKind.ACTION_PROPOSED, 1, request="r1"),
        event(EventKind.ACTION_PROPOSED, 2, request="r2"),
        event(EventKind.ACTION_ENDED, 3, request="r1"),
        event(EventKind.ACTION_ENDED, 4, request="r2"),
    )

    (run,) = cycles(runs, ClockName.APPROVAL)
    assert (run.started_at, run.stopped_at) == (at(1), at(4))


def test_leaving_a_pausing_status_does_not_end_the_wait_for_an_approval() -> None:
    rules = usual_rules(reopen_is_new_cycle=True, pause_while_approving=True)
    runs = lived(
        event(EventKind.EDITED_IN_JIRA, 1, field="status", before="Open", after=PAUSING[0]),
        event(EventKind.ACTION_PROPOSED, 2, request="r1"),
        event(EventKind.EDITED_IN_JIRA, 3, field="status", before=PAUSING[0], after="Open"),
        rules=rules,
    )

    assert cycles(runs, ClockName.RESOLUTION)[0].paused


def test_a_clock_without_a_target_never_starts() -> None:
    begun = event(EventKind.TRIAGED, 0, since=at(0).isoformat(), status="Open")

    runs = interpret(
        USUAL, happenings_of((begun, event(EventKind.ANSWERED, 1)), PAUSING),
        {ClockName.RESOLUTION: HOUR},
    )  # fmt: skip

    assert [run.name for run in runs] == [ClockName.RESOLUTION]


@pytest.mark.parametrize(
    ("written", "word", "status"),
    [
        ("agent_answered", Word.AGENT_ANSWERED, None),
        ("in_status(Waiting for vendor)", Word.IN_STATUS, "Waiting for vendor"),
    ],
)
def test_a_written_condition_is_a_word_with_its_status(
    written: str, word: Word, status: str | None
) -> None:
    assert condition(written) == Condition(word=word, status=status)


@pytest.mark.parametrize("written", ["in_status", "decided(Done)", "answered", "in_status()", ""])
def test_other_conditions_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write"):
        condition(written)
