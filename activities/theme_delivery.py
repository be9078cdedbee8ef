"""The delivery issue of a theme: how it stands, its links, and telling customers on their issues."""

from __future__ import annotations

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.receive import ledger_failures
from jira_gateway.gateway import JiraGateway
from ledger.records import IndexedItem
from ledger.store import Ledger
from models.failures import (
    ISSUE_ARCHIVED,
    ISSUE_GONE,
    JIRA_ISSUE_PERMISSION,
    JIRA_REFUSED,
)
from models.jira_view import DesiredComment
from models.theme import LoopClosed
from models.theme_messages import CloseLoopInput, DeliveryInput, DeliveryLooked

NOT_TOLD = frozenset(
    failure.type for failure in (ISSUE_GONE, ISSUE_ARCHIVED, JIRA_ISSUE_PERMISSION, JIRA_REFUSED)
)
"""What concerns one issue; everything else is tried again."""

log = structlog.get_logger("themes")


class ThemeDeliveryActivities:
    """Safe to repeat: what is linked or was said is looked up first."""

    def __init__(self, gateway: JiraGateway, ledger: Ledger) -> None:
        self._gateway = gateway
        self._ledger = ledger

    @activity.defn
    def look_at_delivery(self, request: DeliveryInput) -> DeliveryLooked:
        """The issue as it stands; every item that is not linked to it yet is.

        Raises `ApplicationError` of `models.failures`, `IssueGone` when the issue was deleted.
        """
        members = self._members(request.theme_id)
        reading = self._gateway.delivery(request.issue_id, request.issue_key)
        missing = [one.issue_key for one in members if one.issue_id not in reading.linked]
        known = len(members) - len(missing)
        made = 0
        if missing:
            made = self._gateway.link(request.issue_id, request.issue_key, request.link, missing)
            log.info("items_linked", issue_key=request.issue_key, linked=made)
        return DeliveryLooked(facts=reading.facts, linked=known + made)

    @activity.defn
    def close_loop(self, request: CloseLoopInput) -> LoopClosed:
        """Tell every customer of the theme on their own issue, in public and once.

        Raises `ApplicationError` of `models.failures` for what stops the whole; then whoever was
        told is not told again.
        """
        told = missed = 0
        for item in self._members(request.theme_id):
            if self._say(item, request):
                told += 1
            else:
                missed += 1
        return LoopClosed(told=told, missed=missed)

    def _members(self, theme_id: str) -> tuple[IndexedItem, ...]:
        with ledger_failures():
            return self._ledger.themes.members(theme_id)

    def _say(self, item: IndexedItem, request: CloseLoopInput) -> bool:
        comment = DesiredComment(operation_id=request.operation_id, body=request.words, public=True)
        try:
            self._gateway.say_once(item.issue_id, item.issue_key, comment)
        except ApplicationError as error:
            if error.type not in NOT_TOLD:
                raise
            log.warning("customer_not_told", issue_key=item.issue_key, failure=error.type)
            return False
        return True
