"""Naming, merging and splitting a theme: who may, what is refused, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.events import EventKind
from models.failures import (
    MALFORMED,
    NOT_ENTITLED,
    NOTHING_TO_ACT_ON,
    TOO_LATE,
    UNPROVEN,
    Failure,
)
from models.people import Act, Actor, Channel
from models.theme import ThemePhase, ThemeState
from models.theme_messages import Regroup, Regrouped
from policies import proof
from policies.proof_content import of_message
from policies.sheets import questions, record


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not regroup a theme, or not so."""

    failure: Failure
    message: str


def refused(state: ThemeState, message: Regroup, now: datetime) -> Refusal | None:
    """What stands against it; None when nothing does.

    Only those may do it who decide about the theme. What was said in Jira is read there, so a
    message that claims to come from it repeats somebody's proof.
    """
    rules, actor = state.rules, message.actor
    if rules is None or state.phase is ThemePhase.MERGED:
        return Refusal(TOO_LATE, f"This theme was merged into {state.into}.")
    unproven = proof.check(
        actor,
        Act.REPLY,
        state.sheet.workflow_id,
        rules.sheet.trusted_keys,
        now,
        rules.sheet.allow_unproven,
        content=of_message(message),
    )
    if unproven is not None or actor.channel is Channel.JIRA:
        return Refusal(UNPROVEN, UNPROVEN.remedy)
    person = rules.sheet.person(actor.person)
    if person is None or not person.active or person.id not in rules.deciders:
        return Refusal(NOT_ENTITLED, f"Only {' or '.join(rules.deciders)} may regroup this theme.")
    if message.into is None:
        return None
    if message.into == state.theme_id:
        return Refusal(MALFORMED, "A theme cannot be merged into itself.")
    if state.sheet.issue_id is not None:
        what = (
            f"Its delivery issue is {state.sheet.issue_key}. Merge the other theme into this one."
        )
        return Refusal(NOTHING_TO_ACT_ON, what)
    return None


def noted_refusal(state: ThemeState, actor: Actor, refusal: Refusal, now: datetime) -> ThemeState:
    """The theme with the refusal on record."""
    sheet = record.happened(
        state.sheet,
        EventKind.ACT_REFUSED,
        now,
        f"{actor.person} did not regroup the theme: {refusal.failure.type}.",
        actor=actor,
        facts={"act": Act.REPLY, "failure": refusal.failure.type},
    )
    return state.model_copy(update={"sheet": sheet})


def named(state: ThemeState, message: Regroup, now: datetime) -> ThemeState:
    """The theme with the name that a person gave it."""
    state = state.model_copy(update={"name": message.name or ""})
    return _noted(state, message, f"{message.actor.person} named it.", now, name=message.name)


def merged(state: ThemeState, message: Regroup, now: datetime) -> ThemeState:
    """The theme that is none any more: its items are in the other one."""
    into = message.into or ""
    sheet = questions.withdraw_all(state.sheet, f"it was merged into {into}", now)
    state = state.model_copy(update={"sheet": sheet})
    what = f"{message.actor.person} merged it into {into}."
    state = _noted(state, message, what, now, into=into)
    # Nobody hears of it on an issue: a theme that has one is not merged away.
    sheet = state.sheet.model_copy(update={"comments": ()})
    return state.model_copy(update={"sheet": sheet, "phase": ThemePhase.MERGED, "into": into})


def split(state: ThemeState, message: Regroup, new: Regrouped, now: datetime) -> ThemeState:
    """The theme without the items that are another one now."""
    what = f"{message.actor.person} split {new.items} items off as {new.theme_id}."
    return _noted(state, message, what, now, theme=new.theme_id, items=new.items)


def _noted(
    state: ThemeState, message: Regroup, what: str, now: datetime, **facts: str | int | None
) -> ThemeState:
    sheet = record.happened(
        state.sheet,
        EventKind.THEME_REGROUPED,
        now,
        what,
        actor=message.actor,
        facts={"reason": message.reason, **facts},
    )
    return state.model_copy(update={"sheet": sheet})
