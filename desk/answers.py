"""What Temporal's failures mean to a person who asked or acted."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.problems import Problem, Unreachable

NO_WORKER_SECONDS = 10.0
"""How long an act or a question waits for a worker before it says that none answered."""
_NO_WORKER = frozenset(
    {
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.FAILED_PRECONDITION,
    }
)


class NotFollowed(Problem):
    """There is no such item or request in Temporal (any more)."""


class AlreadyClosed(Problem):
    """The item or request has ended, so nothing can be done on it."""


class CannotAnswer(Unreachable):
    """A worker is there, but this one run fails in it."""


def cannot_answer(workflow_id: str) -> CannotAnswer:
    """The run fails in its worker, most likely because the code has changed under it."""
    return CannotAnswer(
        "This one cannot answer: it fails in its worker, perhaps since the code has changed.",
        where=workflow_id,
        remedy="Open its run in the Temporal UI to see why; a worker of the version that it began "
        "with can carry it on.",
    )


def no_worker() -> Unreachable:
    """No worker took the act up in time."""
    return Unreachable(
        "No worker answered; is one running?",
        remedy="Start one with `followthrough worker`, then repeat. `followthrough doctor` shows "
        "what else is missing.",
    )


def temporal_silent() -> Unreachable:
    """The server itself did not answer."""
    return Unreachable(
        "Temporal does not answer.",
        remedy="Start the local stack with `followthrough up`, or look at TEMPORAL_ADDRESS. "
        "`followthrough doctor` checks each part.",
    )


def is_unknown(error: RPCError) -> bool:
    """The server knows no such run, or none that is open."""
    return error.status == RPCStatusCode.NOT_FOUND


async def sentence_for(client: Client, workflow_id: str, error: RPCError) -> Problem:
    """The problem to raise for a failed call, by its status and never by its text."""
    if error.status in _NO_WORKER:
        return no_worker()
    if not is_unknown(error):
        return temporal_silent()
    kinds = {"action": "request", "rollout": "rollout", "review": "review"}
    what = kinds.get(workflow_id.partition("-")[0], "item")
    try:
        await client.get_workflow_handle(workflow_id).describe()
    except RPCError as second:
        if not is_unknown(second):
            return temporal_silent()
        return NotFollowed(
            f"No such {what} is followed.",
            where=workflow_id,
            remedy="`followthrough queue` lists what waits; a new issue is taken in within minutes.",
        )
    return AlreadyClosed(
        f"This {what} has ended; nothing can be changed on it any more.",
        where=workflow_id,
        remedy="`followthrough show KEY` tells by whom and why it was decided.",
    )
