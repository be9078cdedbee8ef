"""Finds the handler of a request; says whether a path is unknown, unserved or misused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from local_jira.calls import Answer, Call

Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """One operation: method, path template such as `issue/{issueIdOrKey}`, and its handler.

    `anonymous` routes answer callers who did not sign in; the others answer them 401.
    """

    method: str
    template: str
    handler: Handler
    anonymous: bool = False


@dataclass(frozen=True)
class Match:
    """A route and the values of its template's names."""

    route: Route
    parameters: dict[str, str]


def _pattern(template: str) -> re.Pattern[str]:
    parts = [
        f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
        for part in template.split("/")
    ]
    return re.compile("^" + "/".join(parts) + "$")


class RouteTable:
    """All routes of one API; fixed words win over names in templates."""

    def __init__(self, routes: list[Route]) -> None:
        """Sort so that the most specific template is tried first."""
        ordered = sorted(routes, key=lambda route: (route.template.count("{"), route.template))
        self._routes = [(_pattern(route.template), route) for route in ordered]

    def find(self, method: str, path: str) -> Match | None:
        """The route for a method and a path as it came, percent signs and all."""
        for pattern, route in self._routes:
            match = pattern.match(path)
            if match and route.method == method:
                return Match(route, {k: unquote(v) for k, v in match.groupdict().items()})
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that a path takes; empty for an unknown path."""
        return {route.method for pattern, route in self._routes if pattern.match(path)}

    @property
    def routes(self) -> list[Route]:
        """Everything served."""
        return [route for _, route in self._routes]

    def served(self) -> set[tuple[str, str]]:
        """Method and template of everything served."""
        return {(route.method, route.template) for _, route in self._routes}
