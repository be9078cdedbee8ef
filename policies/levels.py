"""Whom a level of a ladder means, among people who are given."""

from __future__ import annotations

from collections.abc import Sequence

from models.people import Person

ITEM_OWNER = "owner"
"""In place of a person on a rung: whoever owns the item."""

ROTA = "oncall"
"""What stands before the colon where a rota is named."""


def kind_and_name(written: str) -> tuple[str, str]:
    """`role:lead` as kind and name; the kind is role, group, oncall, or empty for a person."""
    kind, _, name = written.rpartition(":")
    return kind, name


def on_level(
    people: Sequence[Person],
    written: Sequence[str],
    owner: str | None,
    on_call: Sequence[str] = (),
) -> tuple[Person, ...]:
    """The active people whom these names mean, each once, in the order written.

    `on_call` are the ids of those whom the rotas among the names give at that moment; without them
    a rota means nobody.
    """
    found: dict[str, Person] = {}
    for one in written:
        found.update((person.id, person) for person in _meant(people, one, owner, on_call))
    return tuple(person for person in found.values() if person.active)


def _meant(
    people: Sequence[Person], written: str, owner: str | None, on_call: Sequence[str]
) -> list[Person]:
    kind, name = kind_and_name(written)
    match kind:
        case "role":
            return [person for person in people if name in person.roles]
        case "group":
            return [person for person in people if name in person.groups]
        case "oncall":
            wanted: Sequence[str | None] = on_call
        case _:
            wanted = (owner if name == ITEM_OWNER else name,)
    return [person for one in wanted for person in people if person.id == one]
