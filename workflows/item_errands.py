"""What an item's state wants of the outside, done in a fixed order until it wants nothing more."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
)

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.calendar import CalendarActivities
    from activities.jira import JiraActivities
    from activities.ledger import LedgerActivities
    from activities.levels import LevelActivities
    from activities.notices import NoticeActivities
    from activities.receive import ReceiveActivities
    from models.activity_io import (
        AppendInput,
        AppendResult,
        ExtendCalendarInput,
        LookUpInput,
        NoticeInput,
        ReadInput,
        ReceiveInput,
    )
    from models.events import EventKind, LedgerAnchor, LedgerEntry
    from models.failures import ISSUE_GONE, JIRA_UNAVAILABLE, POLICY_INVALID, Failure
    from models.item_state import ItemState, Parked
    from models.messages import RecontactNotice
    from models.names import SIGNAL_RECONTACT
    from models.notice import NoticeResult
    from policies.lifecycle import (
        acts,
        changed_rules,
        deadlines,
        ladder,
        notices,
        observation,
        receiving,
        record,
        view,
    )
    from policies.lifecycle.case_page import case_page
    from workflows import case_file as attributes
    from workflows.request_errands import Item, RequestErrands, priority_of, signal_to


def _type_of(error: ActivityError, otherwise: Failure) -> str:
    cause = error.cause
    return (cause.type if isinstance(cause, ApplicationError) else None) or otherwise.type


def _record_words(entries: tuple[LedgerEntry, ...]) -> str:
    more = f" {len(entries)} events, the last" if len(entries) > 1 else ""
    return f"Record{more}: {entries[-1].event.summary}"


def _anchor(appended: AppendResult) -> LedgerAnchor | None:
    """How far the ledger goes; None where a version without digests wrote it."""
    if not appended.digest:
        return None
    return LedgerAnchor(row=appended.head, digest=appended.digest)


class ItemErrands:
    """Carries out what the item's state wants. Each errand leaves the state wanting less."""

    def __init__(self, item: Item, issue_key: str) -> None:
        self._item = item
        self._first_key = issue_key
        self._requests = RequestErrands(item)

    @property
    def _issue_key(self) -> str:
        """The issue's key, which changes when it is moved to another project."""
        item = self._item.state.item
        return item.issue_key if item else self._first_key

    def watches(self, request_id: str) -> bool:
        """Whether this run learns from the server how the request ends."""
        return self._requests.watches(request_id)

    async def run_all(self) -> None:
        """Do everything that can be done now; a parked item only keeps its books."""
        await self._receive()
        await self._requests.follow()
        await self._requests.confirm_reports()
        await self._extend_calendar()
        await self._read()
        await self._extend_calendar()
        self._pass_deadlines()
        await self._look_up_levels()
        await self._record_if_binding()
        await self._requests.start()
        await self._requests.send()
        await self._send_notices()
        await self._project()
        await self._end_if_gone()
        if self._item.state.closed_at is not None:
            await self._record()
        self._show()

    async def _receive(self) -> None:
        state = self._item.state
        if state.item is not None or state.gone or state.parked:
            return
        self._item.jira_changed_since_read = False
        request = ReceiveInput(
            issue_id=state.issue_id, workflow_id=state.workflow_id, now=workflow.now()
        )
        try:
            received = await workflow.execute_activity_method(
                ReceiveActivities.receive_item,
                request,
                **options.jira(f"Read {self._issue_key} and triage it"),
            )
        except ActivityError as error:
            self._failed(error, "receiving the issue")
            return
        self._item.state = receiving.receive(self._item.state, received, workflow.now())
        earlier = received.triage.recontact_of
        if earlier is not None:
            notice = RecontactNotice(
                issue_id=state.issue_id, issue_key=received.item.issue_key, at=workflow.now()
            )
            await signal_to(self._item, earlier.workflow_id, SIGNAL_RECONTACT, notice)

    async def _read(self) -> None:
        state = self._item.state
        if not self._item.jira_changed_since_read or state.item is None:
            return
        if state.parked or state.gone:
            return
        self._item.jira_changed_since_read = False
        try:
            observed = await workflow.execute_activity_method(
                JiraActivities.read_issue,
                ReadInput(issue_id=state.issue_id, cursor=state.cursor, issue_key=self._issue_key),
                **options.jira("See what people did in Jira"),
            )
        except ActivityError as error:
            self._item.jira_changed_since_read = True
            self._failed(error, "reading the issue")
            return
        self._item.state = observation.take_in(self._item.state, observed, workflow.now())

    def _pass_deadlines(self) -> None:
        self._item.state = deadlines.pass_deadlines(self._item.state, workflow.now())

    async def _look_up_levels(self) -> None:
        """Who is on a level whose turn it is; only levels that need it cost an activity."""
        while (rung := ladder.question(self._item.state)) is not None:
            request = LookUpInput(
                level=rung.level,
                written=rung.written,
                owner=self._item.state.owner,
                now=workflow.now(),
            )
            try:
                found = await workflow.execute_activity_method(
                    LevelActivities.look_up_level,
                    request,
                    **options.planning(f"Find out who is on level {rung.level} now"),
                )
            except ActivityError as error:
                failure = _type_of(error, POLICY_INVALID)
                state = ladder.as_pinned(self._item.state, rung, failure, workflow.now())
                self._item.state = state
                continue
            self._item.state = ladder.looked_up(self._item.state, found, workflow.now())

    async def _send_notices(self) -> None:
        while (notice := notices.due(self._item.state, workflow.now())) is not None:
            try:
                result = await workflow.execute_activity_method(
                    NoticeActivities.send_notice,
                    NoticeInput(notice=notice),
                    **options.notice(f"Tell level {notice.level}: {', '.join(notice.people)}"),
                )
            except ActivityError:
                result = NoticeResult()  # nobody knows whether it went out: it is tried again
            self._item.state = notices.sent(self._item.state, notice, result, workflow.now())

    async def _extend_calendar(self) -> None:
        state = self._item.state
        if state.snapshot is None or not deadlines.calendar_runs_out(state, workflow.now()):
            return
        calendar = await workflow.execute_activity_method(
            CalendarActivities.extend_calendar,
            ExtendCalendarInput(
                definition=state.snapshot.calendar_definition,
                covers_from=state.item.created_at if state.item else workflow.now(),
                scaled=state.snapshot.scale != 1.0,
                now=workflow.now(),
            ),
            **options.planning("Expand the pinned calendar further"),
        )
        self._item.state = changed_rules.expanded(self._item.state, calendar, workflow.now())

    async def _record_if_binding(self) -> None:
        if record.must_record_now(self._item.state):
            await self._record()

    async def _record(self) -> None:
        state = self._item.state
        if not state.unrecorded:
            return
        item = state.item
        entries = tuple(
            LedgerEntry(
                issue_id=state.issue_id,
                issue_key=self._issue_key,
                workflow_id=state.workflow_id,
                customer=item.customer.reference if item else None,
                category=state.category,
                policy_version=record.version_of(state, event),
                event=event,
            )
            for event in state.unrecorded
        )
        appended = await workflow.execute_activity_method(
            LedgerActivities.append_to_ledger,
            AppendInput(entries=entries),
            **options.ledger(_record_words(entries)),
        )
        self._item.state = record.recorded(
            self._item.state, entries[-1].event.sequence, _anchor(appended)
        )

    async def _end_if_gone(self) -> None:
        """Whichever errand found the issue gone: take back what waits, then end."""
        if self._item.state.gone:
            await self._requests.send()
            self._item.state = receiving.end_if_gone(self._item.state, workflow.now())

    async def _project(self) -> None:
        state = self._item.state
        if state.snapshot is None or state.parked or not view.must_project(state):
            return
        desired = view.desired_view(state)
        try:
            result = await workflow.execute_activity_method(
                JiraActivities.project_to_jira,
                desired,
                **options.jira(self._errand_words(state), priority_of(self._item.state)),
            )
        except ActivityError as error:
            self._failed(error, "bringing the issue up to date")
            self._try_again_if_told()
            return
        told = view.projected(self._item.state, desired, result)
        self._item.state = observation.take_in(told, result.observed, workflow.now())
        if observation.made_news(told, self._item.state):
            self._item.wake()

    def _try_again_if_told(self) -> None:
        """The issue changed while the errand failed: that may be the remedy, and it is unread."""
        if self._item.jira_changed_since_read and self._item.state.parked:
            how = "Tried again, because the issue changed meanwhile."
            self._item.state = acts.take_up(self._item.state, how, None, workflow.now())
            self._item.wake()

    def _errand_words(self, state: ItemState) -> str:
        parts = [f"Bring {self._issue_key} up to date"]
        if state.wanted_status:
            parts.append("move it")
        if state.comments:
            parts.append(f"{len(state.comments)} comment(s)")
        return ", ".join(parts)

    def _failed(self, error: ActivityError, doing: str) -> None:
        """Park the item for a person, or end it when its issue is gone."""
        failure = _type_of(error, JIRA_UNAVAILABLE)
        state = self._item.state
        if failure == ISSUE_GONE.type:
            self._item.state = receiving.gone(state, workflow.now())
            return
        parked = Parked(failure=failure, doing=doing, since=workflow.now())
        self._item.state = record.happened(
            state.model_copy(update={"parked": parked}),
            EventKind.PARKED,
            workflow.now(),
            f"Stopped while {doing}: {failure}. A person is needed.",
            failure=failure,
        )

    def _show(self) -> None:
        """Keep the Temporal UI's page and the saved views true.

        A closed item's attributes stay as they were: its run's own status says that it ended.
        """
        state = self._item.state
        shown = workflow.info().typed_search_attributes
        updates = attributes.changes(shown, attributes.search_attributes(state))
        if updates and state.closed_at is None:
            workflow.upsert_search_attributes(updates)
        workflow.set_current_details(case_page(state, workflow.now()))
