"""What goes wrong, and in which order: every kind at least once, then anew, drawn from the seed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from local_jira.testing import RunningLocalJira
from models.names import INTAKE_SWEEP_SCHEDULE, RECONCILE_SCHEDULE
from runtime.problems import PartFailed
from tests.chaos.town import SECOND, Town

Rule = dict[str, Any]
Harm = Callable[[], Coroutine[None, None, None]]
IN_JIRA: dict[str, Rule] = {
    "an error": {"action": "status", "status": 503},
    "an error after the work": {"action": "error_after_commit", "status": 503},
    "429 with a wait": {"action": "retry_after", "retry_after": 2},
    "429 without one": {"action": "retry_after"},
    "a dropped connection": {"action": "reset_before"},
    "a dropped answer": {"action": "reset_after"},
    "a broken-off answer": {"action": "truncate"},
    "a conflict": {"action": "conflict", "method": "PUT"},
    "a slow answer": {"action": "slow", "delay_seconds": 3},
    "a credential that ended": {"action": "expire_credential"},
    "a stale search": {"action": "stale_search", "path_pattern": "*/search*", "delay_seconds": 20},
    "a lost webhook": {"action": "webhook_drop"},
    "a doubled webhook": {"action": "webhook_duplicate"},
    "a webhook out of order": {"action": "webhook_reorder", "delay_seconds": 2},
    "a forged webhook": {"action": "webhook_bad_signature"},
}
"""Jira's whole list of faults."""
OURS = "*/issue/[0-9]*"
"""Followthrough speaks of issues by their ids and people by their keys, so this strikes only us."""
AFTER_THE_WORK = ("error_after_commit", "reset_after", "truncate")
TO_EFFECTS: dict[str, Rule] = {
    "effects fail": {"kind": "status", "status": 503},
    "effects fail after the work": {"kind": "status", "status": 503, "after_commit": True},
    "effects lose an answer": {"kind": "lost_answer"},
    "effects look slowly": {"kind": "slow", "place": "look", "delay_seconds": 2},
}
FULL_SECONDS = 6.0
TRIES = 8


class Storm:
    """Does harm until it is told to stop; counts what it did."""

    def __init__(
        self, town: Town, site: RunningLocalJira, client: Client, chance: Random, pause: float
    ) -> None:
        self.town, self.site, self.client = town, site, client
        self.chance, self.pause = chance, pause
        self.done: Counter[str] = Counter()
        self._under_way: list[asyncio.Task[None]] = []
        self._locks = {name: asyncio.Lock() for name in town.parts}

    async def rage(self) -> None:
        """One harm after another, each kind once before any comes again."""
        while True:
            deck = list(self.harms().items())
            self.chance.shuffle(deck)
            for name, harm in deck:
                self._under_way.append(asyncio.create_task(harm()))
                self.done[name] += 1
                await asyncio.sleep(self.chance.uniform(0.1, self.pause))

    async def over(self) -> None:
        """Wait until whatever was killed runs again. Raises what a harm failed with."""
        await asyncio.gather(*self._under_way)

    def harms(self) -> dict[str, Harm]:
        """Every kind of harm by its name."""

        def faulty(rule: Rule) -> Harm:
            return lambda: self._fault(rule)

        def broken(rule: Rule) -> Harm:
            return lambda: self._effects(rule)

        def killed(part: str, longest: float) -> Harm:
            return lambda: self._kill(part, longest)

        return {
            **{f"Jira: {name}": faulty(rule) for name, rule in IN_JIRA.items()},
            **{name: broken(rule) for name, rule in TO_EFFECTS.items()},
            "worker killed": killed("worker", 2),
            "worker killed (2)": killed("worker", 4),
            "second worker killed": killed(SECOND, 3),
            "Temporal killed": killed("temporal", 2),
            "Jira killed": killed("jira", 2),
            "desk killed": killed("desk", 2),
            "the ledger's disk full": self._full_disk,
            "sweep": lambda: self._trigger(INTAKE_SWEEP_SCHEDULE),
            "look for lost issues": lambda: self._trigger(RECONCILE_SCHEDULE),
        }

    async def _fault(self, rule: Rule) -> None:
        given: Rule = {"times": self.chance.randint(2, 8)}
        if not str(rule["action"]).startswith("webhook_"):
            given = {"times": self.chance.randint(1, 5), "path_pattern": OURS}
        if rule["action"] in AFTER_THE_WORK:
            given["method"] = "PUT"  # what is done and not heard of matters where we write
        await _asked(lambda: self.site.add_fault(**{**given, **rule}))

    async def _effects(self, rule: Rule) -> None:
        url = f"{self.town.stack.urls.effects}/__local__/faults"
        given = {"times": self.chance.randint(1, 2), **rule}
        await _asked(lambda: httpx.post(url, json=given, trust_env=False))

    async def _kill(self, part: str, longest: float) -> None:
        away = self.chance.uniform(0, longest)
        async with self._locks[part]:
            await self.town.kill(part)
            await asyncio.sleep(away)
            await self._back(part)

    async def _back(self, part: str) -> None:
        """A part that starts while another is away may give up; somebody starts it again."""
        for _ in range(TRIES):
            try:
                return await self.town.bring_back(part)
            except PartFailed:
                await asyncio.sleep(1)
        return await self.town.bring_back(part)

    async def _full_disk(self) -> None:
        self.town.fill_the_disk()
        await asyncio.sleep(FULL_SECONDS)
        self.town.free_the_disk()

    async def _trigger(self, schedule: str) -> None:
        try:
            await self.client.get_schedule_handle(schedule).trigger()
        except RPCError:
            return  # Temporal is not there just now


async def _asked(call: Callable[[], object]) -> None:
    try:
        await asyncio.to_thread(call)
    except httpx.HTTPError:
        return  # it is not there just now


async def calm(town: Town, site: RunningLocalJira) -> None:
    """Everything runs again and nothing fails any more."""
    town.free_the_disk()
    for name in town.parts:
        await town.bring_back(name)
    town.free_the_disk()
    await asyncio.to_thread(site.clear_faults)
    url = f"{town.stack.urls.effects}/__local__/faults"
    for place in ("write", "look"):
        mended = {"times": 0, "place": place}
        await asyncio.to_thread(httpx.post, url, json=mended, trust_env=False)
