"""One theme: one problem that several customers tell of, until it is delivered, and after that.

The rules are pure functions in `policies.themes` and `policies.sheets`.
"""

from __future__ import annotations

from typing import NoReturn

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages import JiraChanged
    from models.names import THEME_WORKFLOW
    from models.sheet import Question, Replied, Reply, Sheet
    from models.theme import ThemePhase, ThemeStart, ThemeState, ThemeStatus
    from models.theme_messages import Regroup
    from policies.themes import course, words
    from policies.themes.report import status_of
    from workflows import new_runs
    from workflows.sheet_life import SheetWorkflow, require_person
    from workflows.theme_errands import ThemeErrands


@workflow.defn(name=THEME_WORKFLOW)
class ThemeWorkflow(SheetWorkflow[ThemeState]):
    """One theme. Handlers change the state; `run` does what the state asks for."""

    @workflow.init
    def __init__(self, start: ThemeStart) -> None:
        info = workflow.info()
        # A state that somebody else hands in would bring its own rules with it.
        carried = start.carried if info.continued_run_id else None
        sheet = Sheet(workflow_id=info.workflow_id, life=info.first_execution_run_id[-8:])
        super().__init__(carried or ThemeState(theme_id=info.workflow_id, sheet=sheet))
        self.members_news = True
        self.delivery_news = True
        self.theme_errands = ThemeErrands(self)

    @workflow.run
    async def run(self, start: ThemeStart) -> ThemeStatus:
        """Live until the theme is merged into another one."""

        def begin_anew() -> NoReturn:
            new_runs.begin_anew(start.model_copy(update={"carried": self.state}))

        await self.live(
            self._round,
            over=lambda: self.state.phase is ThemePhase.MERGED,
            next_moment=lambda: course.next_moment(self.state),
            begin_anew=begin_anew,
        )
        return self.status()

    async def _round(self) -> None:
        """Everything that there is to do now, in order: count, read, look, record, show, tell."""
        await self.theme_errands.begin()
        if self.state.rules is None:
            return
        await self.theme_errands.count()
        await self.errands.read()
        await self.theme_errands.look()
        self.theme_errands.pass_time()
        await self.errands.record()
        await self.theme_errands.show()
        await self.theme_errands.close_the_loop()
        await self.errands.tell()
        await self.errands.record()
        await self.theme_errands.keep()
        workflow.set_current_details(words.page(self.state))

    def decided(self, question: Question) -> None:
        """Every reply decides something about the theme."""
        self.state = course.decided(self.state, question, workflow.now())

    @workflow.signal(description="Something changed on the delivery issue; it is read.")
    def jira_changed(self, _change: JiraChanged) -> None:
        """The payload is a hint only."""
        self.news = self.delivery_news = True
        self.wake()

    @workflow.signal(description="Items joined the theme or left it; they are counted.")
    def members_changed(self) -> None:
        """A hint only: who belongs to it stands in the ledger."""
        self.members_news = True
        self.wake()

    @workflow.update(description="Reply: accept or dismiss the theme, or tell its customers.")
    async def reply(self, message: Reply) -> Replied:
        """Answers what counts now; refused for whoever was not asked."""
        await workflow.wait_condition(lambda: bool(self.sheet.questions))
        return self.errands.answer(message, ended=self.state.phase is ThemePhase.MERGED)

    @reply.validator
    def _reply_is_well_formed(self, message: Reply) -> None:
        require_person(message.actor)

    @workflow.update(description="Name the theme, merge it into another, or split items off.")
    async def regroup(self, message: Regroup) -> Replied:
        """Answers what became of it; refused for whoever does not decide about the theme."""
        await workflow.wait_condition(lambda: self.state.rules is not None)
        try:
            said = await self.theme_errands.regroup(message)
        finally:
            self.members_news = True
            self.wake()
        return Replied(message=said)

    @regroup.validator
    def _regroup_is_well_formed(self, message: Regroup) -> None:
        require_person(message.actor)

    @workflow.query(description="Where the theme stands: its figures, what is asked, its delivery.")
    def status(self) -> ThemeStatus:
        """Everything that `followthrough theme` shows."""
        return status_of(self.state, workflow.now())
