"""What a review's digest says, from the ledger's events of two periods of the same length.

Counts are made here; the measures beside them are the report's (`insight.numbers.measures`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from models.approval import ActionKind
from models.events import EventKind, LedgerEntry
from models.lifecycle import Outcome
from models.review import Digest, Figure, FigureName, LastDecision, Share, ThemeLine

BEHIND = 20
"""So many issues are named behind a figure."""

ACTS = {
    EventKind.OVERRIDDEN: "triage corrected",
    EventKind.ACKNOWLEDGED: "escalations taken on",
    EventKind.HANDED_OVER: "escalations handed over",
    EventKind.ACTION_PROPOSED: "actions proposed",
    EventKind.VOTED: "votes",
    EventKind.DECIDED: "items decided",
    EventKind.REPLIED: "replies on checklists and reviews",
}
"""What a person does that takes time, in words."""

Rule = Callable[[LedgerEntry], bool]


def _kind(kind: EventKind, **facts: object) -> Rule:
    def holds(entry: LedgerEntry) -> bool:
        told = entry.event.facts
        return entry.event.kind is kind and all(told.get(key) == facts[key] for key in facts)

    return holds


FIGURES: tuple[tuple[FigureName, str, Rule], ...] = (
    (FigureName.RECEIVED, "items received", _kind(EventKind.RECEIVED)),
    (FigureName.DECIDED, "items decided", _kind(EventKind.DECIDED)),
    (FigureName.BREACHES, "items that broke a promise", _kind(EventKind.CLOCK_BREACHED)),
    (FigureName.ESCALATIONS, "items on which a ladder was climbed", _kind(EventKind.CLIMBED)),
    (
        FigureName.EXCEPTIONS,
        "items for which an exception from policy was asked",
        _kind(EventKind.ACTION_PROPOSED, action=ActionKind.POLICY_EXCEPTION.value),
    ),
    (
        FigureName.RECONTACTS,
        "items about which the customer came back",
        _kind(EventKind.RECONTACTED),
    ),
    (FigureName.UNSURE, "items that triage was unsure of", _kind(EventKind.TRIAGED, unsure=True)),
    (
        FigureName.CORRECTED,
        "items whose triage a person corrected",
        _kind(EventKind.OVERRIDDEN),
    ),
    (
        FigureName.DUPLICATES,
        "items decided as duplicates",
        _kind(EventKind.DECIDED, outcome=Outcome.DUPLICATE.value),
    ),
    (
        FigureName.SILENT_ROLLOUTS,
        "rollouts of which nothing was heard",
        _kind(EventKind.ROLLOUT_SILENT),
    ),
)
"""Each figure counts items, once each, however often it happened to them."""

SHARES_OF_RECEIVED = frozenset({FigureName.UNSURE, FigureName.CORRECTED, FigureName.DUPLICATES})
"""The quality of what comes in: these are told beside everything received."""

LOOKED_AT = frozenset(
    {
        EventKind.RECEIVED,
        EventKind.TRIAGED,
        EventKind.CLOCK_BREACHED,
        EventKind.CLIMBED,
        EventKind.RECONTACTED,
        EventKind.ROLLOUT_SILENT,
        *ACTS,
    }
)
"""The kinds of events that a digest is made from."""


def digest_of(
    *,
    since: datetime,
    until: datetime,
    now: Sequence[LedgerEntry],
    before: Sequence[LedgerEntry],
    last_review: Sequence[LedgerEntry],
    product_people: Sequence[str],
    measures: Sequence[Figure] = (),
    themes: Sequence[ThemeLine] = (),
) -> Digest:
    """The digest of the events `now`, beside those of the period `before`.

    `last_review` are the events of the review before: what it asked, and what was replied.
    """
    figures = (*figures_of(now, before), *measures)
    return Digest(
        since=since,
        until=until,
        figures=figures,
        categories=_shares(now, before, _category),
        product_time=_shares(now, before, lambda entry: _act_of(entry, product_people)),
        last=last_decisions(last_review, figures),
        themes=tuple(themes),
    )


def figures_of(now: Sequence[LedgerEntry], before: Sequence[LedgerEntry]) -> tuple[Figure, ...]:
    """Every count of the period, beside its value in the one before."""
    received = len(_items(now, FIGURES[0][2]))
    return tuple(
        Figure(
            name=name,
            words=words,
            value=len(found := _items(now, rule)),
            before=len(_items(before, rule)),
            of=received if name in SHARES_OF_RECEIVED else None,
            behind=tuple(list(found.values())[-BEHIND:]),
        )
        for name, words, rule in FIGURES
    )


def last_decisions(
    last_review: Iterable[LedgerEntry], figures: Sequence[Figure]
) -> tuple[LastDecision, ...]:
    """What was asked last time, what was said, and whether what was accepted has worked.

    Every figure that is asked about is better when it is lower.
    """
    entries = list(last_review)
    now = {figure.name.value: figure.value for figure in figures}
    replies = {
        str(one.event.facts["question"]): one.event
        for one in entries
        if one.event.kind is EventKind.REPLIED
    }
    told = []
    for entry in entries:
        facts = entry.event.facts
        figure = facts.get("figure")
        if entry.event.kind is not EventKind.QUESTION_ASKED or not isinstance(figure, str):
            continue
        then, reply = facts.get("value"), replies.get(str(facts["question"]))
        value_then = float(then) if isinstance(then, int | float) else None
        choice = str(reply.facts["choice"]) if reply else None
        told.append(
            LastDecision(
                question=str(facts["question"]),
                words=entry.event.summary,
                figure=figure,
                value_then=value_then,
                value_now=now.get(figure),
                choice=choice,
                person=reply.person if reply else None,
                reason=str(reply.facts.get("reason") or "") if reply else "",
                worked=_worked(choice, value_then, now.get(figure)),
            )
        )
    return tuple(told)


def _worked(choice: str | None, then: float | None, now: float | None) -> bool | None:
    if choice != "accept" or then is None or now is None:
        return None
    return now < then


def _items(entries: Iterable[LedgerEntry], rule: Rule) -> dict[str, str]:
    """The items of which the rule holds, each once, with its key."""
    return {one.issue_id: one.issue_key for one in entries if rule(one)}


def _shares(
    now: Sequence[LedgerEntry],
    before: Sequence[LedgerEntry],
    name_of: Callable[[LedgerEntry], str | None],
) -> tuple[Share, ...]:
    counted = Counter(name for one in now if (name := name_of(one)))
    earlier = Counter(name for one in before if (name := name_of(one)))
    names = sorted({*counted, *earlier}, key=lambda name: (-counted[name], name))
    return tuple(Share(name=name, value=counted[name], before=earlier[name]) for name in names)


def _category(entry: LedgerEntry) -> str | None:
    return entry.category if entry.event.kind is EventKind.TRIAGED else None


def _act_of(entry: LedgerEntry, product_people: Sequence[str]) -> str | None:
    return ACTS.get(entry.event.kind) if entry.event.person in product_people else None
