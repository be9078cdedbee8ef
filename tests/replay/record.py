"""Records the histories that later versions must replay: `python -m tests.replay.record [NAME …]`.

Each scenario is played on a real Temporal server against the local Jira. A history that stands is
never recorded over by accident: it is the proof that items which began under it can go on.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.recordings import RECORDINGS, SUFFIX, Recording, save
from tests.replay import scenarios
from tests.workflows.office import Office
from tests.workflows.opening import real_office

STARTING_UP = ("/serverInfo", "/myself")
"""Calls that a process makes once, whatever the number of items."""

Scenario = Callable[[Office], Awaitable[None]]


async def record(name: str, scenario: Scenario) -> Path:
    """Play one scenario and write its histories, with the Jira calls that it took."""
    with tempfile.TemporaryDirectory() as directory:
        async with real_office(Path(directory)) as office:
            before = office.jira.journal_position()
            await scenario(office)
            histories = [
                (await office.client.get_workflow_handle(run.id).fetch_history())
                async for run in office.client.list_workflows("")
            ]
            calls = sum(
                1
                for request in office.jira.journal(before)
                if request["requestSource"] == "followthrough"
                and not request["path"].endswith(STARTING_UP)
            )
    return save(Recording(name, calls, tuple(histories)))


def main(names: list[str]) -> None:
    """Record what has no recording yet, or the scenarios named."""
    recorded = {path.name.removesuffix(SUFFIX) for path in RECORDINGS.glob(f"*{SUFFIX}")}
    for name, scenario in scenarios.SCENARIOS.items():
        wanted = name in names if names else name not in recorded
        if wanted:
            print(asyncio.run(record(name, scenario)))  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main(sys.argv[1:])
