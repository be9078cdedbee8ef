"""Plays the scenario: lets customers write, and each item's people act, all at the same time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from demo.actors.refusals import ChannelBroken, TurnedAway
from demo.board import Board, NotSeen, Stopped
from demo.people import CUSTOMERS
from demo.script import After, Script, ScriptItem
from demo.signs import SeenIssue
from demo.stage import Stage
from demo.steps import Scene, perform
from models.names import SOURCE_PROPERTY
from runtime.problems import Problem

KILL_AT = After(item="refund-yearly-plan", sign="asked")
"""The worker is killed while this request waits for its votes."""
DOWN_SECONDS = 2.0
PATIENCE_SECONDS = 60.0
REVIEWS = "app-store-reviews.jsonl"
REVIEW_SOURCE = "app_store"
WRITING_AT_ONCE = 4
Say = Callable[[str], None]


@dataclass
class Performance:
    """What was played: the issue key of each item by its name, and what went wrong in words."""

    keys: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


class Director:
    """Runs one script on one stage."""

    def __init__(self, stage: Stage, script: Script, board: Board, say: Say) -> None:
        self._stage = stage
        self._script = script
        self._board = board
        self._say = say
        self._performance = Performance()
        self._written = threading.Condition()
        self._pens = threading.Semaphore(WRITING_AT_ONCE)

    def play(self) -> Performance:
        """Play everything; a story that goes wrong is told and does not stop the others."""
        reviews = [item for item in self._script.items if item.by is None]
        threads = ThreadPoolExecutor(len(self._script.items) + 2, thread_name_prefix="story")
        try:
            stories = [
                threads.submit(self._guarded, "the reviews", self._take_in_reviews, reviews),
                threads.submit(self._guarded, "the killed worker", self._kill_the_worker),
                *(
                    threads.submit(self._guarded, item.name, self._story, item)
                    for item in self._script.items
                ),
            ]
            for story in stories:
                story.result()
        finally:
            self._board.close()  # after Ctrl-C nobody goes on waiting
            threads.shutdown(cancel_futures=True)
        return self._performance

    def _guarded(self, name: str, play: Callable[..., None], *arguments: object) -> None:
        try:
            play(*arguments)
        except Stopped:
            return
        except (TurnedAway, ChannelBroken, NotSeen, Problem) as problem:
            self._performance.troubles.append(f"{name}: {problem}")
            self._say(f"  ! {name}: {problem}")

    def _story(self, item: ScriptItem) -> None:
        if item.after is not None:
            self._see(item.after, PATIENCE_SECONDS)
        if item.by is not None:
            with self._pens:
                customer = self._stage.in_jira(CUSTOMERS[item.by])
                self._was_written(item.name, customer.write_issue(item.summary, item.description))
        scene = Scene(
            stage=self._stage,
            board=self._board,
            item=item,
            key=self._key(item.name),
            key_of=self._key,
        )
        for step in item.then:
            perform(scene, step)

    def _take_in_reviews(self, reviews: list[ScriptItem]) -> None:
        """Reviews have no account behind them: they come by the file, as `followthrough intake`."""
        path = self._stage.settings.data_dir / REVIEWS
        rows = [
            {
                "source": REVIEW_SOURCE,
                "submission_id": item.name,
                "summary": item.summary,
                "description": item.description,
                "customer": f"reviewer-{item.name}",
            }
            for item in reviews
        ]
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._stage.terminal.run(["intake", str(path)])
        jql = f'project = "{self._stage.project}" AND reporter = "acc-followthrough-bot"'
        found = self._stage.administrator.search(jql, "summary", SOURCE_PROPERTY)
        for raw in found:
            source = (raw.get("properties") or {}).get(SOURCE_PROPERTY) or {}
            if source.get("source") == REVIEW_SOURCE:
                self._was_written(str(source["submission_id"]), str(raw["key"]))

    def _kill_the_worker(self) -> None:
        self._see(KILL_AT, PATIENCE_SECONDS)
        self._say("Killing the worker now (kill -9), in the middle of everything.")
        self._stage.stack.kill_worker()
        time.sleep(DOWN_SECONDS)
        self._stage.stack.restart_worker()
        self._say("A new worker runs. Temporal hands it everything that was under way.")

    def _see(self, after: After, seconds: float) -> SeenIssue:
        return self._board.wait(self._key(after.item), after.sign, seconds)

    def _was_written(self, name: str, key: str) -> None:
        with self._written:
            self._performance.keys[name] = key
            self._written.notify_all()

    def _key(self, name: str) -> str:
        """The issue key of an item, once it has been written. Raises `NotSeen`."""
        keys = self._performance.keys
        with self._written:
            if not self._written.wait_for(lambda: name in keys, PATIENCE_SECONDS):
                raise NotSeen(f"{name} was not written within {PATIENCE_SECONDS:.0f} s")
            return keys[name]
