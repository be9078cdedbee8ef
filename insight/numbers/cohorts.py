"""Who comes: contacts by segment, and by when the customer joined, with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from insight.numbers import definitions
from insight.numbers.differences import NameOf, shares_by
from insight.numbers.metric import Breakdown
from insight.numbers.periods import Period
from insight.numbers.recontact import Resolution
from insight.numbers.sections import Section
from models.contact import Contact

LONGEST_KNOWN_DAYS = ((30, "up to 30 days"), (90, "31 to 90 days"), (365, "91 to 365 days"))


def who(
    within: Sequence[Contact], found: Sequence[Resolution], period: Period, now: datetime
) -> Section:
    """Returns by segment, by cohort and by how long the customer was known at the contact."""
    settled = {
        one.contact.reference: one.back_by(now)
        for one in found
        if period.holds(one.resolved_at) and one.complete_by(now)
    }
    resolved = [one.contact for one in found if one.contact.reference in settled]

    def back(by: str, name_of: NameOf) -> Breakdown | None:
        return shares_by(
            definitions.RECONTACT, resolved, lambda one: settled[one.reference], by, name_of
        )

    count = len({one.customer for one in within if one.customer})
    breakdowns = (
        back("segment", lambda one: one.segment),
        back("cohort", cohort),
        back("time_known", time_known),
        back("path", lambda one: one.path),
    )
    return Section(
        id="who",
        name="Who comes?",
        breakdowns=tuple(one for one in breakdowns if one is not None) if count else (),
    )


def cohort(contact: Contact) -> str | None:
    """The quarter in which the customer joined."""
    joined = contact.joined_at
    return f"{joined.year}-Q{(joined.month + 2) // 3}" if joined else None


def time_known(contact: Contact) -> str | None:
    """How long ago the customer had joined when the contact began, as of that moment."""
    if contact.joined_at is None or contact.joined_at > contact.opened_at:
        return None
    days = (contact.opened_at - contact.joined_at).total_seconds() / 86_400
    return next((name for limit, name in LONGEST_KNOWN_DAYS if days <= limit), "over a year")
