"""What of an item an approval condition may look at."""

from __future__ import annotations

from models.approval import ItemFacts
from models.item_state import ItemState
from models.lifecycle import Severity
from policies.lifecycle.stages import stage_of


def item_facts(state: ItemState) -> ItemFacts:
    """The facts as of now. Only called once the item has been received."""
    if state.item is None:
        raise ValueError("an item has no facts before it is received")
    return ItemFacts(
        issue_id=state.issue_id,
        issue_key=state.item.issue_key,
        workflow_id=state.workflow_id,
        severity=state.severity or Severity.S3,
        category=state.category or "",
        segment=state.item.customer.segment,
        country=state.item.customer.country,
        stage=stage_of(state),
    )
