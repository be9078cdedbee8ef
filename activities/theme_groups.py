"""Finding themes among items, and moving items between themes: who is in which stands in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.policy_source import PolicySource
from activities.receive import ledger_failures
from activities.theme_candidates import candidate_of
from ledger.store import Ledger
from models.failures import NOTHING_TO_ACT_ON
from models.names import SIGNAL_MEMBERS_CHANGED, THEME_WORKFLOW, theme_id_of
from models.theme import ThemePhase, ThemeStart
from models.theme_messages import (
    MergeInput,
    Regrouped,
    SplitInput,
    ThemeSweepInput,
    ThemeSweepResult,
)
from policies.documents.themes import ThemesDocument
from policies.durations import seconds_in

if TYPE_CHECKING:
    from insight.themes.grouping import Grouping

log = structlog.get_logger("themes")


class ThemeGroupActivities:
    """Safe to repeat: an item that has a place keeps it, and telling a theme twice harms nobody."""

    def __init__(self, client: Client, policies: PolicySource, ledger: Ledger) -> None:
        self._client = client
        self._policies = policies
        self._ledger = ledger

    @activity.defn
    async def find_themes(self, request: ThemeSweepInput) -> ThemeSweepResult:
        """Place new items, start the themes that are new and wake those that changed.

        Without a themes.yaml nothing is done. Raises `ApplicationError` of `models.failures`.
        """
        policies = await asyncio.to_thread(self._policies.current)
        if policies.themes is None:
            return ThemeSweepResult()
        result, changed = await asyncio.to_thread(self._placed, policies.themes, request.now)
        for theme_id in changed:
            await self._tell(theme_id)
        result = result.model_copy(update={"told": len(changed)})
        log.info("themes_looked_for", **result.model_dump())
        return result

    @activity.defn
    async def merge_theme(self, request: MergeInput) -> Regrouped:
        """Move every item into another theme, and tell that one.

        Raises `ApplicationError`, type `NothingToActOn` where there is no such theme.
        """
        with ledger_failures():
            into = await asyncio.to_thread(self._ledger.themes.find, request.into)
            if into is None or into.phase is ThemePhase.MERGED:
                raise _nothing(f"There is no theme {request.into}.")
            items = await asyncio.to_thread(
                self._ledger.themes.merge, request.theme_id, request.into
            )
        await self._tell(request.into)
        return Regrouped(theme_id=request.into, items=items)

    @activity.defn
    async def split_theme(self, request: SplitInput) -> Regrouped:
        """Move items into a theme of their own, and start it.

        Raises `ApplicationError`, type `NothingToActOn` where none of them is in the theme.
        """
        with ledger_failures():
            theme_id, items = await asyncio.to_thread(
                self._ledger.themes.split,
                request.theme_id,
                request.items,
                request.operation_id,
            )
        if not theme_id:
            raise _nothing("None of these items is in the theme.")
        await self._tell(theme_id)
        return Regrouped(theme_id=theme_id, items=items)

    def _placed(
        self, rules: ThemesDocument, now: datetime
    ) -> tuple[ThemeSweepResult, tuple[str, ...]]:
        """Place what is new. Answers with the themes that do not know their members yet, too."""
        from insight.themes.grouping import group  # noqa: PLC0415 - a worker starts faster without

        since = now - timedelta(seconds=seconds_in(rules.looks_back))
        with ledger_failures():
            items = [candidate_of(one) for one in self._ledger.items_created(since, now)]
            found = group(
                items,
                self._ledger.themes.placements(),
                at_least_customers=rules.at_least_customers,
                alike=rules.alike_percent / 100,
            )
            for theme_id, issue_ids in _by_theme(found):
                self._ledger.themes.place(theme_id, issue_ids)
            changed = self._ledger.themes.uncounted()
        joined = sum(map(len, found.joined.values()))
        result = ThemeSweepResult(items=len(items), joined=joined, founded=len(found.founded))
        return result, changed

    async def _tell(self, theme_id: str) -> None:
        """Start or wake a theme; it looks its members up."""
        try:
            await self._client.start_workflow(
                THEME_WORKFLOW,
                ThemeStart(theme_id=theme_id),
                id=theme_id,
                task_queue=activity.info().task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                start_signal=SIGNAL_MEMBERS_CHANGED,
                start_signal_args=[],
                static_summary="A problem that several customers tell of",
            )
        except WorkflowAlreadyStartedError:
            log.info("theme_has_ended", theme=theme_id)


def _by_theme(found: Grouping) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from found.joined.items()
    for issue_ids in found.founded:
        yield theme_id_of(issue_ids[0]), issue_ids


def _nothing(what: str) -> ApplicationError:
    return ApplicationError(
        f"{what} {NOTHING_TO_ACT_ON.remedy}", type=NOTHING_TO_ACT_ON.type, non_retryable=True
    )
