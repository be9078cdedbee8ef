"""The delivery issue of a theme: how it stands, its links, and telling customers on their issues."""

from __future__ import annotations

from datetime import datetime

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
from models.theme import LoopClosed, LoopPlace
from models.theme_messages import CloseLoopInput, DeliveryInput, DeliveryLooked

NOT_TOLD = frozenset(
    failure.type for failure in (ISSUE_GONE, ISSUE_ARCHIVED, JIRA_ISSUE_PERMISSION, JIRA_REFUSED)
)
"""What concerns one issue; everything else is tried again."""

TOLD_AT_ONCE = 200
"""Customers of one activity: two calls each, so that it is done within its time at a slow Jira."""

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
        """Tell the next customers of the theme on their own issues, in public and once.

        Raises `ApplicationError` of `models.failures` for what stops the whole; then whoever was
        told is not told again.
        """
        left = sorted(self._members(request.theme_id), key=_age)
        if request.after is not None:
            left = [one for one in left if _age(one) > _place(request.after)]
        now, later = left[:TOLD_AT_ONCE], left[TOLD_AT_ONCE:]
        told = sum(self._say(item, request) for item in now)
        until = (
            LoopPlace(created_at=now[-1].created_at, issue_id=now[-1].issue_id) if later else None
        )
        return LoopClosed(told=told, missed=len(now) - told, until=until)

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


def _age(item: IndexedItem) -> tuple[datetime, str]:
    return item.created_at, item.issue_id


def _place(place: LoopPlace) -> tuple[datetime, str]:
    return place.created_at, place.issue_id
