"""Looks at the versions of the project: starts rollouts in time, and wakes those that changed."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.marks import Watermarks
from activities.policy_source import PolicySource
from activities.receive import ledger_failures
from activities.start_item import wake
from jira_gateway.gateway import JiraGateway
from models.messages import JiraChanged
from models.names import ROLLOUT_WORKFLOW, SIGNAL_JIRA_CHANGED, rollout_workflow_id
from models.rollout import RolloutStart, RolloutSweepInput, RolloutSweepResult, VersionFacts

EVENT = "version"
LATE_BY = timedelta(days=30)
"""A version that should have been released longer ago than this was forgotten by its team."""


class RolloutSweepActivities:
    """One look at all versions is one call."""

    def __init__(
        self, client: Client, gateway: JiraGateway, policies: PolicySource, marks: Watermarks
    ) -> None:
        self._client = client
        self._gateway = gateway
        self._policies = policies
        self._marks = marks

    @activity.defn
    async def sweep_versions(self, request: RolloutSweepInput) -> RolloutSweepResult:
        """Start the rollout of every version whose checklist is due, wake those that changed.

        A version is told of again only when something about it is different from what was told
        last. Without a rollout.yaml nothing is done. Raises `ApplicationError` of
        `models.failures`.
        """
        policies = await asyncio.to_thread(self._policies.current)
        if policies.rollout is None:
            return RolloutSweepResult(versions=0, told=0)
        found = await asyncio.to_thread(self._gateway.versions)
        opens = timedelta(weeks=policies.rollout.opens_weeks_before)
        told = 0
        for version in found:
            due = is_due(version, opens, request.now)
            mark = mark_of(version, due=due)
            key = rollout_workflow_id(version.version_id)
            with ledger_failures():
                known = await asyncio.to_thread(self._marks.known_mark, key)
            if known == mark:
                continue
            if await self._tell(version, mark, due=due):
                told += 1
            with ledger_failures():
                await asyncio.to_thread(self._marks.remember_mark, key, mark)
        return RolloutSweepResult(versions=len(found), told=told)

    async def _tell(self, version: VersionFacts, mark: str, *, due: bool) -> bool:
        """Start or wake the version's rollout; False when there is nothing to wake."""
        workflow_id = rollout_workflow_id(version.version_id)
        if not due:
            return await wake(self._client, workflow_id, mark, EVENT)
        try:
            await self._client.start_workflow(
                ROLLOUT_WORKFLOW,
                RolloutStart(version_id=version.version_id, name=version.name),
                id=workflow_id,
                task_queue=activity.info().task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                start_signal=SIGNAL_JIRA_CHANGED,
                start_signal_args=[JiraChanged(delivery=mark, event=EVENT)],
                static_summary=f"Rollout of {version.name}"[:200],
            )
        except WorkflowAlreadyStartedError:
            return False  # it has ended, and a version is followed once
        return True


def is_due(version: VersionFacts, opens: timedelta, now: datetime) -> bool:
    """Whether the rollout of a version should run: unreleased, with its date inside the window."""
    if version.released or version.archived or version.release_date is None:
        return False
    day = datetime.combine(version.release_date, datetime.min.time(), UTC)
    return day - opens <= now <= day + LATE_BY


def mark_of(version: VersionFacts, *, due: bool) -> str:
    """What was told of a version, in a few characters."""
    told = f"{version.model_dump_json()}\n{due}".encode()
    return hashlib.sha256(told).hexdigest()[:16]
