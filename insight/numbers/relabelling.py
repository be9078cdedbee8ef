"""A category that ends where another begins with its share: it was renamed, and is no new theme.

Stragglers under either name are allowed for: 2 in 100 contacts of a category may lie on the wrong
side of the change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from models.base import Frozen, Moment
from models.contact import Contact

AROUND = 300
"""Contacts looked at on each side of the change."""
LEAST = 5
"""Contacts of a category, and such a number expected on the side where it is missing."""
STRAGGLERS = 0.02
STILL_THERE = 0.1
"""A category of which more than this part of its share goes on has not ended."""
APART = timedelta(days=21)
APART_CONTACTS = 60
ALIKE_NAMES = 0.6
ALIKE_SHARES = 1.5
"""A share is taken over if neither is more than so many times the other."""
LARGE_SHARE = 0.1
"""Names that have no word in common are one theme only if so much of everything moved."""
_WORDS = re.compile(r"[a-z0-9]+")
_SMALL_WORDS = frozenset({"or", "and", "the", "of", "other", "a", "for"})


class Relabelling(Frozen):
    """`old` ended around `at` where `new` began; more than one new name is a split."""

    old: str
    new: tuple[str, ...]
    at: Moment
    share_before: float
    share_after: float


class _Edge(NamedTuple):
    name: str
    place: int
    share: float


def relabellings(contacts: Sequence[Contact]) -> tuple[Relabelling, ...]:
    """Every category that was renamed or split, oldest first."""
    ordered = sorted(contacts, key=lambda one: (one.opened_at, one.reference))
    places: dict[str, list[int]] = {}
    for place, one in enumerate(ordered):
        places.setdefault(one.category, []).append(place)
    ended = [edge for name, at in places.items() if (edge := _ending(name, at, len(ordered)))]
    begun = [edge for name, at in places.items() if (edge := _beginning(name, at, len(ordered)))]
    successors = {
        one.name: max(before, key=lambda old, one=one: _likeness(old, one)).name  # type: ignore[misc]  # mypy does not infer a lambda's default
        for one in begun
        if (before := [old for old in ended if _near(old, one, ordered) and _takes_over(old, one)])
    }
    found = []
    for old in ended:
        new = [one for one in begun if successors.get(one.name) == old.name]
        if new:
            found.append(
                Relabelling(
                    old=old.name,
                    new=tuple(one.name for one in new),
                    at=ordered[min(one.place for one in new)].opened_at,
                    share_before=old.share,
                    share_after=sum(one.share for one in new),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.at, one.old)))


class NewCategory(Frozen):
    """A category that was not there before `at`, and that no other one became."""

    name: str
    at: Moment
    share: float


def new_categories(
    contacts: Sequence[Contact], known: Sequence[Relabelling]
) -> tuple[NewCategory, ...]:
    """Categories that began among contacts that went on before, renamed ones left out."""
    ordered = sorted(contacts, key=lambda one: (one.opened_at, one.reference))
    renamed = {name for one in known for name in one.new}
    found = []
    for name in sorted({one.category for one in ordered} - renamed):
        at = [place for place, one in enumerate(ordered) if one.category == name]
        edge = _beginning(name, at, len(ordered))
        if edge is not None:
            found.append(NewCategory(name=name, at=ordered[edge.place].opened_at, share=edge.share))
    return tuple(found)


def one_name(contacts: Sequence[Contact], found: Sequence[Relabelling]) -> tuple[Contact, ...]:
    """The contacts with every renamed or split category under its newest name, to be compared."""
    latest: dict[str, str] = {}
    for one in found:
        for name in (one.old, *one.new):
            latest[name] = " / ".join(one.new)
    return tuple(
        one.model_copy(update={"category": _followed(one.category, latest)})
        if one.category in latest
        else one
        for one in contacts
    )


def _followed(name: str, latest: Mapping[str, str]) -> str:
    seen = {name}
    while (following := latest.get(name)) is not None and following not in seen:
        name = following
        seen.add(name)
    return name


def _ending(name: str, at: Sequence[int], whole: int) -> _Edge | None:
    """Where a category ends while contacts go on; None when it does not."""
    last = at[len(at) - 1 - int(STRAGGLERS * len(at))]
    before = [one for one in at if last - AROUND < one <= last]
    after = [one for one in at if last < one <= last + AROUND]
    share = len(before) / min(AROUND, last + 1)
    return _edge(name, last, len(before), share, len(after), min(AROUND, whole - 1 - last))


def _beginning(name: str, at: Sequence[int], whole: int) -> _Edge | None:
    first = at[int(STRAGGLERS * len(at))]
    after = [one for one in at if first <= one < first + AROUND]
    before = [one for one in at if first - AROUND <= one < first]
    share = len(after) / min(AROUND, whole - first)
    return _edge(name, first, len(after), share, len(before), min(AROUND, first))


def _edge(
    name: str, place: int, here: int, share: float, there: int, other_side: int
) -> _Edge | None:
    expected = share * other_side
    if here < LEAST or expected < LEAST or there > STILL_THERE * expected:
        return None
    return _Edge(name, place, share)


def _near(old: _Edge, new: _Edge, ordered: Sequence[Contact]) -> bool:
    apart = abs(ordered[new.place].opened_at - ordered[old.place].opened_at)
    return apart <= APART or abs(new.place - old.place) <= APART_CONTACTS


def _takes_over(old: _Edge, new: _Edge) -> bool:
    if old.name == new.name:
        return False
    smaller, larger = sorted((old.share, new.share))
    alike = larger <= ALIKE_SHARES * smaller and smaller >= LARGE_SHARE
    mine, theirs = _words(old.name), _words(new.name)
    shared = len(mine & theirs) / max(min(len(mine), len(theirs)), 1)
    return alike or (shared >= ALIKE_NAMES and new.share <= ALIKE_SHARES * old.share)


def _likeness(old: _Edge, new: _Edge) -> tuple[float, float]:
    """How much two names have in common, then how close their shares are."""
    mine, theirs = _words(old.name), _words(new.name)
    return len(mine & theirs) / max(len(mine | theirs), 1), -abs(old.share - new.share)


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(name.casefold())) - _SMALL_WORDS
