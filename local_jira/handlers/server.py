"""What the site is, who asks, and what they may do."""

from local_jira.calls import Answer, Call
from local_jira.clock import jira_time
from local_jira.failures import BadRequestError
from local_jira.naming import name_of
from local_jira.routing import Route
from local_jira.views.context import view_for
from local_jira.views.definitions import user_json

VERSION = (1001, 0, 0)
DATACENTER_VERSION = (9, 12, 0)
STAFF_PERMISSIONS = frozenset(
    {
        "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "ASSIGN_ISSUES",
        "ASSIGNABLE_USER", "CLOSE_ISSUES", "RESOLVE_ISSUES", "TRANSITION_ISSUES", "LINK_ISSUES",
        "SCHEDULE_ISSUES", "MODIFY_REPORTER", "ADD_COMMENTS", "EDIT_OWN_COMMENTS",
        "DELETE_OWN_COMMENTS", "CREATE_ATTACHMENTS", "DELETE_OWN_ATTACHMENTS", "MANAGE_WATCHERS", "VIEW_VOTERS_AND_WATCHERS", "USER_PICKER",
    }
)  # fmt: skip
ADMIN_PERMISSIONS = frozenset(
    {
        "ADMINISTER", "SYSTEM_ADMIN", "ADMINISTER_PROJECTS", "EDIT_ALL_COMMENTS",
        "DELETE_ALL_COMMENTS",
    }
)  # fmt: skip
CUSTOMER_PERMISSIONS = frozenset({"BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS"})


def get_server_info(call: Call) -> Answer:
    """GET serverInfo."""
    base = call.site.settings.base_url
    now = jira_time(call.site.clock())
    on_datacenter = call.site.settings.is_datacenter
    numbers = DATACENTER_VERSION if on_datacenter else VERSION
    return Answer(
        200,
        {
            "baseUrl": base,
            "displayUrl": base,
            "displayUrlServicedeskHelpCenter": base,
            "displayUrlConfluence": base,
            "version": ".".join(map(str, numbers)) + ("" if on_datacenter else "-SNAPSHOT"),
            "versionNumbers": list(numbers),
            "deploymentType": "Server" if on_datacenter else "Cloud",
            "buildNumber": 100_000,
            "buildDate": "2026-01-01T00:00:00.000+0000",
            "serverTime": now,
            "scmInfo": "local",
            "serverTitle": call.site.catalog.title,
            "serverTimeZone": "UTC",
        },
    )


def get_myself(call: Call) -> Answer:
    """GET myself."""
    view = view_for(call)
    shown = user_json(view, call.actor) or {}
    shown["locale"] = "en_US"
    shown["groups"] = {"size": len(call.actor.groups), "items": []}
    shown["applicationRoles"] = {"size": 1, "items": []}
    shown["expand"] = "groups,applicationRoles"
    return Answer(200, shown)


def get_session(call: Call) -> Answer:
    """GET auth/1/session: who is signed in."""
    return Answer(
        200,
        {"self": f"{call.site.settings.base_url}/rest/api/2/user", "name": _session_name(call)},
    )


def _session_name(call: Call) -> str:
    by_name = call.site.settings.is_datacenter
    return name_of(call.actor) if by_name else call.actor.account_id


def get_permissions(call: Call) -> Answer:
    """GET mypermissions?permissions=…"""
    wanted = call.many("permissions")
    if not wanted:
        raise BadRequestError("The 'permissions' query parameter is required.")
    known = STAFF_PERMISSIONS | ADMIN_PERMISSIONS
    unknown = {name: "Unrecognized permission" for name in wanted if name not in known}
    if unknown:
        raise BadRequestError(errors=unknown)
    held = _held(call)
    return Answer(
        200,
        {
            "permissions": {
                name: {
                    "id": str(number),
                    "key": name,
                    "name": name.replace("_", " ").capitalize(),
                    "type": "GLOBAL" if name in ("ADMINISTER", "SYSTEM_ADMIN") else "PROJECT",
                    "description": "",
                    "havePermission": name in held,
                }
                for number, name in enumerate(wanted, 1)
            }
        },
    )


def _held(call: Call) -> frozenset[str]:
    if call.account is None:
        return frozenset()
    if call.account.is_customer:
        return CUSTOMER_PERMISSIONS
    return STAFF_PERMISSIONS | (ADMIN_PERMISSIONS if call.account.is_admin else frozenset())


def get_configuration(call: Call) -> Answer:
    """GET configuration."""
    return Answer(
        200,
        {
            "votingEnabled": False,
            "watchingEnabled": True,
            "unassignedIssuesAllowed": True,
            "subTasksEnabled": True,
            "issueLinkingEnabled": True,
            "timeTrackingEnabled": False,
            "attachmentsEnabled": True,
        },
    )


ROUTES = [
    Route("GET", "serverInfo", get_server_info, anonymous=True),
    Route("GET", "myself", get_myself),
    Route("GET", "mypermissions", get_permissions, anonymous=True),
    Route("GET", "configuration", get_configuration),
]
SESSION_ROUTES = [Route("GET", "session", get_session)]
