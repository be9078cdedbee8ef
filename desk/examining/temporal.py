"""What `doctor` looks at in Temporal: the server, its search attributes, a worker, what is parked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from desk.examining.checks import Finding, Health, note, ok, unreachable, wrong
from desk.examining.parked import MOST_NAMED, ParkedGroup, grouped, parked_items
from desk.questions import list_exceptions
from models.failures import FAILURES_BY_TYPE
from models.names import SEARCH_ATTRIBUTES
from policies.problems import PolicyError
from runtime.connection import connect
from runtime.problems import Unreachable, WrongSettings
from runtime.schedules import RECURRING, Recurring, recurring
from runtime.settings import Settings
from runtime.temporal_server import MAY_NOT_LIST, creation_command, missing_search_attributes

POLLED_WITHIN = timedelta(seconds=75)
"""A worker asks for work at least once a minute."""


async def check_temporal(settings: Settings) -> list[Finding]:
    """Everything that can be asked of Temporal."""
    part = "temporal"
    try:
        client = await connect(settings, patience_seconds=5.0)
    except Unreachable as problem:
        return [unreachable(part, f"{problem.where}: {problem.what}", problem.remedy)]
    except WrongSettings:
        return [note(part, "is not asked before the payload keys can be used.")]
    findings = [ok(part, f"{settings.temporal.address} answers.")]
    try:
        searchable = await _search_attributes(client, settings)
        findings.append(searchable)
        findings.append(await _worker(client, settings.task_queue))
        findings.extend([await _schedule(client, one) for one in _wanted(settings)])
        if searchable.health is not Health.WRONG:
            findings.extend(await _parked(client))
            findings.extend(await _exceptions(client))
    except Unreachable as problem:
        findings.append(unreachable(part, problem.what, problem.remedy))
    except RPCError as error:
        what = f"a question was not answered ({error.status.name.lower()})."
        findings.append(unreachable(part, what, "Look at the server's log and our rights in it."))
    return findings


def _wanted(settings: Settings) -> tuple[Recurring, ...]:
    """What should happen by itself; that policies do not load is found out elsewhere."""
    try:
        return recurring(settings.policies)
    except PolicyError:
        return RECURRING


async def _search_attributes(client: Client, settings: Settings) -> Finding:
    part = "search attributes"
    try:
        missing = await missing_search_attributes(client)
    except RPCError as error:
        if error.status not in MAY_NOT_LIST:
            raise
        remedy = f"In Temporal Cloud, see that the namespace has {', '.join(SEARCH_ATTRIBUTES)}."
        return note(part, "cannot be listed with our rights.", remedy)
    if not missing:
        return ok(part, "all are there.")
    command = creation_command(settings.temporal.namespace, missing)
    return wrong(part, f"missing: {', '.join(missing)}.", f"Run `{command}`.")


async def _worker(client: Client, task_queue: str) -> Finding:
    part = "worker"
    description = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    since = datetime.now(UTC) - POLLED_WITHIN
    recent = [
        poller.identity
        for poller in description.pollers
        if poller.last_access_time.ToDatetime(UTC) >= since
    ]
    if not recent:
        return unreachable(
            part,
            f"nobody asks for work on task queue {task_queue}.",
            "Start one with `followthrough worker`.",
        )
    return ok(
        part, f"{len(recent)} asked for work on task queue {task_queue} within the last minute."
    )


async def _schedule(client: Client, recurring: Recurring) -> Finding:
    part = recurring.part
    try:
        description = await client.get_schedule_handle(recurring.schedule_id).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return wrong(
            part,
            f"its schedule is not there ({recurring.summary.lower()}).",
            "A worker makes it when it starts: `followthrough worker`.",
        )
    if description.schedule.state.paused:
        return note(
            part,
            f"its schedule is paused ({recurring.summary.lower()}).",
            "Unpause it in the Temporal UI.",
        )
    return ok(part, f"{recurring.summary}, {recurring.rhythm}.")


async def _parked(client: Client) -> list[Finding]:
    """A line for each thing that stopped items, with the command that lets them go on."""
    part = "parked items"
    items = await parked_items(client)
    if not items:
        return [ok(part, "none.")]
    findings = [
        wrong(
            part,
            f"{_listed(group)} ({group.scope}): {group.failure}.",
            f"{group.remedy} Then: `{group.command}`.",
        )
        for group in grouped(items)
    ]
    silent = sum(item.failure is None for item in items)
    if silent:
        findings.append(
            wrong(
                part,
                f"{silent} wait for an operator and do not answer why.",
                "Look for a worker; then `followthrough queue --awaiting operator` lists them.",
            )
        )
    return findings


async def _exceptions(client: Client) -> list[Finding]:
    """Exceptions from policy that should have ended and could not be ended."""
    return [
        wrong(
            "exceptions",
            f"{one.issue_key}: {one.request_id} should have ended: {one.stuck.failure}.",
            f"{FAILURES_BY_TYPE[one.stuck.failure].remedy} Then: `followthrough resume "
            f"{one.issue_key} --as PERSON`.",
        )
        for one in await list_exceptions(client)
        if one.stuck is not None
    ]


def _listed(group: ParkedGroup) -> str:
    keys = [item.issue_key or item.workflow_id for item in group.items]
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return f"{', '.join(keys[:MOST_NAMED])}{more}"
