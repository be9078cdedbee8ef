"""The same play against the real workflows: whatever people do, nothing happens without its quorum.

Every workflow task is replayed from its beginning, as after a restart of the worker.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from models.approval import ActionKind, ActionStatus, Choice
from tests.workflows.approval_deeds import amend, delegate
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.office import Issue, Office
from tests.workflows.opening import skipping_office

Answer = TypeVar("Answer")
FINANCE = ("fay", "finn")
PEOPLE = (*FINANCE, "fay", "finn", "sam", "lena", "omar", "ada")
REFUSED = (WorkflowUpdateFailedError, RPCError)


class Backstage:
    """An office whose loop runs on a thread of its own, for rules that are no coroutines."""

    def __init__(self, directory: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._doors = AsyncExitStack()
        opening = skipping_office(directory, max_cached_workflows=0)
        self.office: Office = self.run(self._doors.enter_async_context(opening))

    def run(self, act: Coroutine[Any, Any, Answer]) -> Answer:
        """Do it there and wait."""
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(timeout=120)

    def close(self) -> None:
        """Close the office, then stop the loop."""
        self.run(self._doors.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)


@pytest.fixture
def backstage(tmp_path: Path) -> Iterator[Backstage]:
    opened = Backstage(tmp_path)
    yield opened
    opened.close()


class RequestMachine(RuleBasedStateMachine):
    """One item with a refund that two of finance have to agree to."""

    def __init__(self, backstage: Backstage) -> None:
        super().__init__()
        self.stage, self.office = backstage, backstage.office
        self.issue: Issue
        self.request = ""

    @initialize()
    def ask_for_a_refund(self) -> None:
        self.issue = self.stage.run(triaged(self.office, REFUND))
        self.request = self._try(propose(self.office, self.issue, ActionKind.REFUND, 9900)) or ""

    @rule(
        who=st.sampled_from(PEOPLE), choice=st.sampled_from((Choice.APPROVE,) * 4 + tuple(Choice))
    )
    def vote(self, who: str, choice: Choice) -> None:
        self._try(self.office.vote(self.request, who, choice))

    @rule(who=st.sampled_from(FINANCE), to=st.sampled_from(("sam", "lena", "omar", "finn")))
    def lend(self, who: str, to: str) -> None:
        self._try(delegate(self.office, self.request, who, to))

    @rule(who=st.sampled_from(("omar", "ada")), minor=st.sampled_from((8800, 7700)))
    def amend(self, who: str, minor: int) -> None:
        self._try(amend(self.office, self.request, who, minor))

    @rule(hours=st.sampled_from((1, 30)))
    def let_time_pass(self, hours: int) -> None:
        self.stage.run(self.office.sleep(timedelta(hours=hours)))

    @precondition(lambda self: self.request)
    @rule(really=st.sampled_from((False, False, True)))
    def edit_the_issue(self, really: bool) -> None:
        if really:
            self._try(self.office.edit(self.issue, "ada", summary="Something else altogether"))

    @rule(really=st.sampled_from((False, False, False, True)))
    def withdraw(self, really: bool) -> None:
        handle = self.office.client.get_workflow_handle(f"action-{self.request}")
        if really:
            self._try(handle.signal("withdraw"))

    def teardown(self) -> None:
        if not self.request:
            return
        self.stage.run(self.office.sleep(timedelta(days=1)))
        status = self.stage.run(self.office.status(self.issue))
        requests = {one.request_id: one for one in status.actions}
        for effect in self.office.effects():
            if effect["key"] in requests and effect["status"] == "executed":
                self._was_granted(self.stage.run(self.office.request(effect["key"])))
        executions = [e["key"] for e in self.office.effects() if e["key"] in requests]
        assert len(executions) == len(set(executions)), "an effect happened twice"

    def _was_granted(self, status: ActionStatus) -> None:
        yes = [vote for vote in status.votes if vote.choice is Choice.APPROVE]
        assert {vote.on_behalf_of or vote.human for vote in yes} == set(FINANCE)
        assert len({vote.human for vote in yes}) == 2, "one person gave two votes"
        involved = {"omar"} | {editor.person for editor in status.proposal.edited_by}
        assert involved.isdisjoint(vote.human for vote in yes)
        assert all(vote.choice is Choice.APPROVE for vote in status.votes)

    def _try(self, act: Coroutine[Any, Any, Answer]) -> Answer | None:
        """Do it; being refused is one of the things that may happen."""
        with suppress(*REFUSED):
            return self.stage.run(act)
        return None


def test_whatever_people_do_no_refund_happens_without_its_quorum_or_twice(
    backstage: Backstage,
) -> None:
    run_state_machine_as_test(
        lambda: RequestMachine(backstage),
        settings=settings(
            max_examples=8,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
