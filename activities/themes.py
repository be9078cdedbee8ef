"""What a theme asks of the ledger and of the policies: its rules, its figures, its place in lists."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity

from activities import own_contacts
from activities.policy_source import PolicySource, needed, policy_failures
from activities.receive import ledger_failures
from activities.theme_candidates import candidate_of
from ledger.store import Ledger
from models.theme import ThemeFigures, ThemeRules, ThemeStatus
from models.theme_messages import CountInput, PinThemeInput
from policies.sheets.pinning import Installation
from policies.themes import pinning

COMPARED_WITH = timedelta(days=90)
"""A theme's words are those that its items have more often than the others of this time."""


class ThemeActivities:
    """Safe to repeat, safe to share among threads."""

    def __init__(self, policies: PolicySource, ledger: Ledger, installation: Installation) -> None:
        self._policies = policies
        self._ledger = ledger
        self._installation = installation

    @activity.defn
    def pin_theme(self, _request: PinThemeInput) -> ThemeRules:
        """themes.yaml as it is now. Raises `ApplicationError` of type `PolicyInvalid`."""
        policies = self._policies.current()
        document = needed(policies.themes, "themes.yaml")
        with policy_failures():
            return pinning.pin(document, policies.directory, policies.version, self._installation)

    @activity.defn
    def count_theme(self, request: CountInput) -> ThemeFigures:
        """The theme's items, whom they hit, what it costs. Raises `LedgerUnavailable`."""
        from insight.themes.figures import figures_of  # noqa: PLC0415 - a worker starts faster without
        from insight.themes.naming import words_of  # noqa: PLC0415 - as above

        with ledger_failures():
            members = self._ledger.themes.members(request.theme_id)
            within = {one.issue_id: request.theme_id for one in members}
            contacts = [one.contact for one in own_contacts.read(self._ledger, members, within)]
            others = self._ledger.items_created(request.now - COMPARED_WITH, request.now)
        words = words_of([*map(candidate_of, members)], [*map(candidate_of, others)])
        return figures_of(contacts, words, request.now)

    @activity.defn
    def keep_theme(self, status: ThemeStatus) -> None:
        """Keep how the theme stands, for lists. Raises `LedgerUnavailable`."""
        with ledger_failures():
            self._ledger.themes.keep(status)
