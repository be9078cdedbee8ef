"""Checks of people.yaml."""

from __future__ import annotations

from models.people import Act, NoticeChannel
from policies.checks.findings import Problems, unknown, used_twice
from policies.checks.rotas import check_rotas
from policies.directory import Directory
from policies.documents.people import PeopleDocument
from policies.problems import PathPart
from policies.yaml_source import Source


def check_people(source: Source, document: PeopleDocument, directory: Directory) -> Problems:
    """Names used twice, accounts without a human behind, missing addresses and permissions."""
    entries: list[tuple[tuple[PathPart, ...], str, str | None]] = []
    entries += [
        (("people", index), person.id, person.jira) for index, person in enumerate(document.people)
    ]
    entries += [
        (("automation", index), robot.id, robot.jira)
        for index, robot in enumerate(document.automation)
    ]
    yield from used_twice(source, [((*path, "id"), id_) for path, id_, _ in entries])
    yield from used_twice(source, [((*path, "jira"), jira) for path, _, jira in entries if jira])
    subjects = [
        (("people", index, "subject"), person.subject)
        for index, person in enumerate(document.people)
        if person.subject
    ]
    yield from used_twice(source, subjects)
    for index, person in enumerate(document.people):
        for place, channel in enumerate(person.notify):
            if channel is NoticeChannel.EMAIL and person.email is None:
                where = ("people", index, "notify", place)
                remedy = "add email, or choose another channel"
                yield source.problem(where, "needs an address", got=channel, remedy=remedy)
    yield from check_rotas(source, document, directory)
    humans = {person.id for person in document.people}
    for index, robot in enumerate(document.automation):
        if robot.behind not in humans:
            yield unknown(source, ("automation", index, "behind"), robot.behind, humans, "person")
    yield from _delegations(source, document, directory)
    for act in Act:
        if act is not Act.REPLY and act not in document.permissions:
            remedy = f"add {act}, with [] if nobody may"
            yield source.problem(("permissions", act.value), "is missing", remedy=remedy)
    if Act.REPLY in document.permissions:
        remedy = "leave it out; whom a question is put to is in rollout.yaml, review.yaml and themes.yaml"
        what = "is no matter of roles"
        yield source.problem(("permissions", "reply"), what, remedy=remedy, of_key=True)
    for act, roles in document.permissions.items():
        for index, role in enumerate(roles):
            if role not in directory.roles:
                path = ("permissions", act.value, index)
                yield unknown(source, path, role, directory.roles, "role that anybody has")


def _delegations(source: Source, document: PeopleDocument, directory: Directory) -> Problems:
    humans = {person.id for person in document.people}
    for index, lent in enumerate(document.delegations):
        path: tuple[PathPart, ...] = ("delegations", index)
        for key, person in (("from", lent.principal), ("to", lent.delegate)):
            if person not in humans:
                yield unknown(source, (*path, key), person, humans, "person")
        if lent.principal == lent.delegate:
            remedy = "name somebody else"
            yield source.problem(
                (*path, "to"), "is the same person", got=lent.delegate, remedy=remedy
            )
        if lent.until < lent.since:
            remedy = "write the last day of it"
            yield source.problem(
                (*path, "until"), "is before since", got=str(lent.until), remedy=remedy
            )
        delegate = directory.by_id(lent.delegate)
        if delegate is not None and not delegate.active:
            remedy = "name somebody who is active"
            yield source.problem((*path, "to"), "is not active", got=lent.delegate, remedy=remedy)
