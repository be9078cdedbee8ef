"""One review: the digest, the decisions that it asks for, and its end.

Held on a Schedule. The rules are pure functions in `policies.reviews` and `policies.sheets`.
"""

from __future__ import annotations

from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.reviews import ReviewActivities
    from models.lifecycle import StatusCategory
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
    from policies.reviews import course, words
    from policies.reviews.report import status_of
    from policies.sheets import questions
    from workflows import new_runs
    from workflows.sheet_life import SheetWorkflow, require_person


@workflow.defn(name=REVIEW_WORKFLOW)
class ReviewWorkflow(SheetWorkflow[ReviewState]):
    """One review. Handlers change the state; `run` does what the state asks for."""

    @workflow.init
    def __init__(self, start: ReviewStart) -> None:
        info = workflow.info()
        # A state that somebody else hands in would bring its own rules with it.
        carried = start.carried if info.continued_run_id else None
        sheet = Sheet(workflow_id=info.workflow_id, life=info.first_execution_run_id[-8:])
        super().__init__(carried or ReviewState(sheet=sheet, held_at=workflow.now()))

    @workflow.run
    async def run(self, start: ReviewStart) -> ReviewStatus:
        """Live until everybody has replied, or the review's time is up."""

        def begin_anew() -> NoReturn:
            new_runs.begin_anew(start.model_copy(update={"carried": self.state}))

        await self.live(
            self._round,
            over=lambda: self.state.ended_at is not None,
            next_moment=lambda: course.next_moment(self.state),
            begin_anew=begin_anew,
        )
        return self.status()

    async def _round(self) -> None:
        """Everything that there is to do now, in order: hold, read, record, show, tell."""
        await self._hold()
        if self.state.digest is None:
            return
        await self.errands.read()
        now = workflow.now()
        self.sheet = questions.pass_late(self.sheet, now)
        self.state = course.end_if_over(self.state, now)
        await self.errands.record()
        await self.errands.show(
            lambda: (words.summary(self.state), words.text(self.state)),
            status=StatusCategory.DONE if self.state.ended_at is not None else None,
        )
        await self.errands.tell()
        await self.errands.record()
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
                **options.sweep("Look at what happened since the last review"),
            )
        except ActivityError as error:
            self.errands.stopped(error, "gathering the digest")
            return
        self.sheet = self.sheet.model_copy(update={"problem": None})
        self.state = course.held(self.state, digest, workflow.now())

    async def _pinned(self) -> ReviewRules:
        return await workflow.execute_activity_method(
            ReviewActivities.pin_review,
            PinReviewInput(workflow_id=self.sheet.workflow_id),
            **options.planning("Pin review.yaml"),
        )

    @workflow.signal(description="Somebody wrote on the review's issue; it is read.")
    def jira_changed(self, _change: JiraChanged) -> None:
        """The payload is a hint only."""
        self.news = True
        self.wake()

    @workflow.update(description="Reply to a question: decide, or sign the review off.")
    async def reply(self, message: Reply) -> Replied:
        """Answers what counts now; refused for whoever was not asked."""
        await workflow.wait_condition(lambda: bool(self.sheet.questions))
        return self.errands.answer(message, ended=self.state.ended_at is not None)

    @reply.validator
    def _reply_is_well_formed(self, message: Reply) -> None:
        require_person(message.actor)

    @workflow.query(description="Where the review stands: its digest and its decisions.")
    def status(self) -> ReviewStatus:
        """Everything that `followthrough review` shows."""
        return status_of(self.state, workflow.now())
