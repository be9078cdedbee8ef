"""Whether customers come back: the same customer and subject within the window after a resolution.

What is not known yet is not counted as good: a resolution whose window is still open is left out of
shares, and the survival curve takes it for as long as it was followed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from insight.numbers import definitions
from insight.numbers.metric import Metric, share
from insight.numbers.periods import Period
from models.base import Frozen, Moment
from models.contact import OWN, Contact
from models.decision import Confidence

WINDOW = timedelta(days=7)
"""Also the longest in common use; see the survey of helpdesks in docs/numbers.md."""


class Resolution(Frozen):
    """A resolved contact and what became of it.

    `followed_until` is how far its customer could have been seen: the end of the window, or of what
    is known. `came_back_with` names the later contact.
    """

    contact: Contact
    resolved_at: Moment
    followed_until: Moment
    window_ends: Moment
    came_back_at: Moment | None = None
    came_back_with: str | None = None

    def complete_by(self, moment: datetime) -> bool:
        """Whether the whole window was watched by then."""
        return self.followed_until >= self.window_ends and moment >= self.window_ends

    def back_by(self, moment: datetime) -> bool:
        """Whether the customer had come back by then."""
        return self.came_back_at is not None and self.came_back_at <= moment

    def confidence_at(self, moment: datetime) -> Confidence:
        """Failed once the customer came back or said so; confirmed by their word; else assumed."""
        if self.back_by(moment) or self.contact.resolution is Confidence.FAILED:
            return Confidence.FAILED
        return self.contact.resolution or Confidence.ASSUMED


def known_until(contacts: Iterable[Contact], now: datetime) -> Mapping[str, datetime]:
    """How far each source can be followed: our own until now, an export until its last contact."""
    last: dict[str, datetime] = {}
    for contact in contacts:
        last[contact.source] = max(last.get(contact.source, contact.opened_at), contact.opened_at)
    return {source: now if source == OWN else min(at, now) for source, at in last.items()}


def resolutions(
    contacts: Sequence[Contact], now: datetime, window: timedelta = WINDOW
) -> tuple[Resolution, ...]:
    """Every resolution of a known customer, oldest first, with the first return within the window."""
    until = known_until(contacts, now)
    by_customer = _by_customer(contacts)
    found = []
    for contact in contacts:
        resolved = contact.resolved_at
        if resolved is None or contact.customer is None:
            continue
        ends = resolved + window
        later = _next(by_customer[contact.customer], contact, resolved, min(ends, now))
        back = [at for at in (contact.came_back_at, later.opened_at if later else None) if at]
        found.append(
            Resolution(
                contact=contact,
                resolved_at=resolved,
                window_ends=ends,
                followed_until=max(resolved, min(ends, until[contact.source])),
                came_back_at=min(back, default=None),
                came_back_with=later.reference if later else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.resolved_at, one.contact.reference)))


def recontact(found: Sequence[Resolution], period: Period, now: datetime) -> Metric:
    """The share of the period's resolutions after which the customer came back; restated until now."""
    settled, back = _settled(found, period, now)
    metric = share(definitions.RECONTACT, (one.contact.reference for one in back), len(settled))
    if period.ends is None or period.ends >= now:
        return metric
    then, then_back = _settled(found, period, period.ends)
    return metric.model_copy(update={"as_then": len(then_back) / len(then) if then else None})


def confidences(found: Sequence[Resolution], period: Period, now: datetime) -> tuple[Metric, ...]:
    """Resolutions split into confirmed, assumed and failed, as known now; open windows included."""
    within = [one for one in found if period.holds(one.resolved_at)]
    held = defaultdict(list)
    for one in within:
        held[one.confidence_at(now)].append(one.contact.reference)
    return tuple(
        share(definitions.RESOLUTION_IS[confidence], held[confidence], len(within))
        for confidence in Confidence
    )


def repeat_contacts(
    contacts: Sequence[Contact], period: Period, *, any_category: bool, window: timedelta = WINDOW
) -> Metric:
    """Contacts that began within the window after the same customer's previous one began.

    This looks at nothing but arrivals, as other tools do; the product's own recontact counts from
    a resolution.
    """
    known = [one for one in contacts if one.customer is not None]
    lines: dict[tuple[str, ...], list[Contact]] = defaultdict(list)
    for one in sorted(known, key=lambda one: (one.opened_at, one.reference)):
        lines[(one.customer or "", "" if any_category else one.category)].append(one)
    again = [
        later.reference
        for line in lines.values()
        for earlier, later in pairwise(line)
        if later.opened_at - earlier.opened_at <= window and period.holds(later.opened_at)
    ]
    out_of = sum(period.holds(one.opened_at) for one in known)
    which = definitions.REPEAT_ANY if any_category else definitions.REPEAT_SAME
    return share(which, again, out_of)


def disputed(contacts: Sequence[Contact]) -> Metric:
    """Of the contacts whose customer said what the resolution was worth, those who said it was none."""
    said = [one for one in contacts if one.resolution in (Confidence.CONFIRMED, Confidence.FAILED)]
    failed = (one.reference for one in said if one.resolution is Confidence.FAILED)
    return share(definitions.DISPUTED, failed, len(said))


def _settled(
    found: Iterable[Resolution], period: Period, moment: datetime
) -> tuple[list[Resolution], list[Resolution]]:
    """The period's resolutions whose window was over by a moment, and those that came back."""
    within = [one for one in found if period.holds(one.resolved_at) and one.complete_by(moment)]
    return within, [one for one in within if one.back_by(moment)]


def about_the_same(one: Contact, other: Contact) -> bool:
    """Whether two contacts of a customer have the same subject.

    It is their theme where both are in one of the same source, and else their category: a theme
    that is known of one of them only, or that another tool named, must not hide that somebody came
    back.
    """
    if one.theme and other.theme and one.source == other.source:
        return one.theme == other.theme
    return one.category == other.category


def _by_customer(contacts: Iterable[Contact]) -> Mapping[str, list[Contact]]:
    lines: dict[str, list[Contact]] = defaultdict(list)
    for contact in sorted(contacts, key=lambda one: one.opened_at):
        if contact.customer is not None:
            lines[contact.customer].append(contact)
    return lines


def _next(
    line: Sequence[Contact], contact: Contact, after: datetime, before: datetime
) -> Contact | None:
    """The first other contact about the same that began after one moment and up to another."""
    place = bisect_right(line, after, key=lambda one: one.opened_at)
    for later in line[place:]:
        if later.opened_at > before:
            return None
        if later.reference != contact.reference and about_the_same(contact, later):
            return later
    return None
