"""What comments on the issue say of clocks: the lines of the explanation, quoted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.clocks import ClockRun
from models.events import Event
from models.explanation import ClockExplanation, ClockFacts, Verdict
from models.item_state import ItemState
from policies.explanation import BREACH, explain_run
from policies.explanation_lines import quoted
from policies.lifecycle import words
from policies.lifecycle.running_clocks import pinned


def clock_facts(state: ItemState) -> ClockFacts:
    """Everything that an explanation is computed from; without runs before it is received."""
    key, snapshot = state.item.issue_key if state.item else state.issue_id, state.snapshot
    if snapshot is None:
        return ClockFacts(issue_key=key)
    return ClockFacts(
        issue_key=key,
        runs=state.clocks,
        calendars=(snapshot.calendar, *snapshot.earlier_calendars),
        definitions=(
            snapshot.calendar_definition,
            *snapshot.other_calendars,
            *snapshot.earlier_definitions,
        ),
        shares=tuple(sorted({*snapshot.warn_at_percent, BREACH})),
        clock_scale=snapshot.scale,
    )


def clock_note(state: ItemState, announced: Sequence[Event], now: datetime) -> str:
    """Tells the owner what was announced, with the lines that say why."""
    snapshot = pinned(state)
    owner = words.names(snapshot, (state.owner,)) if state.owner else "nobody yet"
    parts = []
    for event in announced:
        told = _of(state, event, now)
        lines = "\n".join(quoted(told.lines)) if told else ""
        parts.append(f"*{event.summary}* Owner: {owner}.\n{lines}".rstrip())
    return "\n\n".join(parts)


def verdict_lines(state: ItemState, now: datetime) -> tuple[str, ...]:
    """The verdict on each promise that was kept, in time or late, in the order they ended.

    Where another version of the policy has a verdict too, that is the line below.
    """
    facts = clock_facts(state)
    told = (explain_run(run, facts, now) for run in state.clocks if run.stopped_at is not None)
    kept = (one for one in told if one.verdict is not Verdict.CANCELLED)
    return tuple(line for one in kept for line in one.lines[-1 - len(one.others) :])


def verdict_of_run(state: ItemState, run: ClockRun, now: datetime) -> str:
    """How one clock stands, in one line."""
    return explain_run(run, clock_facts(state), now).lines[-1]


def _of(state: ItemState, event: Event, now: datetime) -> ClockExplanation | None:
    wanted = (event.facts.get("clock"), event.facts.get("cycle"))
    run = next((one for one in state.clocks if (one.name, one.cycle) == wanted), None)
    return explain_run(run, clock_facts(state), now) if run else None
