"""A workflow whose one activity takes its time."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

ALLOWED_SECONDS = 12.0


@workflow.defn
class SlowActivityWorkflow:
    """Calls the activity named `slow` and answers what it answers."""

    @workflow.run
    async def run(self) -> int:
        """The attempt that ended well."""
        attempt: int = await workflow.execute_activity(
            "slow",
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=timedelta(seconds=ALLOWED_SECONDS),
            result_type=int,
        )
        return attempt
