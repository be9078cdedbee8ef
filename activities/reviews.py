"""What a review asks of the outside: its rules, and what happened since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import activity

from activities.own_contacts import own_items
from activities.policy_source import PolicySource, needed, policy_failures
from activities.receive import ledger_failures
from insight import digest
from ledger.store import Ledger
from models.events import EventKind, LedgerEntry
from models.names import REVIEW_PREFIX
from models.review import Digest, DigestInput, PinReviewInput, ReviewRules, ThemeLine
from models.theme import ThemeStatus
from policies.reviews import pinning
from policies.sheets.pinning import Installation
from policies.themes.words import title

USUAL_PERIOD = timedelta(days=7)
LONGEST_PERIOD = timedelta(days=60)
"""After a longer break a review looks at a week again, not at a quarter."""

LOOKED_BACK = timedelta(days=180)
"""So long before the period an item may have come in to be among its measures."""

MOST_THEMES = 5


class ReviewActivities:
    """Safe to repeat, safe to share among threads."""

    def __init__(self, policies: PolicySource, ledger: Ledger, installation: Installation) -> None:
        self._policies = policies
        self._ledger = ledger
        self._installation = installation

    @activity.defn
    def pin_review(self, _request: PinReviewInput) -> ReviewRules:
        """review.yaml as it is now. Raises `ApplicationError` of type `PolicyInvalid`."""
        policies = self._policies.current()
        document = needed(policies.review, "review.yaml")
        with policy_failures():
            return pinning.pin(document, policies.directory, policies.version, self._installation)

    @activity.defn
    def gather_digest(self, request: DigestInput) -> Digest:
        """What happened since the last review, beside the period before. Raises `LedgerUnavailable`."""
        from insight.numbers.measures import measured  # noqa: PLC0415 - a worker starts faster without

        until = request.until
        with ledger_failures():
            earlier = self._of_reviews(until)
            since = _since(earlier, until)
            now = self._between(since, until)
            before = self._between(since - (until - since), since)
            own = own_items(self._ledger, since - LOOKED_BACK, until)
            themes = self._ledger.themes.all(limit=MOST_THEMES)
        return digest.digest_of(
            since=since,
            until=until,
            now=now,
            before=before,
            last_review=_last(earlier),
            product_people=request.product_people,
            measures=measured(own, since, until),
            themes=[_line(one) for one in themes],
        )

    def _between(self, since: datetime, until: datetime) -> tuple[LedgerEntry, ...]:
        found = self._ledger.events_between(tuple(digest.LOOKED_AT), since, until)
        return tuple(one.entry for one in found)

    def _of_reviews(self, until: datetime) -> tuple[LedgerEntry, ...]:
        kinds = (EventKind.REVIEW_HELD, EventKind.QUESTION_ASKED, EventKind.REPLIED)
        found = self._ledger.events_between(kinds, until - LONGEST_PERIOD, until)
        return tuple(one.entry for one in found if one.workflow_id.startswith(REVIEW_PREFIX))


def _since(earlier: Sequence[LedgerEntry], until: datetime) -> datetime:
    """Where the last review ended; a week ago when there was none lately."""
    ends = [
        datetime.fromisoformat(str(one.event.facts["until"]))
        for one in earlier
        if one.event.kind is EventKind.REVIEW_HELD
    ]
    return max((end for end in ends if end < until), default=until - USUAL_PERIOD)


def _line(theme: ThemeStatus) -> ThemeLine:
    figures = theme.figures
    return ThemeLine(
        theme_id=theme.theme_id,
        name=title(theme.name, theme.theme_id, figures),
        phase=theme.phase,
        items=figures.items if figures else 0,
        customers=figures.customers if figures else 0,
        revenue=figures.revenue if figures else None,
        issue_key=theme.issue_key,
    )


def _last(earlier: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The events of the newest review before this one."""
    held = [one for one in earlier if one.event.kind is EventKind.REVIEW_HELD]
    if not held:
        return ()
    return tuple(one for one in earlier if one.workflow_id == held[-1].workflow_id)
