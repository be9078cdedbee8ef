"""How the workflow of a sheet lives: it wakes for news or for the next moment, until it is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, NoReturn, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from models.failures import MALFORMED
    from models.people import Actor
    from models.review import ReviewState
    from models.rollout import RolloutState
    from models.sheet import Question, Sheet
    from models.theme import ThemeState
    from policies.lifecycle.deadlines import Deadline
    from workflows.alarm import Alarm
    from workflows.new_runs import should_begin_anew
    from workflows.sheet_errands import SheetErrands

AnyState = TypeVar("AnyState", RolloutState, ReviewState, ThemeState)


class SheetWorkflow(Generic[AnyState]):
    """What the workflows of all sheets share. `news` says that somebody may have written."""

    def __init__(self, state: AnyState) -> None:
        self.state: AnyState = state
        self.news = True
        self.errands = SheetErrands(self)
        self._awake = True
        self._alarm = Alarm()

    @property
    def sheet(self) -> Sheet:
        """The sheet, for the errands."""
        sheet: Sheet = self.state.sheet
        return sheet

    @sheet.setter
    def sheet(self, sheet: Sheet) -> None:
        self.state = self.state.model_copy(update={"sheet": sheet})

    def take_in(self, sheet: Sheet) -> None:
        """The sheet after its issue was read or somebody replied: each reply that counts is new once."""
        before = {one.id for one in self.sheet.questions if one.given is not None}
        self.sheet = sheet
        self.wake()
        for question in sheet.questions:
            if question.given is not None and question.id not in before:
                self.decided(question)

    def decided(self, question: Question) -> None:
        """What a reply means for the holder beyond being a reply; nothing, unless it says otherwise."""

    def wake(self) -> None:
        """Something changed that the next round has to look at."""
        self._awake = True

    async def live(
        self,
        do_round: Callable[[], Awaitable[None]],
        *,
        over: Callable[[], bool],
        next_moment: Callable[[], datetime | None],
        begin_anew: Callable[[], NoReturn],
    ) -> None:
        """Round after round until it is over; a long history continues in a new run."""
        while True:
            self._awake = False
            await do_round()
            if over() and not self._awake:
                break
            if should_begin_anew():
                self._alarm.silence()
                begin_anew()
            at = self.errands.next_moment(next_moment())
            self._alarm.set(Deadline(at=at, what="the next look") if at else None)
            await workflow.wait_condition(lambda: self._awake or self._alarm.rang)
        self._alarm.silence()
        await workflow.wait_condition(workflow.all_handlers_finished)


def require_person(actor: Actor) -> None:
    """Turns away an act of nobody. Raises `ApplicationError`."""
    if not actor.person:
        what = "Say who acts: actor.person is empty."
        raise ApplicationError(what, type=MALFORMED.type, non_retryable=True)
