"""What an item does about its requests: start them, tell them, and learn how they ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from temporalio import workflow
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import (
    ApplicationError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
)

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.reports import ReportActivities
    from models.activity_io import ReportInput
    from models.approval import ActionResult
    from models.events import EventKind
    from models.item_state import ItemState, OpenAction, Outgoing
    from models.lifecycle import PRIORITY_KEY
    from models.messages import ActionStart, Resume, SubjectChanged
    from models.names import (
        SIGNAL_DECIDE,
        SIGNAL_DELEGATE,
        SIGNAL_REPORT_END,
        SIGNAL_RESUME,
        SIGNAL_SUBJECT_CHANGED,
        SIGNAL_WITHDRAW,
    )
    from policies.fitting import fitting
    from policies.lifecycle import actions_in, record, words
    from policies.lifecycle.facts import digest_now, item_facts, tell_outdated
    from workflows.case_file import request_attributes
    from workflows.policy_action import PolicyActionWorkflow

FAIRNESS_KEY_BYTES = 64
"""Temporal refuses a longer one."""
ABOUT_A_REQUEST = """\
One request for one action on an item: who must agree, their votes, and the effect, carried out once.

To vote from here: open the request on the desk (the link is in the current details), unfold *Vote in the \
Temporal UI instead*, copy the text, then *Send an Update* here, choose `decide` and paste it."""


class Item(Protocol):
    """What an errand needs of the workflow that sends it."""

    state: ItemState
    jira_changed_since_read: bool

    def wake(self) -> None:
        """Let the item look at its state again."""
        ...


class RequestErrands:
    """Carries out what the item wants of its requests."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self._watched: dict[str, asyncio.Task[None] | None] = {}

    async def start(self) -> None:
        """Start each request that was asked for and does not run yet."""
        for action in self._item.state.actions:
            if not action.started:
                await self._start_action(action)

    async def _start_action(self, action: OpenAction) -> None:
        state = self._item.state
        if state.snapshot is None or state.item is None:
            return
        digest = digest_now(state, action.proposal)
        sentence = words.sentence(words.what_of(action.proposal))
        request = ActionStart(
            proposal=action.proposal,
            item=item_facts(state, action.proposal),
            snapshot=state.snapshot,
            report_to=state.workflow_id,
            asked=action.asked,
            first=action.first,
            amendments=action.amendments,
            addresses=state.addresses,
        )
        # A run that was reset finds its request running already, which is as it should be.
        with suppress(WorkflowAlreadyStartedError):
            child = await workflow.start_child_workflow(
                PolicyActionWorkflow.run,
                request,
                id=action.workflow_id,
                # A request is decided once: its id is worth nothing for a second run.
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                # The request outlives the item's continue-as-new, so it is not closed with it.
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                priority=priority_of(state),
                static_summary=fitting(f"{sentence} · {state.item.issue_key}"),
                search_attributes=request_attributes(state, action.proposal),
                static_details=ABOUT_A_REQUEST,
            )
            request_id = action.proposal.request_id
            self._watched[request_id] = asyncio.create_task(self._watch(request_id, child))
        actions = tuple(
            a.model_copy(update={"started": True, "digest": digest, "facts": request.item})
            if a.workflow_id == action.workflow_id
            else a
            for a in self._item.state.actions
        )
        self._item.state = self._item.state.model_copy(update={"actions": actions})

    async def _watch(
        self,
        request_id: str,
        child: workflow.ChildWorkflowHandle[PolicyActionWorkflow, ActionResult],
    ) -> None:
        """The server itself says how a request ended that this run started."""
        try:
            result = await child
        except ChildWorkflowError:
            result = actions_in.lost(request_id, workflow.now())
        self._item.state = actions_in.ended(self._item.state, result, workflow.now())
        self._item.wake()

    def watches(self, request_id: str) -> bool:
        """Whether this run learns from the server how the request ends."""
        return self._watched.get(request_id) is not None

    async def follow(self) -> None:
        """Requests that an earlier run started are asked to report; this run is told nothing else."""
        for action in self._item.state.actions:
            request_id = action.proposal.request_id
            if action.started and action.waiting and request_id not in self._watched:
                self._watched[request_id] = None
                told = await signal_to(self._item, action.workflow_id, SIGNAL_REPORT_END, None)
                if not told:
                    self._item.state = actions_in.reported(self._item.state, request_id)

    async def confirm_reports(self) -> None:
        """A signal may come from anybody, so the request itself is asked how it ended."""
        for request_id in self._item.state.reported:
            answer = await workflow.execute_activity_method(
                ReportActivities.confirm_report,
                ReportInput(request_id=request_id, now=workflow.now()),
                **options.planning(f"Ask request {request_id} itself how it ended"),
            )
            state = actions_in.confirmed(
                self._item.state, request_id, answer.result, workflow.now()
            )
            self._item.state = state

    async def send(self) -> None:
        """Tell the requests what they have to know."""
        self._item.state = tell_outdated(self._item.state)
        while self._item.state.outgoing:
            message, *rest = self._item.state.outgoing
            self._item.state = self._item.state.model_copy(update={"outgoing": tuple(rest)})
            await self._send(message)

    async def _send(self, message: Outgoing) -> None:
        signal, content = SIGNAL_WITHDRAW, None
        if message.ballot is not None:
            signal, content = SIGNAL_DECIDE, message.ballot.model_dump(mode="json")
        elif message.delegation is not None:
            signal, content = SIGNAL_DELEGATE, message.delegation.model_dump(mode="json")
        elif message.subject is not None:
            change = SubjectChanged(item=message.subject)
            signal, content = SIGNAL_SUBJECT_CHANGED, change.model_dump(mode="json")
        elif message.resumed_by is not None:
            word = Resume(actor=message.resumed_by, undo=message.undo)
            signal, content = SIGNAL_RESUME, word.model_dump(mode="json")
        told = await signal_to(self._item, message.workflow_id, signal, content)
        if message.ballot is not None and not told:
            self._item.state = actions_in.came_too_late(self._item.state, message.ballot)


def priority_of(state: ItemState) -> Priority:
    """By severity, and fair among segments."""
    segment = state.item.customer.segment if state.item else None
    key = PRIORITY_KEY[state.severity] if state.severity else None
    return Priority(
        priority_key=key, fairness_key=fitting(segment, FAIRNESS_KEY_BYTES) if segment else None
    )


async def signal_to(item: Item, workflow_id: str, signal: str, argument: object) -> bool:
    """Signal another workflow; that it has ended is taken down, and False."""
    handle = workflow.get_external_workflow_handle(workflow_id)
    try:
        await handle.signal(signal, args=[] if argument is None else [argument])
    except ApplicationError:
        item.state = record.happened(
            item.state,
            EventKind.PROBLEM,
            workflow.now(),
            f"{workflow_id} has ended and could not be told: {signal}.",
            workflow=workflow_id,
        )
        return False
    return True
