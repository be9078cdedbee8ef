"""One Jira version, from its checklist weeks before the release to the end of its watch.

The rules are pure functions in `policies.rollouts` and `policies.sheets`; this workflow holds the
state, carries out what it wants of the outside, and wakes for news or for the next moment.
"""

from __future__ import annotations

from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.rollouts import RolloutActivities
    from models.lifecycle import StatusCategory
    from models.messages import JiraChanged
    from models.names import ROLLOUT_WORKFLOW
    from models.rollout import (
        JudgeInput,
        PinRolloutInput,
        ReadVersionInput,
        RolloutPhase,
        RolloutStart,
        RolloutState,
        RolloutStatus,
    )
    from models.sheet import Question, Replied, Reply, Sheet
    from policies.rollouts import course, words
    from policies.rollouts.report import status_of
    from policies.sheets import questions
    from workflows import new_runs
    from workflows.sheet_life import SheetWorkflow, require_person


@workflow.defn(name=ROLLOUT_WORKFLOW)
class RolloutWorkflow(SheetWorkflow[RolloutState]):
    """One rollout. Handlers change the state; `run` does what the state asks for."""

    @workflow.init
    def __init__(self, start: RolloutStart) -> None:
        info = workflow.info()
        # A state that somebody else hands in would bring its own rules with it.
        carried = start.carried if info.continued_run_id else None
        sheet = Sheet(workflow_id=info.workflow_id, life=info.first_execution_run_id[-8:])
        super().__init__(carried or RolloutState(version_id=start.version_id, sheet=sheet))
        self._version_news = True

    @workflow.run
    async def run(self, start: RolloutStart) -> RolloutStatus:
        """Live until the watch is over, or the version is gone, archived or rolled back."""

        def begin_anew() -> NoReturn:
            new_runs.begin_anew(start.model_copy(update={"carried": self.state}))

        await self.live(
            self._round,
            over=lambda: self.state.phase is RolloutPhase.ENDED,
            next_moment=lambda: course.next_moment(self.state, workflow.now()),
            begin_anew=begin_anew,
        )
        return self.status()

    async def _round(self) -> None:
        """Everything that there is to do now, in order: look, judge, record, show, tell."""
        await self._begin()
        if self.state.rules is None:
            return
        await self._read_version()
        await self.errands.read()
        now = workflow.now()
        self.state = course.open_in_time(self.state, now)
        self.sheet = questions.pass_late(self.sheet, now)
        await self._judge()
        self.state = course.after_watch(self.state, workflow.now())
        await self.errands.record()
        if self.sheet.questions:
            ended = self.state.phase is RolloutPhase.ENDED
            await self.errands.show(
                lambda: (words.summary(self.state), words.text(self.state)),
                status=StatusCategory.DONE if ended else None,
            )
            await self.errands.tell()
            await self.errands.record()
        workflow.set_current_details(words.page(self.state))

    async def _begin(self) -> None:
        if self.state.rules is not None:
            return
        try:
            rules = await workflow.execute_activity_method(
                RolloutActivities.pin_rollout,
                PinRolloutInput(version_id=self.state.version_id),
                **options.planning("Pin rollout.yaml"),
            )
        except ActivityError as error:
            self.errands.stopped(error, "pinning the policy")
            return
        self.sheet = self.sheet.model_copy(update={"problem": None})
        self.state = course.begin(self.state, rules, workflow.now())

    async def _read_version(self) -> None:
        looked = self.state.looked_at
        due = looked is None or workflow.now() - looked >= course.LOOK_EVERY
        if self.state.phase is RolloutPhase.ENDED or not (self._version_news or due):
            return
        self._version_news = False
        try:
            read = await workflow.execute_activity_method(
                RolloutActivities.read_version,
                ReadVersionInput(version_id=self.state.version_id),
                **options.jira("Look at the version"),
            )
        except ActivityError as error:
            self._version_news = True
            self.errands.stopped(error, "looking at the version")
            return
        self.sheet = self.sheet.model_copy(update={"problem": None})
        self.state = course.version_read(self.state, read.version, workflow.now())

    async def _judge(self) -> None:
        state, now = self.state, workflow.now()
        if not course.must_judge(state, now) or state.rules is None or state.version is None:
            return
        if state.released_at is None:
            return
        verdict = await workflow.execute_activity_method(
            RolloutActivities.judge_rollout,
            JudgeInput(
                release=state.version.name,
                released_at=state.released_at,
                rules=state.rules.watch,
                now=now,
            ),
            **options.ledger("See what people say about the release"),
        )
        self.state = course.judged(self.state, verdict, now)

    def decided(self, question: Question) -> None:
        """A reply may be a decision of how the rollout goes on."""
        self.state = course.decided(self.state, question, workflow.now())

    @workflow.signal(description="Something changed in Jira; the version and the issue are read.")
    def jira_changed(self, change: JiraChanged) -> None:
        """The payload is a hint only."""
        self.news = True
        self._version_news = self._version_news or change.event == "version"
        self.wake()

    @workflow.update(description="Reply to a question: sign a line off, or decide how it goes on.")
    async def reply(self, message: Reply) -> Replied:
        """Answers what counts now; refused for whoever was not asked."""
        await workflow.wait_condition(
            lambda: bool(self.sheet.questions) or self.state.phase is RolloutPhase.ENDED
        )
        return self.errands.answer(message, ended=self.state.phase is RolloutPhase.ENDED)

    @reply.validator
    def _reply_is_well_formed(self, message: Reply) -> None:
        require_person(message.actor)

    @workflow.query(description="Where the rollout stands: its checklist, its figures, its end.")
    def status(self) -> RolloutStatus:
        """Everything that `followthrough rollout` shows."""
        return status_of(self.state, workflow.now())
