"""How many Jira calls a plain item's whole life takes, with faults and without, by the journal.

A life: received and triaged, answered by a colleague, decided by its owner, watched and closed. It
is played on the real workflows and activities, a time-skipping Temporal server and the local Jira.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from activities.start_item import start_item
from models.lifecycle import Stage, StatusCategory
from tests.workflows.deeds import REFUND, resolve
from tests.workflows.office import Issue, Office
from tests.workflows.opening import skipping_office

LIVES = 10
SEED = 1
CHANCE = 0.2
"""How likely a call of an item fails, each by itself, also one that repeats a failed one."""
MOST_CALLS = 40
"""So many calls of a method and item may fail; the rest get through."""
FAULTS: dict[str, tuple[dict[str, Any], ...]] = {
    "GET": (
        {"action": "retry_after", "retry_after": "1"},
        {"action": "status", "status": 503},
        {"action": "reset_before"},
        {"action": "truncate"},
    ),
    "PUT": (
        {"action": "retry_after", "retry_after": "1"},
        {"action": "status", "status": 503},
        {"action": "error_after_commit", "status": 502},
        {"action": "reset_after"},
        {"action": "conflict"},
    ),
}
FAULTS["POST"] = FAULTS["PUT"]
"""Method → the faults of which one is drawn for a call that fails; all are as likely."""
AFTER_THE_WATCH = timedelta(days=8)


@dataclass(frozen=True)
class LifeCost:
    """HTTP calls of one item over its life, how many of them failed, and what Jira committed."""

    calls: int
    failed: int
    committed: dict[str, int]


@dataclass(frozen=True)
class LivesCost:
    """The same life played several times."""

    faults: str
    lives: tuple[LifeCost, ...]

    @property
    def calls(self) -> tuple[int, ...]:
        """The calls of each life, fewest first."""
        return tuple(sorted(life.calls for life in self.lives))

    @property
    def failed(self) -> int:
        """The calls that failed in all of them."""
        return sum(life.failed for life in self.lives)


def costs_of_lives(lives: int = LIVES) -> tuple[LivesCost, LivesCost]:
    """So many without faults, and as many with the stated mix, each on an issue of its own."""
    with tempfile.TemporaryDirectory() as directory:
        return asyncio.run(_play(Path(directory), lives))


async def _play(directory: Path, lives: int) -> tuple[LivesCost, LivesCost]:
    async with skipping_office(directory) as office:
        since = office.jira.journal_position()
        calm = [await office.create(REFUND[:100], REFUND) for _ in range(lives)]
        struck = [await office.create(REFUND[:100], REFUND) for _ in range(lives)]
        for number, issue in enumerate(struck):
            _strike(office, issue, random.Random(f"{SEED}/{number}"))
        # They have one customer: one received after another's decision would be a coming back.
        await asyncio.gather(*(_until_triaged(office, issue) for issue in (*calm, *struck)))
        await asyncio.gather(*(_until_decided(office, issue) for issue in (*calm, *struck)))
        await office.sleep(AFTER_THE_WATCH)
        for issue in (*calm, *struck):
            await office.handle(issue).result()
        journal = office.jira.journal(since)
    return (
        LivesCost("none", tuple(_cost(journal, issue) for issue in calm)),
        LivesCost(
            f"1 call in {1 / CHANCE:.0f}, seed {SEED}",
            tuple(_cost(journal, issue) for issue in struck),
        ),
    )


def _strike(office: Office, issue: Issue, chance: random.Random) -> None:
    """Decide beforehand which of the item's calls fail; people name issues by key, items by id."""
    for method, faults in FAULTS.items():
        fails = [number for number in range(MOST_CALLS) if chance.random() < CHANCE]
        for number, skip in enumerate(fails):
            # A call that fails is counted by its own rule only.
            office.jira.add_fault(
                method=method,
                path_pattern=f"*/issue/{issue.id}*",
                skip=skip - number,
                **chance.choice(faults),
            )


async def _until_triaged(office: Office, issue: Issue) -> None:
    await start_item(
        office.client, office.settings.task_queue, issue.id, issue.key, "bench", "created",
        created=True,
    )  # fmt: skip
    await office.settled(lambda: office.comments(issue), say=f"{issue.key} shows its triage")


async def _until_decided(office: Office, issue: Issue) -> None:
    await office.comment(issue, "ada", "We are looking into it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say=f"{issue.key} is Done"
    )


def _cost(journal: list[dict[str, Any]], issue: Issue) -> LifeCost:
    ours = [
        line
        for line in journal
        if line["requestSource"] == "followthrough" and f"/issue/{issue.id}" in line["path"]
    ]
    return LifeCost(
        calls=len(ours),
        failed=sum(1 for line in ours if line["fault"]),
        committed=dict(Counter(line["method"] for line in ours if line["committed"])),
    )
