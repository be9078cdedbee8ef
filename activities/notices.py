"""Telling people of an escalation, each by the first of their channels that works."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from temporalio import activity

from activities.notifiers import Addressee, NotDelivered, Notifier
from models.activity_io import NoticeInput
from models.failures import NOTICE_CHANNEL_MISSING, NOTICE_UNAVAILABLE
from models.notice import Attempt, Notice, NoticeResult
from models.people import NoticeChannel
from policies.directory import Directory

log = structlog.get_logger(__name__)


class NoticeActivities:
    """One activity for all notices of a step. Addresses are looked up here and go no further."""

    def __init__(
        self, people: Callable[[], Directory], notifiers: Mapping[NoticeChannel, Notifier]
    ) -> None:
        self._people = people
        self._notifiers = notifiers

    @activity.defn
    def send_notice(self, request: NoticeInput) -> NoticeResult:
        """Tell everybody named. What failed is in the result: the ladder does not wait for it."""
        directory, notice = self._people(), request.notice
        attempts: list[Attempt] = []
        down: set[NoticeChannel] = set()
        for person_id in notice.people:
            attempts += self._tell(directory, notice, person_id, down)
        log.info(
            "notice_sent",
            issue_key=notice.issue_key,
            level=notice.level,
            told=len(notice.people),
            failures=[one.failure for one in attempts if one.failure],
        )
        return NoticeResult(attempts=tuple(attempts))

    def _tell(
        self, directory: Directory, notice: Notice, person_id: str, down: set[NoticeChannel]
    ) -> list[Attempt]:
        """Try the person's channels in their order; one that is `down` is not waited for again."""
        person = directory.by_id(person_id)
        to = Addressee(
            person=person_id,
            name=person.name if person else person_id,
            jira_account_id=person.jira_account_id if person else None,
            email=directory.emails.get(person_id),
        )
        attempts = []
        for channel in person.notify if person else (NoticeChannel.JIRA,):
            failure = self._try(channel, notice, to, down)
            attempts.append(Attempt(person=person_id, channel=channel, failure=failure))
            if failure is None:
                break
        return attempts

    def _try(
        self, channel: NoticeChannel, notice: Notice, to: Addressee, down: set[NoticeChannel]
    ) -> str | None:
        notifier = self._notifiers.get(channel)
        if notifier is None:
            return NOTICE_CHANNEL_MISSING.type
        if channel in down:
            return NOTICE_UNAVAILABLE.type
        try:
            notifier.send(notice, to)
        except NotDelivered as undelivered:
            if undelivered.failure is NOTICE_UNAVAILABLE:
                down.add(channel)
            return undelivered.failure.type
        return None
