"""The course of a theme: found, decided on, delivered, its customers told, and back when it grows.

Pure functions from one state to the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.events import EventKind, Fact
from models.sheet import Question
from models.theme import (
    DeliveryFacts,
    LoopChoice,
    LoopClosed,
    ThemeChoice,
    ThemeFigures,
    ThemePhase,
    ThemeRules,
    ThemeState,
)
from policies.sheets import questions, record
from policies.themes import words

COUNT_EVERY = timedelta(days=1)
"""What a theme's customers suffer changes without a new member."""
DECIDE = "decide-"
"""How the ids of questions begin that ask whether a theme becomes a delivery issue."""
LOOP = "loop-"
"""How those begin that ask whether its customers are told of the delivery."""


def begin(state: ThemeState, rules: ThemeRules, now: datetime) -> ThemeState:
    """The theme with its rules pinned."""
    sheet = state.sheet.model_copy(update={"rules": rules.sheet})
    state = state.model_copy(update={"rules": rules, "sheet": sheet})
    what = f"Found, and followed from now on under the policy {rules.sheet.version[:8]}."
    return _happened(state, EventKind.THEME_FOUND, now, what)


def counted(state: ThemeState, figures: ThemeFigures, now: datetime) -> ThemeState:
    """The theme after its members were counted: it may have to be asked about, or anew."""
    before = state.figures
    state = state.model_copy(update={"figures": figures, "counted_at": now})
    if before is None or (before.items, before.customers) != (figures.items, figures.customers):
        what = f"{figures.items} items of {figures.customers} customers."
        state = _happened(state, EventKind.THEME_COUNTED, now, what, **_facts(figures))
    match state.phase:
        case ThemePhase.PROPOSED:
            return _asked_to_decide(state, now)
        case ThemePhase.DISMISSED if _has_grown(state, figures):
            return _reopened(state, words.grown(state), now)
        case ThemePhase.DELIVERED if _came_back(state, figures):
            return _reopened(state, words.came_back(state), now)
        case _:
            return state


def decided(state: ThemeState, question: Question, now: datetime) -> ThemeState:
    """The theme after a reply that counts."""
    if question.given is None:
        return state
    if question.id.startswith(LOOP):
        return _loop_decided(state, question)
    customers = state.figures.customers if state.figures else 0
    choice = ThemeChoice(question.given.choice)
    what = f"{question.given.person} decided: {choice}."
    state = _happened(state, EventKind.THEME_DECIDED, now, what, choice=choice, customers=customers)
    state = state.model_copy(update={"customers_then": customers})
    if choice is ThemeChoice.DISMISS:
        return state.model_copy(update={"phase": ThemePhase.DISMISSED})
    return _accepted(state, question)


def looked(state: ThemeState, facts: DeliveryFacts, linked: int, now: datetime) -> ThemeState:
    """The theme after a look at its delivery issue: delivered, or taken back."""
    state = state.model_copy(update={"delivery": facts, "looked_at": now, "linked": linked})
    if state.reopening:
        return state if facts.done else state.model_copy(update={"reopening": False})
    if state.phase is ThemePhase.ACCEPTED and facts.delivered:
        return _delivered(state, facts, now)
    if state.phase is ThemePhase.DELIVERED and not facts.delivered:
        sheet = questions.withdraw_all(state.sheet, "the delivery was taken back", now)
        return state.model_copy(update={"sheet": sheet, "phase": ThemePhase.ACCEPTED})
    return state


def delivery_gone(state: ThemeState, now: datetime) -> ThemeState:
    """The theme whose delivery issue was deleted, or is hidden from us: it is asked about anew."""
    forgotten = {"issue_id": None, "issue_key": "", "issue_gone": False, "problem": None,
                 "written": "", "projected": "", "seen": None}  # fmt: skip
    sheet = state.sheet.model_copy(update=forgotten)
    nothing = {
        "sheet": sheet,
        "delivery": None,
        "linked": 0,
        "closing": "",
        "telling": None,
        "reopening": False,
    }
    return _reopened(state.model_copy(update=nothing), words.GONE, now)


def told(state: ThemeState, some: LoopClosed, now: datetime) -> ThemeState:
    """The theme after some of its customers were told, or the last of them."""
    before = state.telling or LoopClosed(told=0)
    result = LoopClosed(
        told=before.told + some.told, missed=before.missed + some.missed, until=some.until
    )
    if result.until is not None:
        return state.model_copy(update={"telling": result})
    what = words.told(result)
    state = state.model_copy(update={"closing": "", "telling": None, "told": result.told})
    state = _happened(
        state, EventKind.LOOP_CLOSED, now, what, told=result.told, missed=result.missed
    )
    return state.model_copy(update={"sheet": record.say(state.sheet, what)})


def must_count(state: ThemeState, now: datetime) -> bool:
    """Whether the members have to be counted because so much time has passed."""
    settled = state.phase in (ThemePhase.DISMISSED, ThemePhase.MERGED)
    return state.counted_at is None or (not settled and now - state.counted_at >= COUNT_EVERY)


