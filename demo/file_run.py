"""Real items from a file: taken in, answered and decided by owners who take turns."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from demo.actors.refusals import ChannelBroken, TurnedAway
from demo.board import Board, NotSeen
from demo.people import STAFF
from demo.signs import SIGNS, SeenIssue
from demo.stage import Stage
from models.lifecycle import Outcome
from runtime.problems import WrongSettings

OWNERS = ("ada", "omar", "lena", "sam", "petra")
AT_WORK = 6
QUIET_SECONDS = 90.0
"""The run ends when nothing has changed for so long."""
OUTCOMES = {
    "feature_request": Outcome.ACCEPTED,
    "bug": Outcome.FIXED,
    "outage": Outcome.FIXED,
    "praise": Outcome.NO_CHANGE,
    "other": Outcome.NO_CHANGE,
}
"""The played owners' simple rule: category → outcome; everything else is answered."""
ANSWER = "Thank you for writing. We looked into it, and you find what we did in this issue."
Say = Callable[[str], None]


@dataclass
class FileRun:
    """What came of a file: how many rows became issues, and what went wrong in words."""

    sent: int = 0
    troubles: list[str] = field(default_factory=list)


def run_file(stage: Stage, board: Board, path: Path, limit: int | None, say: Say) -> FileRun:
    """Take the file in and decide every item. Raises `WrongSettings` when it has no good row."""
    run = FileRun()
    taken_in = threading.Event()
    threads = ThreadPoolExecutor(AT_WORK + 1, thread_name_prefix="owner")
    try:
        threads.submit(_take_in, stage, path, limit, run, taken_in)
        _hand_out(stage, board, threads, run, taken_in, say)
    finally:
        threads.shutdown(cancel_futures=True)
    if not run.sent and not run.troubles:
        raise WrongSettings("no row of the file could be taken in.", where=str(path))
    return run


def _take_in(
    stage: Stage, path: Path, limit: int | None, run: FileRun, taken_in: threading.Event
) -> None:
    words = ["intake", str(path), "--json", *(["--limit", str(limit)] if limit else [])]
    try:
        told = json.loads(stage.terminal.run(words))
        run.sent = told["created"] + told["updated"] + told["unchanged"]
        run.troubles += [f"row {row['submission_id']}: {row['failure']}" for row in told["failed"]]
    except (TurnedAway, ChannelBroken) as problem:
        run.troubles.append(str(problem))
    finally:
        taken_in.set()


def _hand_out(
    stage: Stage,
    board: Board,
    threads: ThreadPoolExecutor,
    run: FileRun,
    taken_in: threading.Event,
    say: Say,
) -> None:
    """Give each triaged issue to the next owner, until all are decided or nothing moves."""
    handed: set[str] = set()
    decided = 0
    moved_at = time.monotonic()
    while not (taken_in.is_set() and decided >= run.sent):
        if time.monotonic() - moved_at > QUIET_SECONDS:
            run.troubles.append(f"nothing moved for {QUIET_SECONDS:.0f} s")
            return
        time.sleep(0.5)
        issues = board.issues()
        for issue in issues:
            if issue.key not in handed and SIGNS["triaged"](issue):
                owner = OWNERS[len(handed) % len(OWNERS)]
                handed.add(issue.key)
                threads.submit(_decide, stage, issue, owner, run)
                moved_at = time.monotonic()
        now_decided = sum(SIGNS["decided"](issue) for issue in issues)
        if now_decided > decided:
            moved_at = time.monotonic()
            if now_decided // 25 > decided // 25:
                say(f"{len(issues)} taken in, {len(handed)} triaged, {now_decided} decided.")
        decided = now_decided


def _decide(stage: Stage, issue: SeenIssue, owner: str, run: FileRun) -> None:
    colleague = stage.in_jira(STAFF[owner])
    category = str(issue.item.get("category") or "other")
    outcome = OUTCOMES.get(category, Outcome.ANSWERED)
    try:
        if "ft-unsure" in issue.labels:
            right = f"/override category={category} I read it, and {category} it is."
            colleague.comment(issue.key, right, internal=True)
        colleague.comment(issue.key, ANSWER)
        decision = f"/resolve {outcome} Decided by the rule for {category} (a played owner)."
        colleague.comment(issue.key, decision, internal=True)
    except (TurnedAway, ChannelBroken, NotSeen) as problem:
        run.troubles.append(f"{issue.key}: {problem}")
