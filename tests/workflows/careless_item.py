"""A workflow whose import of our rules nobody passed through the sandbox on purpose."""

from __future__ import annotations

from temporalio import workflow

from policies.lifecycle.words import duration


@workflow.defn
class CarelessItem:
    @workflow.run
    async def run(self) -> str:
        return duration(90)
