"""Two builds of the worker at once: what runs stays on the one that began it, until it moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from activities.start_item import wake
from models.names import feedback_workflow_id
from runtime.deployment import DEPLOYMENT, VersionStatus, deployment_of, promote, running_on
from runtime.problems import Problem, WrongSettings
from tests.workflows.deeds import resolve
from tests.workflows.office import PATIENCE_SECONDS, Issue, Office
from tests.workflows.opening import open_worker, real_office
from tests.workflows.terminal import command, document

pytestmark = pytest.mark.e2e
OLD, NEW = "old-build", "new-build"


def build(name: str) -> WorkerDeploymentConfig:
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=name),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """An office whose worker is the old build, which is given the items."""
    async with real_office(tmp_path, kind=Office, deployment_config=build(OLD)) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", opened.client.service_client.config.target_host)
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("FOLLOWTHROUGH_TASK_QUEUE", opened.settings.task_queue)
        await known(opened, OLD)
        await promote(opened.client, OLD)
        yield opened


async def known(office: Office, name: str) -> None:
    """Wait until Temporal knows the build."""

    async def is_known() -> bool:
        try:
            (await deployment_of(office.client)).version(name)
        except Problem:
            return False
        return True

    await until(is_known, say=f"Temporal knows {name}")


async def until(question: Callable[[], Awaitable[bool]], *, say: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS * 2
    while not await question():
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain until {say}"
        await asyncio.sleep(0.2)


async def is_on(office: Office, issue: Issue, name: str) -> bool:
    described = await office.client.get_workflow_handle(feedback_workflow_id(issue.id)).describe()
    pinned = described.raw_description.workflow_execution_info.versioning_info.deployment_version
    return bool(pinned.build_id == name)


async def listed_on(office: Office, name: str, many: int) -> None:
    """Wait until visibility shows so many runs pinned to the build."""

    async def shown() -> bool:
        return (await office.client.count_workflows(running_on(name))).count == many

    await until(shown, say=f"{many} runs are on {name}")


async def received(office: Office, text: str) -> Issue:
    issue = await office.report(text)
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    return issue


async def test_the_old_build_keeps_its_items_and_the_new_one_takes_new_ones(
    office: Office,
) -> None:
    first = await received(office, "Trouble")
    stays = await received(office, "Another trouble")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_worker(office, deployment_config=build(NEW)))
        await known(office, NEW)
        promoted = await document("deploy", "promote", NEW)
        assert promoted["current"] == NEW
        second = await received(office, "Later trouble")
        assert await is_on(office, second, NEW)
        assert await is_on(office, stays, OLD)

        await listed_on(office, OLD, 2)
        held = await command("deploy", "drain", OLD)
        assert held.exit_code == 1
        assert f"2 runs are pinned to {OLD}" in held.stdout

        await resolve(office, stays)
        await until(lambda: is_on(office, stays, NEW), say="it moves once it has something to do")
        await listed_on(office, OLD, 1)
        moved = await document("deploy", "drain", OLD, "--wake", "--wait")
        assert (moved["drained"], moved["woken"]) == (True, 1)
        assert await is_on(office, first, NEW)
        status = await office.status(first)
        assert status.severity is not None, "what the run knew moved along"
        assert (await office.status(stays)).outcome is not None


async def test_a_build_that_nobody_serves_is_not_promoted_and_status_says_what_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WrongSettings, match="knows no version"):
        (await deployment_of(office.client)).version("never-seen")
    refused = await command("deploy", "promote", "never-seen")
    assert refused.exit_code == 2
    assert "deploy status" in refused.stderr
    shown = await document("deploy", "status")
    assert shown["current"] == OLD
    assert [one["status"] for one in shown["versions"]] == [VersionStatus.CURRENT]
    in_use = await command("deploy", "drain", OLD)
    assert in_use.exit_code == 1
    assert "Promote another build first" in in_use.stderr
    monkeypatch.setenv("FOLLOWTHROUGH_TASK_QUEUE", "where-nobody-works")
    idle = await command("deploy", "promote", OLD)
    assert idle.exit_code == 1
    assert "no worker of old-build asked for work on the queue where-nobody-works" in " ".join(
        idle.stderr.split()
    )


async def test_going_back_is_promoting_the_former_build(office: Office) -> None:
    async with open_worker(office, deployment_config=build(NEW)):
        await known(office, NEW)
        await promote(office.client, NEW, percent=10)
        (newest, _) = (await deployment_of(office.client)).versions
        assert (newest.status, newest.percent) == (VersionStatus.RAMPING, 10)
        await promote(office.client, NEW)
        await promote(office.client, OLD)
        assert (await deployment_of(office.client)).current == OLD
        issue = await received(office, "Trouble after all")
        assert await is_on(office, issue, OLD)


async def test_an_item_of_a_worker_without_versions_begins_anew_as_before(tmp_path: Path) -> None:
    soon = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=30")
    async with real_office(tmp_path, kind=Office, server_options=soon) as plain:
        issue = await received(plain, "Trouble")
        first_run = (await plain.handle(issue).describe()).run_id

        async def began_anew() -> bool:
            await wake(plain.client, feedback_workflow_id(issue.id), "again", "test")
            return (await plain.handle(issue).describe()).run_id != first_run

        await until(began_anew, say="it begins anew")
        assert (await plain.status(issue)).severity is not None
