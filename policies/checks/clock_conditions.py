"""Conditions of clocks in sla.yaml that could never do what they seem to say."""

from __future__ import annotations

from models.clock_rules import Word
from models.clocks import ClockName
from policies.checks.findings import Problems
from policies.clock_words import STATES, condition
from policies.documents.sla import ClockConditions, SlaDocument
from policies.problems import PathPart, shown
from policies.yaml_source import Source


def check_clocks(source: Source, document: SlaDocument) -> Problems:
    """Clocks that cannot start, cannot end, or go on in the moment in which they paused."""
    for name, written in document.clocks.items():
        path = ("clocks", name.value)
        yield from _starts(source, path, written)
        yield from _ends(source, path, name, written)
        yield from _pauses(source, path, written)
        yield from _misplaced(source, path, written)


def _starts(source: Source, path: tuple[PathPart, ...], written: ClockConditions) -> Problems:
    stopping = {condition(one) for one in written.stop}
    for place, one in enumerate(written.start):
        if condition(one) in stopping:
            yield source.problem(
                (*path, "start", place),
                "stops the clock too, and stopping goes first, so it never starts it",
                got=shown(one),
                remedy="write it under `reset` instead of `stop`",
            )


def _ends(
    source: Source, path: tuple[PathPart, ...], name: ClockName, written: ClockConditions
) -> Problems:
    if not (written.stop or written.reset or written.cancel):
        what = "never ends"
        yield source.problem(
            path, what, got=name.value, remedy="add `stop`, or `reset` and `cancel`", of_key=True
        )


def _pauses(source: Source, path: tuple[PathPart, ...], written: ClockConditions) -> Problems:
    if written.resume:
        return
    for place, one in enumerate(written.pause):
        if condition(one).word not in STATES:
            yield source.problem(
                (*path, "pause", place),
                "is over in the moment in which it happens, and so would be the pause",
                got=shown(one),
                remedy="name a state such as in_status(…), or say under `resume` when it goes on",
            )


def _misplaced(source: Source, path: tuple[PathPart, ...], written: ClockConditions) -> Problems:
    for part in ("start", "stop", "reset", "pause", "resume"):
        for place, one in enumerate(getattr(written, part)):
            if condition(one).word is Word.START_NO_LONGER_HOLDS:
                yield source.problem(
                    (*path, part, place),
                    "has a meaning only under `cancel`",
                    got=shown(one),
                    remedy="write it there",
                )
