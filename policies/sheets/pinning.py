"""What is pinned to a sheet when it begins: who is meant by names and roles, and who is told when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.people import Person
from models.sheet import DEPUTIES, OWNER, LateStep, SheetRules
from policies.directory import Directory
from policies.documents.rollout import LateEntry
from policies.durations import seconds_in
from policies.levels import on_level


@dataclass(frozen=True)
class Installation:
    """What a sheet takes from this installation beside the policy files."""

    trusted_keys: Mapping[str, str]
    allow_unproven: bool


def pin(
    directory: Directory,
    version: str,
    *,
    issue_type: str,
    asked: Iterable[str],
    remind_before: str,
    late: Sequence[LateEntry],
    installation: Installation,
) -> SheetRules:
    """The rules of a sheet; `asked` are the ids of everybody to whom a question will be put."""
    steps = [LateStep(after=-seconds_in(remind_before), notify=(OWNER,))]
    steps += [
        LateStep(after=seconds_in(entry.after), notify=_resolved(directory, entry.notify))
        for entry in late
    ]
    ids = {*asked, *(one for step in steps for one in step.notify)}
    people = tuple(_bare(person) for person in directory.people if person.id in ids)
    return SheetRules(
        version=version,
        issue_type=issue_type,
        people=people,
        late=tuple(steps),
        trusted_keys=dict(installation.trusted_keys),
        allow_unproven=installation.allow_unproven,
    )


def _resolved(directory: Directory, notify: Sequence[str]) -> tuple[str, ...]:
    """Roles and groups as the people they mean now; `owner` and `deputies` stay."""
    found: list[str] = []
    for written in notify:
        if written in (OWNER, DEPUTIES):
            found.append(written)
        else:
            found += [person.id for person in on_level(directory.people, (written,), None)]
    return tuple(dict.fromkeys(found))


def _bare(person: Person) -> Person:
    """Replies go by name, so roles and groups need not travel."""
    return person.model_copy(update={"roles": (), "groups": ()})
