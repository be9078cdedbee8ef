"""A workflow module whose import of `models` nobody passed through the sandbox on purpose."""

from __future__ import annotations

from temporalio import workflow

from models.names import DEFAULT_TASK_QUEUE


@workflow.defn
class CarelessWorkflow:
    @workflow.run
    async def run(self) -> str:
        return DEFAULT_TASK_QUEUE
