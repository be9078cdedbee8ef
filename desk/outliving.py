"""What stands still and that no word to its item reaches: the exception of a closed item, or one that
an earlier life of the item asked for.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from desk.answers import NO_WORKER_SECONDS, temporal_silent
from desk.questions import ask_exception, ask_request
from models import names
from models.names import action_workflow_id, exception_workflow_id, feedback_workflow_id
from runtime.problems import Problem

_ITEM, _EXCEPTION, _ACTION = (
    named("") for named in (feedback_workflow_id, exception_workflow_id, action_workflow_id)
)


async def stuck_beside(
    client: Client, item_workflow_id: str, spoken_for: frozenset[str]
) -> tuple[str, ...]:
    """The workflows of an item that stand still, beside those of the requests it speaks for.

    Those that do not answer are left out. Raises `Unreachable`.
    """
    found = []
    for workflow_id in await _running(client, item_workflow_id.removeprefix(_ITEM)):
        request_id = workflow_id.removeprefix(_EXCEPTION).removeprefix(_ACTION)
        if request_id not in spoken_for and await _stands_still(client, workflow_id, request_id):
            found.append(workflow_id)
    return tuple(found)


async def _running(client: Client, issue_id: str) -> list[str]:
    kinds = f"'{names.POLICY_EXCEPTION_WORKFLOW}', '{names.POLICY_ACTION_WORKFLOW}'"
    begins = " OR ".join(
        f"WorkflowId STARTS_WITH '{prefix}{issue_id}-'" for prefix in (_EXCEPTION, _ACTION)
    )
    query = f"ExecutionStatus = 'Running' AND WorkflowType IN ({kinds}) AND ({begins})"
    patience = timedelta(seconds=NO_WORKER_SECONDS)
    try:
        listing = client.list_workflows(query, rpc_timeout=patience)
        return [execution.id async for execution in listing]
    except RPCError as error:
        raise temporal_silent() from error


async def _stands_still(client: Client, workflow_id: str, request_id: str) -> bool:
    try:
        if workflow_id.startswith(_EXCEPTION):
            return (await ask_exception(client, request_id)).stuck is not None
        return (await ask_request(client, request_id)).stuck is not None
    except Problem:
        return False
