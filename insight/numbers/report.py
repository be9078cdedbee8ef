"""One page: strategic insight and the loop's health, from contacts and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from insight.numbers import cohorts, definitions, handling, recontact, satisfaction
from insight.numbers.adoption import adoption_and_score
from insight.numbers.deflection import deflection
from insight.numbers.differences import (
    FALSE_DISCOVERIES,
    NameOf,
    adjusted,
    means_by,
    rising_with,
    shares_by,
)
from insight.numbers.findings import Finding, FindingKind
from insight.numbers.metric import Breakdown, Definition, Metric
from insight.numbers.own_items import PolicyRequest
from insight.numbers.periods import Period
from insight.numbers.policy_use import policy_use
from insight.numbers.recontact import Resolution
from insight.numbers.sections import Section
from insight.numbers.survival import survival
from insight.numbers.themes import ranked
from insight.numbers.threads import conversations
from insight.numbers.trends import trends
from models.base import Frozen, Moment
from models.contact import Contact, ScoreKind
from models.decision import Confidence
from models.rollout import ReleaseUse

Counts = Callable[[Contact], bool | None]


class SourceCount(Frozen):
    """How many contacts of the period are from where, and how far they could be followed."""

    source: str
    contacts: int
    known_until: Moment


class Report(Frozen):
    """The page. `findings` are what a person should look at, the most pressing first."""

    period: Period
    made_at: Moment
    sources: tuple[SourceCount, ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]

    def metric(self, identifier: str) -> Metric | None:
        """The number with this id, if the report has it."""
        every = (one for section in self.sections for one in section.metrics)
        return next((one for one in every if one.definition.id == identifier), None)

    def breakdown(self, identifier: str) -> Breakdown | None:
        """The breakdown with this id, if the report has it."""
        every = (one for section in self.sections for one in section.breakdowns)
        return next((one for one in every if one.id == identifier), None)


def report(
    contacts: Sequence[Contact],
    period: Period,
    now: datetime,
    requests: Sequence[PolicyRequest] = (),
    uses: Sequence[ReleaseUse] = (),
) -> Report:
    """The page for a period, as known at `now`. Contacts after the period restate it.

    `uses` say how many people use each release.
    """
    within = tuple(one for one in contacts if period.holds(one.opened_at))
    found = recontact.resolutions(contacts, now)
    sections = (
        _coming_back(contacts, within, found, period, now),
        deflection(within, found, period, now),
        _pace(within),
        _satisfaction(within, found, period, now, uses),
        _conversations(within),
        _costs(within, found, now),
        cohorts.who(within, found, period, now),
        trends(contacts, period, now, _where(contacts)),
        policy_use(contacts, requests, period),
    )
    shown = _tested(tuple(one for one in sections if one.says_something))
    return Report(
        period=period,
        made_at=now,
        sources=_sources(contacts, within, now),
        findings=tuple(sorted(_findings(shown, within), key=lambda one: one.kind.rank)),
        sections=shown,
    )


def _coming_back(
    contacts: Sequence[Contact],
    within: Sequence[Contact],
    found: Sequence[Resolution],
    period: Period,
    now: datetime,
) -> Section:
    return Section(
        id="coming_back",
        name="Do customers come back?",
        metrics=_known(
            recontact.recontact(found, period, now),
            *recontact.confidences(found, period, now),
            recontact.repeat_contacts(contacts, period, any_category=False),
            recontact.repeat_contacts(contacts, period, any_category=True),
            recontact.disputed(within),
        ),
        breakdowns=_by_all(definitions.DISPUTED, within, _disputed),
        survival=survival(found, period),
    )


def _pace(within: Sequence[Contact]) -> Section:
    breakdowns = (
        *_by_all(definitions.KEPT, within, lambda one: one.kept),
        shares_by(definitions.KEPT, within, lambda one: one.kept, "hand_overs", _hand_overs),
    )
    return Section(
        id="pace",
        name="How fast, and as promised?",
        metrics=_known(
            *handling.times(within),
            handling.kept(within),
            *handling.escalations(within),
            *handling.hand_overs(within),
            *handling.changes(within),
            handling.automated(within),
        ),
        breakdowns=tuple(one for one in breakdowns if one is not None),
    )


def _satisfaction(
    within: Sequence[Contact],
    found: Sequence[Resolution],
    period: Period,
    now: datetime,
    uses: Sequence[ReleaseUse],
) -> Section:
    by_time = means_by(
        definitions.SCORE_MEAN,
        within if any(one.answered_at for one in within) else (),
        _score,
        "response_time",
        satisfaction.response_bin,
    )
    groups = _groupings(within)
    breakdowns = [means_by(definitions.SCORE_MEAN, within, _score, by, of) for by, of in groups]
    return Section(
        id="satisfaction",
        name="What do customers think of it?",
        metrics=_known(
            *satisfaction.satisfaction(within, found, period, now),
            satisfaction.promoters(within),
            adoption_and_score(within, uses),
        ),
        breakdowns=tuple(one for one in (by_time, *breakdowns) if one is not None),
    )


def _conversations(within: Sequence[Contact]) -> Section:
    return Section(
        id="conversations",
        name="What does a conversation cost the customer?",
        metrics=_known(*conversations(within)),
    )


def _costs(within: Sequence[Contact], found: Sequence[Resolution], now: datetime) -> Section:
    """Themes by what they cost; nothing where no customer's revenue is known."""
    known = any(one.revenue_minor for one in within)
    return Section(
        id="themes",
        name="Which themes cost most?",
        themes=ranked(within, found, now) if known else (),
    )


