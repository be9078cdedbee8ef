"""The versions of the worker that Temporal knows: which is given new items, what each still holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus as ServerStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.base import Frozen
from runtime.plugin import PLUGIN_NAME
from runtime.problems import Problem, Unreachable, WrongSettings

DEPLOYMENT = PLUGIN_NAME
ANSWER_SECONDS = 10.0
IDLE_POLL_SECONDS = 90
ALL = 100
"""Percent of the new items."""


class VersionStatus(StrEnum):
    """What a version is to Temporal."""

    WAITING = "waiting"
    CURRENT = "current"
    RAMPING = "ramping"
    DRAINING = "draining"
    DRAINED = "drained"


class Version(Frozen):
    """One build of the worker. `running` counts the runs that are pinned to it."""

    build_id: str
    status: VersionStatus
    running: int
    percent: float = 0.0


class Deployment(Frozen):
    """Every version, the newest first. `current` is what new items are given to."""

    current: str | None
    versions: tuple[Version, ...]

    def version(self, build_id: str) -> Version:
        """The version of this build. Raises `WrongSettings` when Temporal knows none."""
        for one in self.versions:
            if one.build_id == build_id:
                return one
        raise WrongSettings(
            f"Temporal knows no version {build_id} of the worker.",
            remedy="Start a worker of that build with FOLLOWTHROUGH_WORKER_VERSIONING=true; "
            "`followthrough deploy status` lists what is known.",
        )


_STATUS = {
    ServerStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: VersionStatus.CURRENT,
    ServerStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: VersionStatus.RAMPING,
    ServerStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: VersionStatus.DRAINING,
    ServerStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: VersionStatus.DRAINED,
}


async def deployment_of(client: Client) -> Deployment:
    """What Temporal knows. Raises `Problem` when no versioned worker ever started."""
    request = DescribeWorkerDeploymentRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT
    )
    try:
        answer = await client.workflow_service.describe_worker_deployment(
            request, timeout=timedelta(seconds=ANSWER_SECONDS)
        )
        info = answer.worker_deployment_info
        routing = info.routing_config
        ramping = routing.ramping_deployment_version.build_id
        versions = [
            Version(
                build_id=one.deployment_version.build_id,
                status=_STATUS.get(one.status, VersionStatus.WAITING),
                running=await _running(client, one.deployment_version.build_id),
                percent=routing.ramping_version_percentage
                if one.deployment_version.build_id == ramping
                else 0.0,
            )
            for one in sorted(
                info.version_summaries,
                key=lambda one: one.create_time.ToNanoseconds(),
                reverse=True,
            )
        ]
    except RPCError as error:
        raise _problem(error) from error
    return Deployment(
        current=routing.current_deployment_version.build_id or None, versions=tuple(versions)
    )


async def promote(client: Client, build_id: str, percent: float = ALL) -> None:
    """Give new items to this build: all of them, or a percentage while another one is current.

    Temporal takes any build that it ever saw, so ask `is_served` before. Raises `Problem`.
    """
    asked = timedelta(seconds=ANSWER_SECONDS)
    try:
        if percent >= ALL:
            await client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=client.namespace,
                    deployment_name=DEPLOYMENT,
                    build_id=build_id,
                    identity=client.identity,
                ),
                timeout=asked,
            )
        else:
            await client.workflow_service.set_worker_deployment_ramping_version(
                SetWorkerDeploymentRampingVersionRequest(
                    namespace=client.namespace,
                    deployment_name=DEPLOYMENT,
                    build_id=build_id,
                    percentage=percent,
                    identity=client.identity,
                ),
                timeout=asked,
            )
    except RPCError as error:
        raise _problem(error) from error


async def is_served(client: Client, task_queue: str, build_id: str) -> bool:
    """Whether a worker of this build asked for work on the queue a moment ago.

    A worker that idles asks once a minute, and one that was stopped stays listed for minutes.
    Raises `Problem`.
    """
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        report_pollers=True,
    )
    try:
        answer = await client.workflow_service.describe_task_queue(
            request, timeout=timedelta(seconds=ANSWER_SECONDS)
        )
    except RPCError as error:
        raise _problem(error) from error
    recent = datetime.now(UTC) - timedelta(seconds=IDLE_POLL_SECONDS)
    return any(
        one.deployment_options.build_id == build_id
        and one.last_access_time.ToDatetime(UTC) >= recent
        for one in answer.pollers
    )


def running_on(build_id: str) -> str:
    """The visibility query for the runs that are pinned to a build."""
    return f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build_id}' AND ExecutionStatus = 'Running'"


async def _running(client: Client, build_id: str) -> int:
    timeout = timedelta(seconds=ANSWER_SECONDS)
    return (await client.count_workflows(running_on(build_id), rpc_timeout=timeout)).count


def _problem(error: RPCError) -> Problem:
    if error.status is RPCStatusCode.NOT_FOUND:
        return Problem(
            "no versioned worker has started here yet.",
            remedy="Start one with FOLLOWTHROUGH_WORKER_VERSIONING=true; see docs/operating.md.",
        )
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return Problem(
            "Temporal refuses that just now: the current build serves queues that this one does "
            "not.",
            remedy="Start workers of this build for every queue, and try again.",
        )
    return Unreachable(
        "Temporal does not tell about the worker's versions.",
        remedy="`followthrough doctor` looks at the connection; a server older than 1.29 cannot.",
    )
