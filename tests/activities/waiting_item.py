"""Stands in for an item's workflow: it counts what it is told and ends when asked."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages import ItemStart, JiraChanged
    from models.names import FEEDBACK_ITEM_WORKFLOW, SIGNAL_JIRA_CHANGED


@workflow.defn(name=FEEDBACK_ITEM_WORKFLOW)
class WaitingItem:
    """Waits, counts, ends."""

    def __init__(self) -> None:
        self._ended = False
        self._told: list[str] = []

    @workflow.run
    async def run(self, start: ItemStart) -> list[str]:
        """The deliveries that arrived."""
        await workflow.wait_condition(lambda: self._ended)
        return self._told

    @workflow.signal(name=SIGNAL_JIRA_CHANGED)
    def changed(self, change: JiraChanged) -> None:
        """One more delivery."""
        self._told.append(change.delivery)

    @workflow.signal
    def end(self) -> None:
        """Enough."""
        self._ended = True

    @workflow.query
    def told(self) -> list[str]:
        """The deliveries so far."""
        return self._told