def _sources(
    contacts: Sequence[Contact], within: Sequence[Contact], now: datetime
) -> tuple[SourceCount, ...]:
    until = recontact.known_until(contacts, now)
    return tuple(
        SourceCount(
            source=source,
            contacts=sum(one.source == source for one in within),
            known_until=until[source],
        )
        for source in sorted({one.source for one in within})
    )


def _known(*metrics: Metric) -> tuple[Metric, ...]:
    """Those of which anything is known; a report of surveys need not list empty clocks."""
    return tuple(one for one in metrics if one.denominator)


def _by_all(
    definition: Definition, contacts: Sequence[Contact], counts: Counts
) -> tuple[Breakdown, ...]:
    found = (shares_by(definition, contacts, counts, by, of) for by, of in _groupings(contacts))
    return tuple(one for one in found if one is not None)


def _groupings(contacts: Iterable[Contact]) -> Iterator[tuple[str, NameOf]]:
    """Everything that contacts can be told apart by."""
    yield "source", lambda one: one.source
    yield "path", lambda one: one.path
    yield "category", lambda one: one.category
    yield "segment", lambda one: one.segment
    yield "release", lambda one: one.release
    for name in sorted({name for one in contacts for name in one.facts}):
        yield name, _Fact(name)


def _where(contacts: Iterable[Contact]) -> tuple[tuple[str, NameOf], ...]:
    """By what somebody may have begun to count: not by category, which is what drifts."""
    names = sorted({name for one in contacts for name in one.facts})
    return (
        ("segment", lambda one: one.segment),
        *((name, _Fact(name)) for name in names),
    )


class _Fact:
    """One of a contact's facts, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, contact: Contact) -> str | None:
        return contact.facts.get(self._name)


def _disputed(contact: Contact) -> bool | None:
    if contact.resolution not in (Confidence.CONFIRMED, Confidence.FAILED):
        return None
    return contact.resolution is Confidence.FAILED


def _score(contact: Contact) -> float | None:
    return None if contact.score_kind is ScoreKind.NPS else contact.score


def _hand_overs(contact: Contact) -> str | None:
    if contact.reassigned is None:
        return None
    return str(contact.reassigned) if contact.reassigned < 3 else "3 or more"


def _tested(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with the tests of all their breakdowns adjusted together."""
    mended = {one.id: one for one in adjusted([b for s in sections for b in s.breakdowns])}
    return tuple(
        section.model_copy(
            update={"breakdowns": tuple(mended[one.id] for one in section.breakdowns)}
        )
        for section in sections
    )


def _findings(sections: Sequence[Section], within: Sequence[Contact]) -> Iterator[Finding]:
    for section in sections:
        yield from section.findings
        for one in section.breakdowns:
            if one.adjusted is not None and one.adjusted < FALSE_DISCOVERIES:
                yield _differs(one)
    yield from _score_against_time(within)


def _differs(one: Breakdown) -> Finding:
    return Finding(
        kind=FindingKind.DIFFERENCE,
        about=one.id,
        says=f"“{one.groups[0].metric.definition.name}” differs by {one.by.replace('_', ' ')}.",
        p=one.adjusted,
    )


def _score_against_time(within: Sequence[Contact]) -> Iterator[Finding]:
    minutes = satisfaction.response_minutes(within)
    scored = dict(satisfaction.scores(within))
    trend = rising_with([(minutes[one], scored[one]) for one in scored if one in minutes])
    if trend is None or trend[1] >= FALSE_DISCOVERIES:
        return
    way = "falls" if trend[0] < 0 else "rises"
    yield Finding(
        kind=FindingKind.DIFFERENCE,
        about="score_mean",
        says=f"The score {way} with the time to the first answer "
        f"(rank correlation {trend[0]:+.2f}).",
        p=trend[1],
    )
