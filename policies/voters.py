"""Who may vote under a rule, before it is known who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.people import Act, Person


def voters(
    people: Iterable[Person], groups: Iterable[str], permissions: Mapping[Act, tuple[str, ...]]
) -> tuple[Person, ...]:
    """Active members of the groups whose role may vote: people only, each human once."""
    found: dict[str, Person] = {}
    for person in people:
        if is_member(person, groups) and why_no_voter(person, permissions) is None:
            found.setdefault(person.human, person)
    return tuple(found.values())


def is_member(person: Person, groups: Iterable[str]) -> bool:
    """Whether the person is in one of the groups."""
    return not frozenset(groups).isdisjoint(person.groups)


def why_no_voter(person: Person, permissions: Mapping[Act, tuple[str, ...]]) -> str | None:
    """Why a member of a group may not vote at all, in words; None for one who may."""
    if person.behind is not None:
        return f"{person.name} is an automation account; only people decide."
    if not person.active:
        return f"{person.name} is no longer active."
    if frozenset(permissions.get(Act.VOTE, ())).isdisjoint(person.roles):
        return f"{person.name} has no role that may vote."
    return None
