"""Checks of who is told: in a level of a ladder, or when something is late."""

from __future__ import annotations

from collections.abc import Sequence

from policies.checks.findings import Problems, unknown
from policies.directory import Directory
from policies.levels import ROTA, kind_and_name
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]

_KINDS = {
    "": "person",
    "role": "role that anybody has",
    "group": "group that anybody is in",
    ROTA: "rota of people.yaml",
}


def check_notify(
    source: Source,
    path: Path,
    notify: Sequence[str],
    directory: Directory,
    stand_ins: frozenset[str],
) -> Problems:
    """Unknown names, and a list that reaches nobody; `stand_ins` are words such as `owner`."""
    reached: set[str] = set()
    for index, written in enumerate(notify):
        kind, name = kind_and_name(written)
        found, known = _reached(kind, name, directory, stand_ins)
        reached |= found
        if name not in known or kind not in _KINDS:
            yield unknown(
                source, (*path, "notify", index), written, known, _KINDS.get(kind, "person")
            )
    if not reached:
        remedy = "name at least one active person"
        yield source.problem((*path, "notify"), "reaches nobody", remedy=remedy, of_key=True)


def _reached(
    kind: str, name: str, directory: Directory, stand_ins: frozenset[str]
) -> tuple[set[str], frozenset[str]]:
    if kind == "role":
        return {person.id for person in directory.with_role(name)}, directory.roles
    if kind == "group":
        return {person.id for person in directory.in_group(name)}, directory.groups
    if kind == ROTA:
        rota = directory.rota(name)
        known = frozenset(one.name for one in directory.rotas)
        return (
            {one for one in rota.everybody() if _active(one, directory)} if rota else set()
        ), known
    people = frozenset(person.id for person in directory.people) | stand_ins
    active = name in stand_ins or _active(name, directory)
    return ({name} if active else set()), people


def _active(person_id: str, directory: Directory) -> bool:
    person = directory.by_id(person_id)
    return person is not None and person.active
