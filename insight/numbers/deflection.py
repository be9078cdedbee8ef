"""Containment beside what became of it; an alarm when the two part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from scipy.stats import fisher_exact

from insight.numbers import definitions
from insight.numbers.findings import Finding, FindingKind
from insight.numbers.metric import Definition, Metric, share
from insight.numbers.periods import Period
from insight.numbers.recontact import Resolution
from insight.numbers.sections import Section
from models.contact import Contact, Path
from models.decision import Confidence

PARTED = 0.2
"""Contained customers of whom, even by the lower bound, more than this share come back."""
SURE = 0.05


def deflection(
    contacts: Sequence[Contact], found: Sequence[Resolution], period: Period, now: datetime
) -> Section:
    """The contacts that a bot began; `contacts` are those of the period."""
    asked = [one for one in contacts if one.contained is not None]
    contained = [one.reference for one in asked if one.contained]
    outcomes = {one.contact.reference: one for one in found}
    held = _held(asked, outcomes, now)
    if period.ends is not None and period.ends < now:
        then = _held(asked, outcomes, period.ends)
        held = held.model_copy(update={"as_then": then.value})
    bot_back = _came_back(
        definitions.CONTAINED_BACK, [outcomes[one] for one in contained if one in outcomes], now
    )
    people = [
        one
        for one in found
        if period.holds(one.contact.opened_at)
        and not one.contact.contained
        and one.contact.path is not Path.BOT
    ]
    handled_back = _came_back(definitions.HANDLED_BACK, people, now)
    metrics = (share(definitions.CONTAINED, contained, len(asked)), held, bot_back, handled_back)
    return Section(
        id="deflection",
        name="Is deflection real?",
        metrics=tuple(one for one in metrics if one.denominator) if asked else (),
        findings=tuple(_alarms(bot_back, handled_back)),
    )


def _held(asked: Sequence[Contact], outcomes: dict[str, Resolution], moment: datetime) -> Metric:
    """Those whose seven days are over, or that failed already by the customer's word or by handover."""
    settled = [one for one in asked if not one.contained or _settled(one, outcomes, moment)]
    held = (
        one.reference
        for one in settled
        if one.contained
        and one.resolution is not Confidence.FAILED
        and not outcomes[one.reference].back_by(moment)
    )
    return share(definitions.DEFLECTED, held, len(settled))


def _settled(contact: Contact, outcomes: dict[str, Resolution], moment: datetime) -> bool:
    outcome = outcomes.get(contact.reference)
    return outcome is not None and outcome.complete_by(moment)


def _came_back(definition: Definition, found: Sequence[Resolution], now: datetime) -> Metric:
    settled = [one for one in found if one.complete_by(now)]
    back = (one.contact.reference for one in settled if one.back_by(now))
    return share(definition, back, len(settled))


def _alarms(bot: Metric, people: Metric) -> Iterator[Finding]:
    """Containment that is not what it looks like: too many come back, or more than from people."""
    if not bot.enough or bot.low is None or bot.numerator is None:
        return
    worse = False
    if people.enough and people.numerator is not None:
        table = [
            [bot.numerator, bot.denominator - bot.numerator],
            [people.numerator, people.denominator - people.numerator],
        ]
        worse = float(fisher_exact(table, alternative="greater").pvalue) < SURE
    if bot.low > PARTED or worse:
        against = (
            f", and of those whom people handled {100 * (people.value or 0):.0f} in 100"
            if people.enough
            else ""
        )
        yield Finding(
            kind=FindingKind.ALARM,
            about=bot.definition.id,
            says=f"Containment and recontact part: {100 * (bot.value or 0):.0f} in 100 contained "
            f"customers came back within seven days{against}.",
            items=bot.items,
        )