def must_look(state: ThemeState, now: datetime) -> bool:
    """Whether the delivery issue has to be looked at because so much time has passed.

    Items that joined the theme since have to be linked to it.
    """
    if state.sheet.issue_id is None or state.rules is None:
        return False
    if state.phase is not ThemePhase.ACCEPTED:
        return False
    fewer = state.figures is not None and state.linked < state.figures.items
    never = state.looked_at is None
    return never or fewer or now >= _looks_at(state, state.rules)


def next_moment(state: ThemeState) -> datetime | None:
    """When the theme has to wake by itself, if nothing happens before."""
    if state.phase is ThemePhase.MERGED or state.rules is None:
        return None
    moments = [questions.next_late(state.sheet)]
    if state.phase is not ThemePhase.DISMISSED and state.counted_at is not None:
        moments.append(state.counted_at + COUNT_EVERY)
    if state.phase is ThemePhase.ACCEPTED and state.looked_at is not None:
        moments.append(_looks_at(state, state.rules))
    return min((one for one in moments if one), default=None)


def _looks_at(state: ThemeState, rules: ThemeRules) -> datetime:
    begun = state.looked_at or state.sheet.timeline[-1].at
    return begun + timedelta(seconds=rules.look_every)


def _asked_to_decide(state: ThemeState, now: datetime, why: str = "") -> ThemeState:
    """Asked of whoever decides, unless that is asked already."""
    if any(one.open for one in state.sheet.questions if one.id.startswith(DECIDE)):
        return state
    return _asked(state, DECIDE, words.decide(state, why), tuple(ThemeChoice), now)


def _asked(
    state: ThemeState, kind: str, asking: str, choices: tuple[str, ...], now: datetime
) -> ThemeState:
    rules, number = state.rules, state.asked + 1
    if rules is None:
        return state
    question = Question(
        id=f"{kind}{number}",
        words=asking,
        choices=choices,
        owner=rules.owner,
        deputies=rules.deputies,
        asked_at=now,
        due_at=now + timedelta(seconds=rules.answers_within),
    )
    sheet = questions.ask(state.sheet, question, now)
    people = record.mentions(sheet, question.asked)
    said = f"{people}: {question.words} {questions.how_to_reply(question)}"
    return state.model_copy(update={"sheet": record.say(sheet, said), "asked": number})


def _has_grown(state: ThemeState, figures: ThemeFigures) -> bool:
    rules = state.rules
    if rules is None:
        return False
    more = figures.customers - state.customers_then
    return more >= rules.at_least_customers and more >= rules.grown * state.customers_then


def _came_back(state: ThemeState, figures: ThemeFigures) -> bool:
    rules = state.rules
    return rules is not None and figures.customers - state.customers_then >= rules.after_delivery


def _reopened(state: ThemeState, why: str, now: datetime) -> ThemeState:
    sheet = questions.withdraw_all(state.sheet, "the theme is open again", now)
    state = state.model_copy(update={"sheet": sheet, "phase": ThemePhase.PROPOSED, "closing": ""})
    state = _happened(state, EventKind.THEME_REOPENED, now, why)
    return _asked_to_decide(state, now, why)


def _accepted(state: ThemeState, question: Question) -> ThemeState:
    """A first acceptance writes the delivery issue; another one asks for it to be opened again."""
    again = state.delivery is not None and state.delivery.done
    person = question.given.person if question.given else ""
    written = state.accepted_as and state.sheet.issue_id
    update = {
        "phase": ThemePhase.ACCEPTED,
        "reopening": again,
        "accepted_as": state.accepted_as if written else words.summary(state),
        "accepted_text": state.accepted_text if written else words.text(state, person),
    }
    said = words.accepted_again(person) if again else words.accepted(person)
    # What was said before there was an issue was said to nobody, and is on record all the same.
    before = (
        state.sheet if state.sheet.issue_id else state.sheet.model_copy(update={"comments": ()})
    )
    return state.model_copy(update={**update, "sheet": record.say(before, said)})


def _delivered(state: ThemeState, facts: DeliveryFacts, now: datetime) -> ThemeState:
    customers = state.figures.customers if state.figures else 0
    update = {"phase": ThemePhase.DELIVERED, "customers_then": customers}
    state = state.model_copy(update=update)
    what = words.delivered(facts)
    state = _happened(
        state, EventKind.THEME_DELIVERED, now, what, release=facts.release, customers=customers
    )
    return _asked(state, LOOP, words.loop(state), tuple(LoopChoice), now)


def _loop_decided(state: ThemeState, question: Question) -> ThemeState:
    rules, given = state.rules, question.given
    if rules is None or given is None or given.choice != LoopChoice.TELL:
        return state
    release = state.delivery.release if state.delivery else ""
    closing = rules.closing_words.format(release=release or words.NO_RELEASE)
    return state.model_copy(update={"closing": closing})


def _facts(figures: ThemeFigures) -> dict[str, Fact]:
    return {
        "items": figures.items,
        "customers": figures.customers,
        "revenue_minor": figures.revenue.minor if figures.revenue else None,
        "currency": figures.revenue.currency if figures.revenue else None,
        "pain": round(figures.pain, 4),
        "newest": ", ".join(figures.keys[-5:]),
    }


def _happened(
    state: ThemeState, kind: EventKind, now: datetime, summary: str, **facts: Fact
) -> ThemeState:
    sheet = record.happened(state.sheet, kind, now, summary, facts=facts)
    return state.model_copy(update={"sheet": sheet})
