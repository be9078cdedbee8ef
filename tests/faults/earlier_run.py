"""A run before the one that is looked at, since an item believes only what its own runs hand on."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages import ItemStart
    from models.names import FEEDBACK_ITEM_WORKFLOW


@workflow.defn(name="EarlierRun")
class EarlierRun:
    """Stands for the earlier runs of an item: it hands on at once what it was given."""

    @workflow.run
    async def run(self, start: ItemStart, task_queue: str) -> None:
        """Continue as the item, on the queue of the product's workers."""
        workflow.continue_as_new(start, workflow=FEEDBACK_ITEM_WORKFLOW, task_queue=task_queue)
