"""What a sheet wants of the outside: evidence first, then its issue, then people are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from datetime import datetime, timedelta

    from activities.jira import JiraActivities
    from activities.ledger import LedgerActivities
    from activities.notices import NoticeActivities
    from activities.sheets import SheetActivities
    from models.activity_io import AppendInput, NoticeInput, ReadInput
    from models.events import EventKind
    from models.failures import (
        FAILURES_BY_TYPE,
        ISSUE_GONE,
        JIRA_UNAVAILABLE,
        TOO_LATE,
    )
    from models.lifecycle import StatusCategory
    from models.names import sheet_label
    from models.notice import NoticeResult
    from models.sheet import Replied, Reply, Sheet, SheetIssue
    from policies.sheets import questions, record, replying, view

TRY_AGAIN_AFTER = timedelta(hours=1)
"""After a failure that a person has to mend; a change of the issue is tried at once."""


class SheetHolder(Protocol):
    """A workflow that holds a sheet.

    `news` says that somebody may have written on its issue.
    """

    sheet: Sheet
    news: bool

    def take_in(self, sheet: Sheet) -> None:
        """The sheet after its issue was read: replies in it may mean something to the holder."""


class SheetErrands:
    """Carries out what a sheet wants, once a round."""

    def __init__(self, holder: SheetHolder) -> None:
        self._holder = holder

    async def record(self) -> None:
        """Write the ledger, without which nothing else is done."""
        while self._holder.sheet.unrecorded:
            sheet = self._holder.sheet
            await workflow.execute_activity_method(
                LedgerActivities.append_to_ledger,
                AppendInput(entries=record.entries(sheet)),
                **options.ledger(f"Record {len(sheet.unrecorded)} events"),
            )
            through = sheet.unrecorded[-1].sequence
            self._holder.sheet = record.recorded(self._holder.sheet, through)

    async def read(self) -> None:
        """See what people wrote, if there may be something."""
        sheet = self._holder.sheet
        if not self._holder.news or sheet.issue_id is None or sheet.issue_gone:
            return
        self._holder.news = False
        request = ReadInput(issue_id=sheet.issue_id, cursor=sheet.cursor, issue_key=sheet.issue_key)
        try:
            observed = await workflow.execute_activity_method(
                JiraActivities.read_issue, request, **options.jira("See what people replied")
            )
        except ActivityError as error:
            self.stopped(error, "reading the issue")
            return
        now = workflow.now()
        self._holder.take_in(replying.take_in(self._holder.sheet, observed, now))

    async def show(
        self,
        wanted: Callable[[], tuple[str, str]],
        *,
        status: StatusCategory | None = None,
        due: bool = True,
    ) -> None:
        """Make the issue, or bring it up to date: its text, its labels, what is said on it.

        `wanted` gives its summary and its text. A `status` of None leaves that to people, and so
        does `due` False the due date.
        """
        await self._write(self._issue(*wanted()))
        while (sheet := self._holder.sheet).issue_id and not sheet.issue_gone:
            wish = view.desired_view(sheet, status=status, due=due)
            if not view.must_project(sheet, wish):
                return
            try:
                result = await workflow.execute_activity_method(
                    JiraActivities.project_to_jira,
                    wish,
                    **options.jira(f"Bring {sheet.issue_key} up to date"),
                )
            except ActivityError as error:
                self.stopped(error, "bringing the issue up to date")
                return
            now = workflow.now()
            sheet = view.projected(self._holder.sheet, wish, result)
            sheet = sheet.model_copy(update={"problem": None})
            self._holder.take_in(replying.take_in(sheet, result.observed, now))

    async def tell(self) -> None:
        """Send the notices; what fails is tried once more, and then said on the issue."""
        while (sheet := self._holder.sheet).notices:
            notice = sheet.notices[0]
            try:
                result = await workflow.execute_activity_method(
                    NoticeActivities.send_notice,
                    NoticeInput(notice=notice),
                    **options.notice(f"Tell {', '.join(notice.people)}"[:200]),
                )
            except ActivityError:
                result = NoticeResult()
            self._holder.sheet = questions.told(self._holder.sheet, notice, result, workflow.now())

    def answer(self, message: Reply, *, ended: bool) -> Replied:
        """What a reply that was sent comes to. Raises `ApplicationError` when it does not count."""
        if ended:
            raise ApplicationError(TOO_LATE.remedy, type=TOO_LATE.type, non_retryable=True)
        judged = replying.by_update(self._holder.sheet, message, workflow.now())
        self._holder.take_in(judged.sheet)
        if judged.refusal is not None:
            raise ApplicationError(judged.message, type=judged.refusal.type, non_retryable=True)
        return Replied(message=judged.message)

    def next_moment(self, at: datetime | None) -> datetime | None:
        """When to look again: at this moment, and within the hour while something failed."""
        sheet, now = self._holder.sheet, workflow.now()
        if sheet.problem is None or sheet.issue_gone:
            return at
        again = now + TRY_AGAIN_AFTER
        # What failed stays due, and must not be tried again and again meanwhile.
        return min(at, again) if at and at > now else again

    def _issue(self, summary: str, text: str) -> SheetIssue:
        sheet = self._holder.sheet
        rules = sheet.rules
        return SheetIssue(
            operation_id=sheet.workflow_id,
            issue_type=rules.issue_type if rules else "",
            summary=summary,
            text=text,
            labels=(sheet_label(sheet.workflow_id),),
            issue_id=sheet.issue_id,
            issue_key=sheet.issue_key,
        )

    async def _write(self, wanted: SheetIssue) -> None:
        sheet = self._holder.sheet
        digest = view.digest(wanted)
        if sheet.issue_gone or sheet.written == digest:
            return
        try:
            opened = await workflow.execute_activity_method(
                SheetActivities.write_sheet,
                wanted,
                **options.jira("Write down what is asked of whom"),
            )
        except ActivityError as error:
            self.stopped(error, "writing the issue")
            return
        before = self._holder.sheet
        found = {"issue_id": opened.issue_id, "issue_key": opened.issue_key, "written": digest}
        sheet = before.model_copy(update={**found, "problem": None})
        if before.issue_id is None:
            what = f"{opened.issue_key} was opened for it."
            facts = {"issue_id": opened.issue_id, "issue_key": opened.issue_key}
            sheet = record.happened(
                sheet, EventKind.SHEET_OPENED, workflow.now(), what, facts={**facts}
            )
        self._holder.sheet = sheet

    def stopped(self, error: ActivityError, doing: str) -> None:
        """Keep what went wrong for people to see; it is tried again after a while."""
        cause = error.cause
        kind = cause.type if isinstance(cause, ApplicationError) else None
        failure = FAILURES_BY_TYPE.get(kind or "", JIRA_UNAVAILABLE)
        sheet = self._holder.sheet
        gone = failure is ISSUE_GONE
        if sheet.problem != failure.type:
            sheet = record.happened(
                sheet,
                EventKind.PROBLEM,
                workflow.now(),
                f"Stopped while {doing}: {failure.type}. {failure.remedy}",
                facts={"failure": failure.type},
            )
        self._holder.sheet = sheet.model_copy(
            update={"problem": failure.type, "issue_gone": sheet.issue_gone or gone}
        )
