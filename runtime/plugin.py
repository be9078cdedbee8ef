"""The one plugin that worker, client, replayer and tests share, so that they cannot drift apart.

Give it to the client only: a worker made from that client inherits it, and giving it to both is
refused by the SDK.
"""

from __future__ import annotations

import dataclasses

import pydantic
from temporalio import workflow
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkerConfig, WorkerDeploymentConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from runtime.build_id import build_id
from runtime.heartbeats import Heartbeats
from runtime.payload_codec import data_converter
from runtime.payload_keys import PayloadKeyRing

PLUGIN_NAME = "followthrough"
IMPORTED_BY_ITSELF = "cryptography"
"""It imports its own exceptions from native code when it first raises one, as it does for a forged
proof. Refused that by the sandbox, it aborts the whole process, and so each worker in turn."""


def _strict_sandbox(runner: WorkflowRunner | None) -> WorkflowRunner:
    """The sandbox that refuses a workflow whose imports nobody meant to pass through."""
    if isinstance(runner, SandboxedWorkflowRunner):
        return dataclasses.replace(runner, restrictions=_stricter(runner.restrictions))
    return SandboxedWorkflowRunner(restrictions=_stricter(SandboxRestrictions.default))


def _stricter(restrictions: SandboxRestrictions) -> SandboxRestrictions:
    policy = (
        workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    passing = restrictions.with_passthrough_modules(IMPORTED_BY_ITSELF)
    return passing.with_import_notification_policy(policy)


class FollowthroughPlugin(SimplePlugin):
    """The shared settings, and the build id that every worker reports unless it brings its own.

    A worker that is `versioned` keeps the runs that it began, and is given new ones only once its
    build is promoted. The behaviour stands here and not on the workflows, where it would wedge
    every task of a worker that is not versioned.
    """

    versioned: bool = False

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Name the worker's code, and pin runs to it where builds are told apart."""
        config = super().configure_worker(config)
        if not config.get("deployment_config") and not config.get("build_id"):
            config["deployment_config"] = WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(deployment_name=PLUGIN_NAME, build_id=build_id()),
                use_worker_versioning=self.versioned,
                default_versioning_behavior=VersioningBehavior.PINNED
                if self.versioned
                else VersioningBehavior.UNSPECIFIED,
            )
        return config


def followthrough_plugin(
    payload_keys: PayloadKeyRing | None = None, *, versioned: bool = False
) -> FollowthroughPlugin:
    """A new plugin: pydantic payloads, the strict sandbox, and invalid models fail the workflow.

    With `payload_keys` payloads are encrypted. A `pydantic.ValidationError` would otherwise be
    retried as a broken workflow task for ever.
    """
    plugin = FollowthroughPlugin(
        PLUGIN_NAME,
        data_converter=data_converter(payload_keys),
        workflow_runner=_strict_sandbox,
        workflow_failure_exception_types=[pydantic.ValidationError],
        interceptors=[Heartbeats()],
    )
    plugin.versioned = versioned
    return plugin
