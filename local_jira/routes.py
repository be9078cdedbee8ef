"""The whole surface: which paths exist, which handler serves each, what is left out on purpose."""

from local_jira.handlers import (
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
from local_jira.routing import RouteTable
from local_jira.service_desk import approving, directory, raising, reading_slas, talking

PLATFORM = RouteTable(
    [
        *server.ROUTES,
        *definitions.ROUTES,
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
        *directory.ROUTES,
        *raising.ROUTES,
        *talking.ROUTES,
        *reading_slas.ROUTES,
        *approving.ROUTES,
    ]
)
SESSION = RouteTable(server.SESSION_ROUTES)
LOCAL = RouteTable([*local.ROUTES, *moves.ROUTES])
# Fixed words before names, so that the right template names itself.
UNSERVED = tuple(
    sorted(server.unserved_operations(), key=lambda entry: (entry[1].count("{"), entry))
)
