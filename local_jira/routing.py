"""Finds the handler of a request; says whether a path is unknown, unserved or misused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from local_jira.calls import Answer, Call
from local_jira.failures import ProblemError

Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """One operation: method, path template such as `issue/{issueIdOrKey}`, and its handler.

    `anonymous` routes answer callers who did not sign in; the others answer them 401. A route
    that is not `served` is documented for Jira and only says that it is left out here.
    """

    method: str
    template: str
    handler: Handler
    anonymous: bool = False
    served: bool = True


def _say_left_out(call: Call) -> Answer:
    raise ProblemError(
        501,
        "Not Implemented",
        f"{call.method} {call.endpoint} is documented for Jira, but this local stand-in does not "
        "serve it.",
    )


def left_out(method: str, template: str) -> Route:
    """An operation that Jira documents and this site answers with an honest 501."""
    return Route(method, template, _say_left_out, anonymous=True, served=False)


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
    return re.compile("/".join(parts))


def _shape(path: str) -> tuple[str, int]:
    """The first word, which no template leaves open, and the number of parts."""
    return path.partition("/")[0], path.count("/")


class RouteTable:
    """All routes of one API; fixed words win over names in templates."""

    def __init__(self, routes: list[Route]) -> None:
        """Sort so that the most specific template is tried first."""
        self._routes = sorted(routes, key=lambda route: (route.template.count("{"), route.template))
        self._by_shape: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        for route in self._routes:
            entry = (_pattern(route.template), route)
            self._by_shape.setdefault(_shape(route.template), []).append(entry)

    def _matches(self, path: str) -> Iterator[tuple[re.Match[str], Route]]:
        for pattern, route in self._by_shape.get(_shape(path), ()):
            if match := pattern.fullmatch(path):
                yield match, route

    def find(self, method: str, path: str) -> Match | None:
        """The route for a method and a path as it came, percent signs and all."""
        for match, route in self._matches(path):
            if route.method == method:
                return Match(route, {k: unquote(v) for k, v in match.groupdict().items()})
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that a path takes; empty for an unknown path."""
        return {route.method for _, route in self._matches(path)}

    @property
    def routes(self) -> list[Route]:
        """Everything served."""
        return [route for route in self._routes if route.served]

    def served(self) -> set[tuple[str, str]]:
        """Method and template of everything served."""
        return {(route.method, route.template) for route in self.routes}

    def left_out(self) -> set[tuple[str, str]]:
        """Method and template of everything that is answered 501."""
        return {(route.method, route.template) for route in self._routes if not route.served}
