"""The whole surface: which paths exist, which handler serves each, what is left out on purpose."""

import json
from pathlib import Path

from local_jira.handlers import (
    archiving,
    attachments,
    bulk_changelogs,
    bulk_properties,
    comments,
    datacenter,
    definitions,
    dynamic_webhooks,
    issues,
    links,
    local,
    moves,
    project_parts,
    properties,
    search,
    server,
    users,
    webhooks,
)
from local_jira.routing import Route, RouteTable, left_out
from local_jira.service_desk import (
    approving,
    directory,
    organizations,
    raising,
    reading_slas,
    talking,
)

_LEFT_OUT: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "unserved.json").read_text(encoding="utf-8")
)


def _left_out_of(api: str) -> list[Route]:
    """What Atlassian documents for an API of Jira Cloud and this site does not serve."""
    return [
        left_out(method, template)
        for template, methods in _LEFT_OUT[api].items()
        for method in methods
    ]


PLATFORM = RouteTable(
    [
        *_left_out_of("platform"),
        *server.ROUTES,
        *definitions.ROUTES,
        *archiving.ROUTES,
        *issues.ROUTES,
        *attachments.ROUTES,
        *project_parts.ROUTES,
        *bulk_changelogs.ROUTES,
        *bulk_properties.ROUTES,
        *comments.ROUTES,
        *properties.ROUTES,
        *links.ROUTES,
        *search.ROUTES,
        *users.ROUTES,
        *dynamic_webhooks.ROUTES,
    ]
)
_ON_DATACENTER = {(route.method, route.template) for route in datacenter.ROUTES}
# What both serve alike, without what only Cloud has, and with what Data Center does differently.
DATACENTER = RouteTable(
    [
        *(
            route
            for route in PLATFORM.routes
            if route.template not in datacenter.CLOUD_ONLY
            and (route.method, route.template) not in _ON_DATACENTER
        ),
        *datacenter.ROUTES,
    ]
)
ADMIN_WEBHOOKS = RouteTable(webhooks.ADMIN_ROUTES)
SERVICE_DESK = RouteTable(
    [
        *_left_out_of("serviceDesk"),
        *directory.ROUTES,
        *organizations.ROUTES,
        *raising.ROUTES,
        *talking.ROUTES,
        *reading_slas.ROUTES,
        *approving.ROUTES,
    ]
)
SESSION = RouteTable(server.SESSION_ROUTES)
LOCAL = RouteTable([*local.ROUTES, *moves.ROUTES])
