"""Who is on a level of a ladder is read at the moment at which the level is told."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity

from models.activity_io import LookUpInput
from models.ladder import LevelFound
from policies.directory import Directory
from policies.lookup import who_is_on


class LevelActivities:
    """Looks levels up among the people and rotas as they are written now."""

    def __init__(self, people: Callable[[], Directory]) -> None:
        self._people = people

    @activity.defn
    def look_up_level(self, request: LookUpInput) -> LevelFound:
        """The active people on the level, and when others will be on its rotas.

        Raises `ApplicationError` of type `PolicyInvalid` when people.yaml never loaded here.
        """
        return who_is_on(self._people(), request.level, request.written, request.owner, request.now)
