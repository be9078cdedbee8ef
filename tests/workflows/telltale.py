"""A workflow whose activity fails with words that nobody but us should read."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy


class TelltaleError(Exception):
    """Its message repeats what it was given."""


@activity.defn
async def tell_tales(words: str) -> None:
    raise TelltaleError(words)


@workflow.defn
class TelltaleWorkflow:
    @workflow.run
    async def run(self, words: str) -> None:
        await workflow.execute_activity(
            tell_tales,
            words,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=2),
            summary=words,
        )
