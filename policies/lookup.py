"""Finding out who is on a level at one moment, from the people and rotas as they are then.

It reads time-zone data, so it belongs in activities.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.ladder import LevelFound
from policies.directory import Directory
from policies.levels import ROTA, kind_and_name, on_level
from policies.rota import on_call


def who_is_on(
    directory: Directory, level: int, written: Sequence[str], owner: str | None, at: datetime
) -> LevelFound:
    """Who is on the level at `at`. A rota that was taken out of the file since gives nobody."""
    names = [name for kind, name in map(kind_and_name, written) if kind == ROTA]
    shifts = [on_call(rota, at) for name in names if (rota := directory.rota(name)) is not None]
    on_rotas = tuple(person for shift in shifts for person in shift.people)
    people = on_level(directory.people, written, owner, on_rotas)
    active = {person.id for person in people}
    staffed = tuple(one for one in dict.fromkeys(on_rotas) if one in active)
    changes_at = min((one.changes_at for one in shifts if one.changes_at), default=None)
    return LevelFound(
        level=level,
        people=people,
        rotas=tuple(names),
        on_call=staffed,
        changes_at=changes_at,
        next_at=None if staffed else changes_at,
    )
