"""One chaos run: people and harm at the same time, then calm, then the checker."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from temporalio.client import Client
from temporalio.service import RPCError

from ledger.store import open_ledger
from local_jira.testing import RunningLocalJira
from models.names import INTAKE_SWEEP_SCHEDULE, RECONCILE_SCHEDULE
from runtime.connection import connect
from runtime.signing import load_or_create_signing_key, trusted_public_keys
from tests.chaos.house_rules import rules, write_policies
from tests.chaos.people import GaveUp, People
from tests.chaos.stories import STORIES, TEXTS, Course
from tests.chaos.storm import Storm, calm
from tests.chaos.town import CUSTOMERS, Town, know_customers, open_town
from tests.faults.checker import check
from tests.faults.evidence import Evidence, Finding, Rules
from tests.faults.reading_evidence import read_evidence

Say = Callable[[str], None]
SETTLE_SECONDS = 240.0
SWEEPS, QUIET_LOOKS = 2, 3
KINDS_OF_HARM = 28
READINGS = 4
"""What is only a matter of the moment is gone at the next look."""


@dataclass(frozen=True)
class Plan:
    """What a run is made of. The same seed draws the same courses and harms; their timing is real."""

    seed: int
    lasts: timedelta
    items: int

    @property
    def pause(self) -> float:
        """The longest pause between two harms: short enough that each kind comes at least once."""
        return min(4.0, 1.4 * self.lasts.total_seconds() / KINDS_OF_HARM)

    @property
    def patience(self) -> float:
        """How many seconds people go on trying once all is calm."""
        return min(60.0, self.lasts.total_seconds())


@dataclass
class Outcome:
    """What was done, what stands in the end, and what the checker found."""

    plan: Plan
    harms: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0
    evidence: Evidence = field(default_factory=lambda: Evidence(issues={}, items={}))
    findings: list[Finding] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    settled: bool = True


def run(plan: Plan, directory: Path, say: Say) -> Outcome:
    """Set everything up in an empty directory, let it rage, and decide."""
    began = datetime.now(UTC)
    lasts = plan.lasts + timedelta(seconds=SETTLE_SECONDS)
    policies = write_policies(directory, began, lasts)
    say("Starting the local stack and a second worker…")
    with open_town(directory, policies) as town:
        return asyncio.run(_run(plan, town, began, lasts, say))


async def _run(plan: Plan, town: Town, began: datetime, lasts: timedelta, say: Say) -> Outcome:
    outcome, chance = Outcome(plan), Random(plan.seed)
    if not town.second_is_ahead:
        outcome.left_out.append("clocks that differ: libfaketime is not installed")
    client = await connect(town.settings)
    site = RunningLocalJira(town.stack.urls.jira, town.settings.data_dir / "jira")
    key = load_or_create_signing_key(town.settings.signing_key_file)
    until = time.monotonic() + plan.lasts.total_seconds()
    people = People(site, client, key, until + plan.patience, {})
    people.accounts = await _welcome(town, people)
    storm = Storm(town, site, client, Random(plan.seed + 1), plan.pause)
    say(f"{plan.items} issues, {plan.lasts.total_seconds():.0f} s of harm…")
    raging = asyncio.create_task(storm.rage())
    told = [asyncio.create_task(_live(people, chance.random(), plan, n)) for n in range(plan.items)]
    await asyncio.sleep(max(0, until - time.monotonic()))
    await _end(storm, raging)
    outcome.harms = storm.done
    say("Calm. Everything runs again; waiting until nothing is under way…")
    await calm(town, site)
    for ended in await asyncio.gather(*told):
        name, whole = ended
        outcome.stories[name] += 1
        outcome.unfinished += not whole
    outcome.settled = await _settle(client, site, people)
    public = trusted_public_keys(town.settings.signing_key_file)
    await _judge(outcome, client, site, town, rules(began, lasts, public))
    return outcome


async def _end(storm: Storm, raging: asyncio.Task[None]) -> None:
    raging.cancel()
    failed = (await asyncio.gather(raging, return_exceptions=True))[0]
    if isinstance(failed, Exception):
        raise failed
    await storm.over()


async def _welcome(town: Town, people: People) -> dict[str, tuple[str, str]]:
    """Accounts for the customers, and what is known of them."""
    ids, ways = {}, {}
    for name, *_ in CUSTOMERS:
        email, password = f"{name}@customers.example", f"made-up-{name}"
        wanted = {
            "emailAddress": email,
            "displayName": name.title(),
            "password": password,
            "products": [],
        }
        made = await people.jira("admin", "POST", "user", wanted)
        ids[name], ways[name] = made["accountId"], (email, password)
    know_customers(town, ids)
    return ways


async def _live(people: People, seed: float, plan: Plan, number: int) -> tuple[str, bool]:
    """One issue's course; answers its name, and whether it was told to the end."""
    chance = Random(seed)
    story = STORIES[number % len(STORIES)]
    customer = chance.choice(CUSTOMERS)[0]
    await asyncio.sleep(chance.uniform(0, 0.6 * plan.lasts.total_seconds()))
    try:
        made = await people.report(customer, chance.choice(TEXTS))
        course = Course(people, chance, made["key"], customer)
        await course.rest()
        await story(course)
    except GaveUp:
        return story.__name__, False
    return story.__name__, True


async def _settle(client: Client, site: RunningLocalJira, people: People) -> bool:
    """Sweep and look for lost issues until all is quiet after it; False when that takes too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    people.until = deadline
    for _ in range(SWEEPS):
        for schedule in (INTAKE_SWEEP_SCHEDULE, RECONCILE_SCHEDULE):
            await client.get_schedule_handle(schedule).trigger()
        quiet = 0
        while quiet < QUIET_LOOKS:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(1)
            busy = [*await _busy(client), *await _untold(site)]
            quiet = 0 if busy else quiet + 1
    return True


async def _untold(site: RunningLocalJira) -> list[str]:
    found = await asyncio.to_thread(site.deliveries)
    return [f"webhook {one['id']}" for one in found if one["state"] == "pending"]


async def _busy(client: Client) -> list[str]:
    """The workflows in which something is under way."""
    found = []
    async for one in client.list_workflows("ExecutionStatus = 'Running'"):
        try:
            raw = (await client.get_workflow_handle(one.id).describe()).raw_description
        except RPCError:
            continue  # it ended meanwhile
        if raw.pending_activities or raw.HasField("pending_workflow_task"):
            found.append(one.id)
    return found


async def _judge(
    outcome: Outcome, client: Client, site: RunningLocalJira, town: Town, known: Rules
) -> None:
    """Read and check; what is found at every look counts."""
    url = town.settings.ledger_url.get_secret_value()
    ledger = open_ledger(url, keys=town.settings.ledger_keys)
    try:
        for look in range(READINGS):
            with site.client(site.admin_auth) as jira:
                evidence = await read_evidence(client, jira, ledger, town.stack.urls.effects)
            found = check(evidence, known)
            kept = [one for one in found if not look or one in outcome.findings]
            outcome.evidence, outcome.findings = evidence, kept
            if not kept:
                return
            await asyncio.sleep(5)
    finally:
        ledger.close()
