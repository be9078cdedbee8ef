"""One review: the digest, the decisions that it asks for, and its end.

Held on a Schedule. The rules are pure functions in `policies.reviews` and `policies.sheets`.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.reviews import ReviewActivities
    from models.messages import JiraChanged
    from models.names import REVIEW_WORKFLOW
    from models.review import (
        DigestInput,
        PinReviewInput,
        ReviewRules,
        ReviewStart,
        ReviewState,
        ReviewStatus,
    )
    from models.sheet import Replied, Reply, Sheet
    from policies.lifecycle.deadlines import Deadline
    from policies.reviews import course, words
    from policies.reviews.report import status_of
    from policies.sheets import questions
    from workflows.alarm import Alarm
    from workflows.sheet_errands import SheetErrands, require_person


@workflow.defn(name=REVIEW_WORKFLOW)
class ReviewWorkflow:
    """One review. Handlers change the state; `run` does what the state asks for."""

    @workflow.init
    def __init__(self, start: ReviewStart) -> None:
        info = workflow.info()
        # A state that somebody else hands in would bring its own rules with it.
        carried = start.carried if info.continued_run_id else None
        life = info.first_execution_run_id[-8:]
        self.state = carried or ReviewState(
            sheet=Sheet(workflow_id=info.workflow_id, life=life), held_at=workflow.now()
        )
        self.news = False
        self._awake = True
        self._errands = SheetErrands(self)
        self._alarm = Alarm()

    @property
    def sheet(self) -> Sheet:
        """The review's questions, for the errands."""
        return self.state.sheet

    @sheet.setter
    def sheet(self, sheet: Sheet) -> None:
        self.state = self.state.model_copy(update={"sheet": sheet})

    @workflow.run
    async def run(self, start: ReviewStart) -> ReviewStatus:
        """Live until everybody has replied, or the review's time is up."""
        while True:
            self._awake = False
            await self._round()
            if self.state.ended_at is not None and not self._awake:
                break
            info = workflow.info()
            if info.is_continue_as_new_suggested() and workflow.all_handlers_finished():
                self._alarm.silence()
                workflow.continue_as_new(start.model_copy(update={"carried": self.state}))
            at = self._errands.next_moment(course.next_moment(self.state))
            self._alarm.set(Deadline(at=at, what="the next look at this review") if at else None)
            await workflow.wait_condition(lambda: self._awake or self._alarm.rang)
        self._alarm.silence()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    async def _round(self) -> None:
        """Everything that there is to do now, in order: hold, read, record, show, tell."""
        await self._hold()
        if self.state.digest is None:
            return
        await self._errands.read()
        now = workflow.now()
        self.sheet = questions.pass_late(self.sheet, now)
        self.state = course.end_if_over(self.state, now)
        await self._errands.record()
        await self._errands.show(
            lambda: (words.summary(self.state), words.text(self.state)),
            done=self.state.ended_at is not None,
        )
        await self._errands.tell()
        await self._errands.record()
        workflow.set_current_details(words.page(self.state))

    async def _hold(self) -> None:
        """Pin the rules, gather the digest, ask whoever has to decide; once."""
        if self.state.digest is not None:
            return
        try:
            rules = self.state.rules or await self._pinned()
            self.state = course.begin(self.state, rules)
            digest = await workflow.execute_activity_method(
                ReviewActivities.gather_digest,
                DigestInput(until=self.state.held_at, product_people=rules.product_people),
                **options.ledger("Look at what happened since the last review"),
            )
        except ActivityError as error:
            self._errands.stopped(error, "gathering the digest")
            return
        self.sheet = self.sheet.model_copy(update={"problem": None})
        self.state = course.held(self.state, digest, workflow.now())

    async def _pinned(self) -> ReviewRules:
        return await workflow.execute_activity_method(
            ReviewActivities.pin_review,
            PinReviewInput(workflow_id=self.sheet.workflow_id),
            **options.planning("Pin review.yaml"),
        )

    def take_in(self, sheet: Sheet) -> None:
        """The review after its issue was read or somebody replied."""
        self.sheet = sheet
        self._awake = True

    @workflow.signal(description="Somebody wrote on the review's issue; it is read.")
    def jira_changed(self, _change: JiraChanged) -> None:
        """The payload is a hint only."""
        self.news = True
        self._awake = True

    @workflow.update(description="Reply to a question: decide, or sign the review off.")
    async def reply(self, message: Reply) -> Replied:
        """Answers what counts now; refused for whoever was not asked."""
        await workflow.wait_condition(lambda: bool(self.sheet.questions))
        return self._errands.answer(message, ended=self.state.ended_at is not None)

    @reply.validator
    def _reply_is_well_formed(self, message: Reply) -> None:
        require_person(message)

    @workflow.query(description="Where the review stands: its digest and its decisions.")
    def status(self) -> ReviewStatus:
        """Everything that `followthrough review` shows."""
        return status_of(self.state, workflow.now())
