"""What a theme wants of the outside: its members counted, its delivery issue seen, people told."""

from __future__ import annotations

from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.theme_delivery import ThemeDeliveryActivities
    from activities.theme_groups import ThemeGroupActivities
    from activities.themes import ThemeActivities
    from models.failures import FAILURES_BY_TYPE, LEDGER_UNAVAILABLE
    from models.lifecycle import StatusCategory
    from models.sheet import Sheet
    from models.theme import ThemePhase, ThemeState, ThemeStatus
    from models.theme_messages import (
        CloseLoopInput,
        CountInput,
        DeliveryInput,
        MergeInput,
        PinThemeInput,
        Regroup,
        Regrouped,
        SplitInput,
    )
    from policies.sheets import questions
    from policies.themes import course, regrouping
    from policies.themes.report import status_of
    from workflows.sheet_errands import SheetErrands


class ThemeHolder(Protocol):
    """A workflow that holds a theme.

    `members_news` says that items may have come or gone, `delivery_news` that the delivery issue
    may have changed.
    """

    state: ThemeState
    sheet: Sheet
    errands: SheetErrands
    members_news: bool
    delivery_news: bool


class ThemeErrands:
    """Carries out what a theme wants, once a round."""

    def __init__(self, holder: ThemeHolder) -> None:
        self._holder = holder
        self._kept: ThemeStatus | None = None

    @property
    def state(self) -> ThemeState:
        """The theme as it stands."""
        return self._holder.state

    @state.setter
    def state(self, state: ThemeState) -> None:
        self._holder.state = state

    async def begin(self) -> None:
        """Pin the rules, once."""
        if self.state.rules is not None:
            return
        try:
            rules = await workflow.execute_activity_method(
                ThemeActivities.pin_theme,
                PinThemeInput(workflow_id=self.state.theme_id),
                **options.planning("Pin themes.yaml"),
            )
        except ActivityError as error:
            self._holder.errands.stopped(error, "pinning the policy")
            return
        self._holder.sheet = self._holder.sheet.model_copy(update={"problem": None})
        self.state = course.begin(self.state, rules, workflow.now())

    async def count(self) -> None:
        """Count the members, when some may have come or gone, and once a day."""
        now = workflow.now()
        if self.state.phase is ThemePhase.MERGED:
            return
        if not (self._holder.members_news or course.must_count(self.state, now)):
            return
        self._holder.members_news = False
        figures = await workflow.execute_activity_method(
            ThemeActivities.count_theme,
            CountInput(theme_id=self.state.theme_id, now=now),
            **options.ledger("Count the theme's items and customers"),
        )
        self.state = course.counted(self.state, figures, workflow.now())

    async def look(self) -> None:
        """Look at the delivery issue, when it may have changed, and link items that came since."""
        state = self.state
        sheet, rules, now = state.sheet, state.rules, workflow.now()
        if sheet.issue_gone:
            self.state = course.delivery_gone(state, now)
            return
        if sheet.issue_id is None or rules is None:
            return
        if not (self._holder.delivery_news or course.must_look(state, now)):
            return
        self._holder.delivery_news = False
        try:
            looked = await workflow.execute_activity_method(
                ThemeDeliveryActivities.look_at_delivery,
                DeliveryInput(
                    theme_id=state.theme_id,
                    issue_id=sheet.issue_id,
                    issue_key=sheet.issue_key,
                    link=rules.link,
                ),
                **options.jira("Look at the delivery issue, and link what is new"),
            )
        except ActivityError as error:
            self._holder.errands.stopped(error, "looking at the delivery issue")
            return
        self._holder.sheet = self._holder.sheet.model_copy(update={"problem": None})
        self.state = course.looked(self.state, looked.facts, looked.linked, workflow.now())

    def pass_time(self) -> None:
        """Remind people whose time has come."""
        self._holder.sheet = questions.pass_late(self._holder.sheet, workflow.now())

    async def show(self) -> None:
        """Make the delivery issue, once the theme was accepted, and say there what is to be said."""
        state = self.state
        if not state.accepted_as or (state.sheet.issue_id is None and not _wants_issue(state)):
            return
        await self._holder.errands.show(
            lambda: (state.accepted_as, state.accepted_text),
            status=StatusCategory.TO_DO if state.reopening else None,
            due=False,
        )

    async def close_the_loop(self) -> None:
        """Tell the customers, if somebody decided so; as many at once as one activity manages."""
        while self.state.closing:
            state = self.state
            try:
                result = await workflow.execute_activity_method(
                    ThemeDeliveryActivities.close_loop,
                    CloseLoopInput(
                        theme_id=state.theme_id,
                        words=state.closing,
                        operation_id=f"{state.sheet.life}/loop-{state.asked}",
                        after=state.telling.until if state.telling else None,
                    ),
                    **options.sweep("Tell the customers that it was delivered"),
                )
            except ActivityError as error:
                self._holder.errands.stopped(error, "telling the customers")
                return
            self._holder.sheet = self._holder.sheet.model_copy(update={"problem": None})
            self.state = course.told(self.state, result, workflow.now())

    async def keep(self) -> None:
        """Keep how the theme stands for lists, if anything is different."""
        status = status_of(self.state, workflow.now())
        if status == self._kept:
            return
        await workflow.execute_activity_method(
            ThemeActivities.keep_theme, status, **options.ledger("Keep how the theme stands")
        )
        self._kept = status

    async def regroup(self, message: Regroup) -> str:
        """Name, merge or split; answers what became of it. Raises `ApplicationError`."""
        refusal = regrouping.refused(self.state, message, workflow.now())
        if refusal is not None:
            self.state = regrouping.noted_refusal(
                self.state, message.actor, refusal, workflow.now()
            )
            raise ApplicationError(refusal.message, type=refusal.failure.type, non_retryable=True)
        if message.name is not None:
            self.state = regrouping.named(self.state, message, workflow.now())
        elif message.into is not None:
            await self._merge(message.into)
            self.state = regrouping.merged(self.state, message, workflow.now())
        else:
            new = await self._split(message)
            self.state = regrouping.split(self.state, message, new, workflow.now())
        return self.state.sheet.timeline[-1].summary

    async def _merge(self, into: str) -> None:
        try:
            await workflow.execute_activity_method(
                ThemeGroupActivities.merge_theme,
                MergeInput(theme_id=self.state.theme_id, into=into),
                **options.ledger(f"Move the items into {into}"),
            )
        except ActivityError as error:
            raise _in_plain(error) from error

    async def _split(self, message: Regroup) -> Regrouped:
        try:
            return await workflow.execute_activity_method(
                ThemeGroupActivities.split_theme,
                SplitInput(
                    theme_id=self.state.theme_id,
                    items=message.items,
                    operation_id=f"{self.state.sheet.life}/{self.state.sheet.sequence}",
                ),
                **options.ledger(f"Move {len(message.items)} items into a theme of their own"),
            )
        except ActivityError as error:
            raise _in_plain(error) from error


def _wants_issue(state: ThemeState) -> bool:
    return state.phase in (ThemePhase.ACCEPTED, ThemePhase.DELIVERED)


def _in_plain(error: ActivityError) -> ApplicationError:
    """What an activity refused, as the update's own refusal."""
    cause = error.cause
    kind = cause.type if isinstance(cause, ApplicationError) else None
    failure = FAILURES_BY_TYPE.get(kind or "", LEDGER_UNAVAILABLE)
    message = cause.message if isinstance(cause, ApplicationError) else failure.remedy
    return ApplicationError(message, type=failure.type, non_retryable=True)
