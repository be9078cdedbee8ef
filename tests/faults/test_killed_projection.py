"""`kill -9` of the workers in the middle of a projection, for every kind of write.

Really killed, as processes, for every kind of write × each call that it commits × each of these
moments: Jira holds the call and never does it; Jira holds it and does it when nobody waits any
more; Jira has done it and the answer is held; Jira has limited the rate, or is down and says until
when, and Temporal waits; Jira has answered with a conflict, or broken off its answer to the
reading, and the next try is held; Jira has done it, said 502, and the next try is held where it
reads what was done. Another process then takes over. All cases meet in one kill, since what costs
time is that Temporal has to miss the dead.

Every other kind of fault in `fault_kinds.py` meets the same kill in the write that holds all kinds of
changes, in its first call and its second by turns: the fault strikes, and the try after it is held. Three kinds
are left out. A 429 that asks for a week is Temporal's to wait for, a day at a time. Four conflicts
in a row keep Temporal waiting for longer (1, 2, 4 and 8 s) than the other calls can be held; one
conflict is among the moments. A slow call is no failure; what slowness can do to a write is told by
the moments before the commit. An answer to a write has no body that could break off, so only a
reading does. A refused credential (401) is none of these kinds: it stops all items
of a worker until an operator acts, so that no other case could meet in the same kill.

With every kind of write all faults are crossed in `test_projection_matrix.py`, where a new worker
takes over between two attempts without a process being killed. There Jira's waits need not be
waited for.

What nobody can promise: Jira knows no idempotency keys, so a write that it holds for longer than
Temporal takes to miss a worker, and then does all the same, stands beside the second attempt's.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from models.events import Event
from models.failures import JIRA_RATE_LIMITED, JIRA_UNAVAILABLE
from models.messages import Timeline
from models.names import ITEM_PROPERTY
from runtime.settings import load_settings
from tests.faults.fault_kinds import ALL_FAULTS, Fault
from tests.faults.fault_rig import Shown
from tests.faults.killed_workers import VICTIMS, Item, Shop, eventually, open_shop
from tests.faults.write_kinds import WRITES, Write, looks_as_wanted

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.kill,
    pytest.mark.xdist_group("killed-projection"),
]

HELD_SECONDS = 28.0
"""Longer than it takes to let all cases hang, and shorter than our own patience with a call."""
DONE_LATE_SECONDS = 9.0
"""After the kill, and before the missed activity is tried again (12 s after it began)."""
LIMITED_SECONDS = 20
"""Until then the kill has long happened; these cases begin late, so that it has on a busy machine."""
OURS = ("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")

Rule = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """When the workers are killed.

    `rules` strike the write, or another call where they name its method; `sign` is what the journal
    then says of it; `attempts` are needed in all, and `missed` tells whether Temporal has to miss
    the worker.
    """

    name: str
    rules: tuple[Rule, ...]
    sign: str | None
    attempts: int = 2
    missed: bool = True

    @property
    def failure(self) -> str:
        """What Temporal says of the last attempt but one, as `_why` reads it."""
        if self.missed:
            return "missed"
        status = self.rules[0].get("status", 429)
        return JIRA_RATE_LIMITED.type if status == 429 else JIRA_UNAVAILABLE.type


def _next_try_held(fault: Fault) -> Moment:
    """The fault strikes, and the try after it is held: where it writes, or where it reads what the
    first one has done."""
    done = fault.rule["action"] in DOES_IT_FIRST
    again = READING_HELD if done else HELD
    return Moment(
        f"in the try after a {fault.name}",
        (fault.rule, again),
        fault.rule["action"],
        attempts=fault.times + 2,
    )


HELD: Rule = {"action": "reset_before", "delay_seconds": HELD_SECONDS}
READING_HELD: Rule = {"method": "GET", "skip": 1, **HELD}
"""The first reading is that of the try which Jira did."""
DOES_IT_FIRST = ("error_after_commit", "reset_after")
WITH_EVERY_WRITE = ("502 after the commit",)
AMONG_THE_MOMENTS = ("429 with seconds", "503 with Retry-After", "409 once", "truncated body")
LEFT_OUT = ("429 with a week", "409 four times", "slow")
DONE_LATE = Moment(
    "before the commit, which comes after the kill",
    ({"action": "slow", "delay_seconds": DONE_LATE_SECONDS},),
    None,
)
MOMENTS = (
    Moment("before the commit, which never comes", (HELD,), None),
    DONE_LATE,
    Moment(
        "after the commit",
        ({"action": "reset_after", "delay_seconds": HELD_SECONDS},),
        "committed",
    ),
    Moment(
        "while the rate is limited",
        ({"action": "retry_after", "retry_after": str(LIMITED_SECONDS)},),
        "retry_after",
        missed=False,
    ),
    Moment(
        "while Jira is down until a time that it named",
        ({"action": "retry_after", "status": 503, "retry_after": str(LIMITED_SECONDS)},),
        "retry_after",
        missed=False,
    ),
    Moment("in a conflict", ({"action": "conflict"}, HELD), "conflict", attempts=3),
    Moment(
        "in the try after a reading that broke off",
        ({"method": "GET", "action": "truncate"}, HELD),
        "truncate",
        attempts=3,
    ),
    *(_next_try_held(fault) for fault in ALL_FAULTS if fault.name in WITH_EVERY_WRITE),
)
EVERYTHING = WRITES[-1]
OTHER_FAULTS = [
    fault
    for fault in ALL_FAULTS
    if fault.name not in (*WITH_EVERY_WRITE, *AMONG_THE_MOMENTS, *LEFT_OUT)
]


@dataclass(frozen=True)
class Case:
    write: Write
    method: str
    moment: Moment

    @property
    def name(self) -> str:
        return f"{self.write.name}, {self.method}, {self.moment.name}"


CASES = [
    Case(write, method, moment)
    for moment in MOMENTS
    for write in WRITES
    for method in write.commits
] + [
    Case(EVERYTHING, EVERYTHING.commits[place % 2], _next_try_held(fault))
    for place, fault in enumerate(OTHER_FAULTS)
]


@dataclass(frozen=True)
class Ending:
    """What stands everywhere when the item is at rest again. `successor` is a process id."""

    item: Item
    other: str
    successor: int
    shown: Shown
    committed: tuple[str, ...]
    history: tuple[HistoryEvent, ...]
    timeline: tuple[Event, ...]


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ending]:
    """All cases over one kill."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OURS)]:
            patch.delenv(name)
        patch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path_factory.mktemp("shop")))
        return asyncio.run(_play())


