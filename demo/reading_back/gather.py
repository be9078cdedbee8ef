"""Gathers the evidence of one stage, independent of what the director believes to have happened."""

from __future__ import annotations

import asyncio

import httpx

from demo.reading_back.evidence import Evidence, ReadItem, ReadRequest
from demo.reading_back.read_jira import count_calls, read_issues
from demo.reading_back.read_temporal import read_items, read_requests
from demo.stage import Stage
from runtime.connection import connect

ACCOUNT_OF_OURS = "acc-followthrough-bot"
"""The seeded account that Followthrough writes under in the local Jira."""


def gather(stage: Stage) -> Evidence:
    """Read Jira, every workflow and the effects endpoint. The worker must run, since it answers."""
    calls = count_calls(stage.urls.jira)
    issues = read_issues(stage.administrator, stage.project)
    journal = httpx.get(f"{stage.urls.effects}/__local__/journal", timeout=30.0, trust_env=False)
    journal.raise_for_status()
    effects = journal.json()
    items, requests = asyncio.run(_workflows(stage))
    return Evidence(
        issues=issues,
        items=items,
        requests=requests,
        effects=tuple(effects["effects"]),
        doubled_effects=int(effects["doubles"]),
        jira_calls=calls,
        own_account=ACCOUNT_OF_OURS,
    )


async def _workflows(stage: Stage) -> tuple[dict[str, ReadItem], dict[str, ReadRequest]]:
    client = await connect(stage.settings)
    return await read_items(client), await read_requests(client)
