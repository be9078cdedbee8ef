"""What there is to be seen: a few made-up items, each brought to where somebody has to act."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from demo.board import Board
from demo.people import ADMINISTRATOR, CUSTOMERS
from demo.script import ScriptItem, load_script
from demo.stage import Stage
from demo.steps import Scene, perform

SCENARIO = Path(__file__).parent / "scenario"
REFUND = "refund-yearly-plan"
PARKED = "two-seats"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Morning:
    """The issue key and id of each item by its name, and the refund that waits for a vote."""

    keys: dict[str, str]
    ids: dict[str, str]
    refund_request: str


def play(stage: Stage, say: Say) -> Morning:
    """Let customers and colleagues act until everything stands as the pictures want it.

    Raises what `demo.steps.perform` raises: then the pictures would show something else.
    """
    script = load_script(SCENARIO)
    stage.welcome_customers()
    with Board(stage.administrator, stage.project) as board:
        keys = {item.name: _written(stage, item) for item in script.items}
        with ThreadPoolExecutor(len(script.items)) as threads:
            stories = [threads.submit(_story, stage, board, item, keys) for item in script.items]
            for story in stories:
                story.result()
        ids = {name: _issue_id(board, key) for name, key in keys.items()}
        say("Jira refuses one item, so that it is parked.")
        _park(stage, board, keys[PARKED], ids[PARKED])
        request = _scene(stage, board, script.item(REFUND), keys).request()
    return Morning(keys=keys, ids=ids, refund_request=request)


def _written(stage: Stage, item: ScriptItem) -> str:
    customer = stage.in_jira(CUSTOMERS[item.by or ""])
    return customer.write_issue(item.summary, item.description)


def _scene(stage: Stage, board: Board, item: ScriptItem, keys: dict[str, str]) -> Scene:
    return Scene(stage, board, item, keys[item.name], keys.__getitem__)


def _story(stage: Stage, board: Board, item: ScriptItem, keys: dict[str, str]) -> None:
    scene = _scene(stage, board, item, keys)
    board.wait(scene.key, "written", 30.0)
    for step in item.then:
        perform(scene, step)


def _issue_id(board: Board, key: str) -> str:
    issue = board.issue(key)
    return issue.id if issue else ""


def _park(stage: Stage, board: Board, key: str, issue_id: str) -> None:
    """A permission that somebody took away by mistake, until the stack is stopped."""
    rule = {
        "method": "*",
        "path_pattern": f"*/issue/{issue_id}*",
        "action": "status",
        "status": 403,
        "times": 100_000,
    }
    answer = httpx.post(
        f"{stage.urls.jira}/__local__/faults",
        json=rule,
        auth=(ADMINISTRATOR.email, ADMINISTRATOR.password),
        trust_env=False,  # a proxy of this machine does not lead to 127.0.0.1
    )
    answer.raise_for_status()
    stage.in_jira(CUSTOMERS["bjorn"]).comment(key, "Any news about our two seats?")
