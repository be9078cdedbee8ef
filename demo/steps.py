"""One step of a story, carried out through the channel that a person has for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from demo.actors.refusals import ChannelBroken, TurnedAway
from demo.board import Board
from demo.people import CUSTOMERS, STAFF
from demo.script import ScriptItem, Step
from demo.stage import Stage

_KEY_OF = re.compile(r"\{key:([a-z0-9-]+)\}")


@dataclass(frozen=True)
class Scene:
    """Where a step happens: the issue `key` of `item`. `key_of` knows the other items' keys."""

    stage: Stage
    board: Board
    item: ScriptItem
    key: str
    key_of: Callable[[str], str]

    def words(self, text: str) -> str:
        """A text with `{key}`, `{key:other-item}` and `{request}` filled in, as read in Jira."""
        text = _KEY_OF.sub(lambda found: self.key_of(found[1]), text)
        text = text.replace("{key}", self.key)
        return text.replace("{request}", self.request()) if "{request}" in text else text

    def request(self) -> str:
        """The id of the request that was asked last on the issue."""
        issue = self.board.issue(self.key)
        if issue is None or issue.request is None:
            raise ChannelBroken(f"{self.key} shows no request that could be voted on")
        return issue.request


def perform(scene: Scene, step: Step) -> None:
    """Do the step, or wait for what it waits for.

    Raises `NotSeen`, `TurnedAway` and `ChannelBroken`; a person who is meant to be turned away and
    is not is a `ChannelBroken` too.
    """
    if step.wait_for is not None:
        scene.board.wait(scene.key, step.wait_for, step.within)
        return
    try:
        _DOING[step.verb](scene, step)
    except TurnedAway as refusal:
        if step.refused or refusal.after_silence:
            return
        raise
    if step.refused:
        raise ChannelBroken(f"{step.who} was to be refused on {scene.key} and was not")


def _answer(scene: Scene, step: Step) -> None:
    colleague = scene.stage.in_jira(STAFF[step.who or ""])
    colleague.comment(scene.key, scene.words(step.answer or ""))


def _reply(scene: Scene, step: Step) -> None:
    scene.stage.in_jira(CUSTOMERS[step.who or ""]).comment(scene.key, step.reply or "")


def _internal(scene: Scene, step: Step) -> None:
    colleague = scene.stage.in_jira(STAFF[step.who or ""])
    colleague.comment(scene.key, scene.words(step.command or step.note or ""), internal=True)


def _move(scene: Scene, step: Step) -> None:
    wanted = step.move or {}
    colleague = scene.stage.in_jira(STAFF[step.who or ""])
    colleague.move(scene.key, wanted["to"], wanted.get("resolution"))


def _edit(scene: Scene, step: Step) -> None:
    scene.stage.in_jira(STAFF[step.who or ""]).edit(scene.key, step.edit or {})


def _delete(scene: Scene, step: Step) -> None:
    scene.stage.in_jira(STAFF[step.who or ""]).delete(scene.key)


def _desk(scene: Scene, step: Step) -> None:
    values = dict(step.desk or {})
    act = values.pop("act")
    scene.stage.at_desk(STAFF[step.who or ""]).act(scene.key, act, values)


def _vote(scene: Scene, step: Step) -> None:
    vote = step.vote or {}
    browser = scene.stage.at_desk(STAFF[step.who or ""])
    browser.vote(scene.request(), vote["choice"], vote["reason"])


def _terminal(scene: Scene, step: Step) -> None:
    words = [scene.words(word) for word in step.terminal or ()]
    scene.stage.terminal.run(words, step.who)


_DOING: dict[str, Callable[[Scene, Step], None]] = {
    "answer": _answer,
    "reply": _reply,
    "command": _internal,
    "note": _internal,
    "move": _move,
    "edit": _edit,
    "delete": _delete,
    "desk": _desk,
    "vote": _vote,
    "terminal": _terminal,
}