async def _play() -> dict[str, Ending]:
    async with open_shop(load_settings()) as shop:
        for _ in range(VICTIMS):
            shop.start_worker()
        items = {case.name: shop.item(case.write) for case in CASES}
        for case in CASES:
            issue_id = items[case.name].issue[0]
            for rule in case.moment.rules:
                path = f"*/issue/{issue_id}*"
                shop.rig.fault({"method": case.method, "path_pattern": path, **rule})
        for cases in _hurried_last():
            for case in cases:
                await shop.begin(items[case.name])
            await _in_place(shop, cases, items)
        shop.kill_workers()
        successor = shop.start_worker()
        await _all_at_rest(shop, items)
        assert successor.pid is not None
        return {name: await _ending(shop, item, successor.pid) for name, item in items.items()}


def _hurried_last() -> tuple[list[Case], ...]:
    """The kill has to come before a rate limit has passed, and sooner after calls that hang briefly."""
    limited = [
        case for case in CASES if case.moment.sign == "retry_after" and not case.moment.missed
    ]
    brief = [case for case in CASES if case.moment is DONE_LATE]
    return [case for case in CASES if case not in (*limited, *brief)], limited, brief


async def _in_place(shop: Shop, cases: list[Case], items: dict[str, Item]) -> None:
    """Wait until every call hangs, or was answered, as its case wants it."""
    missing: list[str] = []

    async def in_place() -> bool:
        unused = {rule["path_pattern"] for rule in shop.rig.faults()}
        lines = shop.rig.journal(min(item.since for item in items.values()))
        missing[:] = [
            case.name
            for case in cases
            if f"*/issue/{items[case.name].issue[0]}*" in unused
            or not _has_sign(case, items[case.name], lines)
        ]
        return not missing

    await eventually(in_place, say=lambda: f"not in place: {missing}")


def _has_sign(case: Case, item: Item, lines: list[dict[str, Any]]) -> bool:
    sign = case.moment.sign
    about = [one for one in lines if f"/issue/{item.issue[0]}" in one["path"]]
    if sign == "committed":
        return any(one["committed"] and one["method"] == case.method for one in about)
    return sign is None or any(one["fault"] == sign for one in about)


async def _all_at_rest(shop: Shop, items: dict[str, Item]) -> None:
    """Wait until every item has projected and has nothing else under way."""
    busy = dict(items)

    async def at_rest() -> bool:
        for name, item in list(busy.items()):
            described = await shop.handle(item).describe()
            history = await shop.handle(item).fetch_history()
            if _projections(history.events) and not described.raw_description.pending_activities:
                del busy[name]
        return not busy

    await eventually(at_rest, say=lambda: f"not at rest: {sorted(busy)}")


async def _ending(shop: Shop, item: Item, successor: int) -> Ending:
    handle = shop.handle(item)
    timeline = await handle.query("timeline", result_type=Timeline)
    return Ending(
        item=item,
        other=shop.other,
        successor=successor,
        shown=shop.rig.show(item.issue),
        committed=tuple(shop.rig.committed(item.since, item.issue[0])),
        history=tuple((await handle.fetch_history()).events),
        timeline=timeline.events,
    )


def _projections(history: Any) -> list[HistoryEvent]:
    """The events with which a projection that ended had been started for the last time."""
    asked = {
        event.event_id
        for event in history
        if event.activity_task_scheduled_event_attributes.activity_type.name == "project_to_jira"
    }
    ended = {
        event.activity_task_completed_event_attributes.started_event_id
        for event in history
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    }
    return [
        event
        for event in history
        if event.event_id in ended
        and event.activity_task_started_event_attributes.scheduled_event_id in asked
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_issue_looks_as_wanted_and_everything_is_there_once(
    case: Case, endings: dict[str, Ending]
) -> None:
    ending = endings[case.name]
    assert ending.committed == case.write.commits
    looks_as_wanted(ending.shown, ending.item.wanted, ending.other)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_items_history_tells_how_often_it_was_tried_and_why(
    case: Case, endings: dict[str, Ending]
) -> None:
    ending = endings[case.name]
    (projection,) = _projections(ending.history)
    started = projection.activity_task_started_event_attributes
    assert started.attempt == case.moment.attempts
    assert _why(started.last_failure) == case.moment.failure
    assert started.identity.startswith(f"{ending.successor}@"), "another process took over"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_items_timeline_tells_what_happened_once_and_of_no_problem(
    case: Case, endings: dict[str, Ending]
) -> None:
    ending = endings[case.name]
    assert ending.timeline == ending.item.state.timeline
    assert ending.shown.properties[ITEM_PROPERTY]["sequence"] == ending.item.state.sequence


def _why(failure: Failure) -> str:
    timeout = failure.timeout_failure_info.timeout_type
    if timeout == TimeoutType.TIMEOUT_TYPE_HEARTBEAT:
        return "missed"
    return failure.application_failure_info.type or failure.cause.application_failure_info.type
