"""What the Temporal UI and its saved views show of an item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

with workflow.unsafe.imports_passed_through():
    from models.approval import ActionProposal
    from models.item_state import ItemState
    from policies.lifecycle.facts import may_be_asked
    from policies.lifecycle.report import breached, due_at
    from policies.lifecycle.stages import awaiting_of, stage_of

STAGE = SearchAttributeKey.for_keyword("FtStage")
SEVERITY = SearchAttributeKey.for_keyword("FtSeverity")
CATEGORY = SearchAttributeKey.for_keyword("FtCategory")
OWNER = SearchAttributeKey.for_keyword("FtOwner")
DUE_AT = SearchAttributeKey.for_datetime("FtDueAt")
BREACHED = SearchAttributeKey.for_bool("FtBreached")
AWAITING = SearchAttributeKey.for_keyword("FtAwaiting")
RELEASE = SearchAttributeKey.for_keyword("FtRelease")
GROUPS = SearchAttributeKey.for_keyword_list("FtGroups")


def search_attributes(state: ItemState) -> TypedSearchAttributes:
    """Every search attribute of the item as it stands; none holds personal data."""
    pairs: list[SearchAttributePair[str] | SearchAttributePair[bool]] = [
        SearchAttributePair(STAGE, stage_of(state).value),
        SearchAttributePair(AWAITING, awaiting_of(state).value),
        SearchAttributePair(BREACHED, breached(state)),
    ]
    for key, value in (
        (SEVERITY, state.severity),
        (CATEGORY, state.category),
        (OWNER, state.owner),
        (RELEASE, state.item.release if state.item else None),
    ):
        if value:
            pairs.append(SearchAttributePair(key, str(value)))
    due = due_at(state)
    if due is None:
        return TypedSearchAttributes(pairs)
    return TypedSearchAttributes([*pairs, SearchAttributePair(DUE_AT, due)])


def request_attributes(state: ItemState, proposal: ActionProposal) -> TypedSearchAttributes:
    """What a request is found by. Set when it starts and never again, since that costs nothing."""
    groups = may_be_asked(state, proposal)
    pairs: list[SearchAttributePair[str] | SearchAttributePair[Sequence[str]]] = []
    if groups:
        pairs.append(SearchAttributePair(GROUPS, groups))
    for key, value in ((SEVERITY, state.severity), (CATEGORY, state.category)):
        if value:
            pairs.append(SearchAttributePair(key, str(value)))
    return TypedSearchAttributes(pairs)


def changes(
    before: TypedSearchAttributes, after: TypedSearchAttributes
) -> list[SearchAttributeUpdate[Any]]:
    """The updates that lead from one set to the other; empty when nothing changed."""
    updates: list[SearchAttributeUpdate[Any]] = [
        pair.key.value_set(pair.value) for pair in after if before.get(pair.key) != pair.value
    ]
    kept = {pair.key.name for pair in after}
    updates += [pair.key.value_unset() for pair in before if pair.key.name not in kept]
    return updates
