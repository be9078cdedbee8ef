"""Another severity or category: other targets, perhaps another calendar, the same facts.

The original start and every pause are kept and counted anew by the rules of now. A stopped cycle
keeps the rules that it was judged by. What came to be late only by the change is announced once
and marked as such (see `deadlines`).
"""

from __future__ import annotations

from datetime import datetime

from models.clocks import BusinessCalendar
from models.events import EventKind
from models.item_state import ItemState
from models.policy import CategoryRules, PolicySnapshot
from policies import clocks
from policies.lifecycle import record
from policies.lifecycle.running_clocks import TITLES, pinned, rules_now


def change_category(state: ItemState, category: str, at: datetime) -> ItemState:
    """The rules that were pinned for that category apply from here on."""
    if category == state.category:
        return state
    why = f"category {state.category} → {category}"
    state = state.model_copy(update={"category": category})
    found = next((one for one in pinned(state).by_category if category in one.categories), None)
    if found is not None:
        state = state.model_copy(update={"snapshot": _with_rules(state, found)})
    return retarget_all(state, at, why)


def retarget_all(state: ItemState, at: datetime, why: str) -> ItemState:
    """Give every running clock the targets and the calendar of now, and take that down."""
    targets, snapshot = rules_now(state).targets, pinned(state)
    stale = calendar_is_stale(snapshot)
    name = snapshot.calendar_definition.name if stale else snapshot.calendar.name
    for run in state.clocks:
        target = targets.get(run.name, run.target)
        changed = clocks.retarget(run, target, at, why, name if run.calendar else "")
        if changed is run:
            continue
        runs = tuple(changed if one is run else one for one in state.clocks)
        state = record.happened(
            state.model_copy(update={"clocks": runs}),
            EventKind.CLOCK_RETARGETED,
            at,
            f"The {TITLES[run.name]} is promised anew: {why}.",
            clock=run.name,
            cycle=run.cycle,
            target_before=run.target,
            target=target,
            why=why,
            calendar=snapshot.calendar_definition.model_dump_json()
            if changed.calendar != run.calendar
            else None,
        )
    return state if stale else forget_unreached_shares(state, at)


def calendar_is_stale(snapshot: PolicySnapshot) -> bool:
    """The item's hours are others than those that were expanded; an activity expands them."""
    wanted = snapshot.calendar_definition.name
    changed = any(one.name == wanted for one in snapshot.other_calendars)
    return changed and snapshot.scale == 1 and snapshot.calendar.name != wanted


def expanded(state: ItemState, calendar: BusinessCalendar, at: datetime) -> ItemState:
    """The state with its calendar expanded: further, or for the first time after a change.

    A calendar that came too late, since the item counts in another one by now, is not taken.
    """
    snapshot = pinned(state)
    if snapshot.scale == 1 and calendar.name != snapshot.calendar_definition.name:
        return state
    earlier = snapshot.earlier_calendars
    if snapshot.calendar.name != calendar.name:
        others = tuple(one for one in earlier if one.name != snapshot.calendar.name)
        earlier = (*others, snapshot.calendar)
    update = {"calendar": calendar, "earlier_calendars": earlier}
    state = state.model_copy(update={"snapshot": snapshot.model_copy(update=update)})
    return forget_unreached_shares(state, at) if snapshot.calendar.name != calendar.name else state


def forget_unreached_shares(state: ItemState, at: datetime) -> ItemState:
    """Shares that by the rules of now are not used up yet may be announced again."""
    calendar = pinned(state).calendar
    runs = tuple(clocks.forget_unreached(run, calendar, at) for run in state.clocks)
    return state.model_copy(update={"clocks": runs})


def _with_rules(state: ItemState, found: CategoryRules) -> PolicySnapshot:
    snapshot = pinned(state)
    rules = {
        severity: one.model_copy(
            update={
                "targets": found.targets[severity],
                "target_rule": found.target_rules[severity],
            }
        )
        for severity, one in snapshot.rules.items()
    }
    known = {one.name: one for one in (snapshot.calendar_definition, *snapshot.other_calendars)}
    return snapshot.model_copy(
        update={
            "rules": rules,
            "calendar_definition": known.get(found.calendar, snapshot.calendar_definition),
            "other_calendars": tuple(known.values()),
        }
    )
