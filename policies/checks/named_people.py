"""Checks of people to whom a question is put: they are there, human, and named once."""

from __future__ import annotations

from collections.abc import Sequence

from policies.checks.findings import Problems, unknown
from policies.checks.notified import check_notify
from policies.directory import Directory
from policies.documents.rollout import LateEntry
from policies.durations import seconds_in
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]

OWNER_AND_DEPUTIES = frozenset({"owner", "deputies"})


def check_asked(
    source: Source,
    path: Path,
    key: str,
    owner: str,
    deputies: Sequence[str],
    directory: Directory,
) -> Problems:
    """Whoever is asked is an active person, and no deputy is the same one again."""
    yield from check_person(source, (*path, key), owner, directory)
    for index, deputy in enumerate(deputies):
        where: Path = (*path, "deputies", index)
        if deputy in (owner, *deputies[:index]):
            remedy = "name somebody else"
            yield source.problem(where, "is named already", got=deputy, remedy=remedy)
        else:
            yield from check_person(source, where, deputy, directory)


def check_late(source: Source, late: Sequence[LateEntry], directory: Directory | None) -> Problems:
    """Later steps come later, and every step reaches somebody."""
    for index, entry in enumerate(late):
        path: Path = ("late", index)
        if index and seconds_in(entry.after) <= seconds_in(late[index - 1].after):
            remedy = "write the steps in the order in which they come"
            what = "is not later than the step above"
            yield source.problem((*path, "after"), what, got=entry.after, remedy=remedy)
        if directory:
            yield from check_notify(source, path, entry.notify, directory, OWNER_AND_DEPUTIES)
        for place, written in enumerate(entry.notify):
            if written.startswith("oncall:"):
                remedy = "name people, a role or a group"
                what = "is a rota, and a sheet looks up none"
                yield source.problem((*path, "notify", place), what, got=written, remedy=remedy)


def check_person(source: Source, path: Path, person_id: str, directory: Directory) -> Problems:
    """Somebody who is there, and human."""
    person = directory.by_id(person_id)
    if person is None:
        known = [one.id for one in directory.people if one.active and not one.behind]
        yield unknown(source, path, person_id, known, "person")
    elif not person.active or person.behind:
        what = "has left" if not person.active else "is an automation account"
        yield source.problem(path, what, got=person_id, remedy="name an active person")
