"""What a scenario file may say: who writes what, and what the played people do then."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

from demo.people import CUSTOMERS, STAFF
from demo.signs import SIGNS
from runtime.problems import WrongSettings

SCENARIO = Path(__file__).parent / "scenario"
VERBS = (
    "wait_for",
    "answer",
    "note",
    "command",
    "reply",
    "move",
    "edit",
    "delete",
    "desk",
    "vote",
    "terminal",
)


class ScriptPart(BaseModel):
    """The base of everything in a scenario file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class After(ScriptPart):
    """Written only once another item of the scenario shows a sign."""

    item: str
    sign: str


class Step(ScriptPart):
    """One thing that a played person does, or waits to see in Jira. Exactly one verb.

    `answer` is public, `note` and `command` are internal, `reply` is the customer's. `move` names
    the status (and a resolution), `edit` fields by hand, `desk` a form of the item's page, `vote`
    one on the request's page, `terminal` the words of a `followthrough` command. `refused` says
    that the person is meant to be turned away. `within` bounds a wait, in seconds.
    """

    who: str | None = None
    wait_for: str | None = None
    answer: str | None = None
    note: str | None = None
    command: str | None = None
    reply: str | None = None
    move: dict[str, str] | None = None
    edit: dict[str, str] | None = None
    delete: bool = False
    desk: dict[str, str] | None = None
    vote: dict[str, str] | None = None
    terminal: tuple[str, ...] | None = None
    refused: bool = False
    within: float = Field(default=75.0, gt=0)

    @property
    def verb(self) -> str:
        """The one verb of the step."""
        return next(verb for verb in VERBS if getattr(self, verb))

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        said = [verb for verb in VERBS if getattr(self, verb)]
        if len(said) != 1:
            raise ValueError(f"a step says exactly one thing, not {said or 'nothing'}")
        if self.wait_for is not None and self.wait_for not in SIGNS:
            raise ValueError(f"nobody can wait for {self.wait_for!r}")
        known = CUSTOMERS if self.verb == "reply" else STAFF
        if self.wait_for is None and self.who not in known:
            raise ValueError(f"{self.who!r} is nobody who can do this")
        return self


class ScriptItem(ScriptPart):
    """One piece of feedback and its story.

    `by` is a customer with an account, or None for one that comes from the file of app-store
    reviews. `shows` are the paths that this item must be seen on when everything is read back.
    """

    name: str
    by: str | None = None
    summary: str
    description: str = ""
    after: After | None = None
    shows: tuple[str, ...]
    then: tuple[Step, ...] = ()
    left_waiting: bool = False


class Script(ScriptPart):
    """The whole scenario."""

    items: tuple[ScriptItem, ...]

    def item(self, name: str) -> ScriptItem:
        """The item of this name."""
        return next(item for item in self.items if item.name == name)


def load_script(folder: Path = SCENARIO) -> Script:
    """Read every scenario file. Raises `WrongSettings` naming the file and what is wrong in it."""
    items: list[ScriptItem] = []
    for path in sorted(folder.glob("*.yaml")):
        content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        try:
            items.extend(Script.model_validate({"items": content}).items)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise WrongSettings(f"at {place}: {first['msg']}.", where=str(path)) from error
    _check_names(items, folder)
    return Script(items=tuple(items))


def _check_names(items: list[ScriptItem], folder: Path) -> None:
    names = [item.name for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    lost = sorted({item.after.item for item in items if item.after} - set(names))
    strangers = sorted({item.by for item in items if item.by} - set(CUSTOMERS))
    unknown = sorted({item.after.sign for item in items if item.after} - set(SIGNS))
    for found, what in (
        (twice, "these names come twice"),
        (lost, "these items are waited for and do not exist"),
        (strangers, "these customers do not exist"),
        (unknown, "nobody can wait for"),
    ):
        if found:
            raise WrongSettings(f"{what}: {', '.join(found)}.", where=str(folder))
