"""Which rights our account needs in a project, and whether it has them."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from models.failures import JIRA_PERMISSION

NEEDED: dict[str, str] = {
    "BROWSE_PROJECTS": "read issues and search",
    "CREATE_ISSUES": "take in feedback files",
    "EDIT_ISSUES": "set priority, labels and our issue property",
    "TRANSITION_ISSUES": "move issues",
    "RESOLVE_ISSUES": "set the resolution",
    "ASSIGN_ISSUES": "set the owner as assignee",
    "ADD_COMMENTS": "leave notes",
    "LINK_ISSUES": "link duplicates",
    "SCHEDULE_ISSUES": "set the due date",
}
"""Every right that is needed, and what for. All are project permissions."""
ADMINISTER = "ADMINISTER"


@dataclass(frozen=True)
class Rights:
    """What Jira says of our rights in a project. `names` are those that people see."""

    held: frozenset[str]
    names: dict[str, str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """What we need and do not hold."""
        return tuple(key for key in NEEDED if key not in self.held)

    def name(self, key: str) -> str:
        """What Jira calls the right."""
        return self.names.get(key, key)


def rights_in(clients: JiraClients, project: str) -> Rights:
    """Our rights in the project, among those needed and the administrator's.

    Raises `ApplicationError` of `models.failures`.
    """
    wanted = ",".join((*NEEDED, ADMINISTER))
    with clients.counter.operation("permissions"):
        answer = clients.get("mypermissions", {"projectKey": project, "permissions": wanted})
    told = answer.get("permissions") or {}
    return Rights(
        held=frozenset(key for key, one in told.items() if one.get("havePermission")),
        names={key: str(one.get("name") or key) for key, one in told.items()},
    )


def require_all(clients: JiraClients, project: str) -> None:
    """Raises `ApplicationError` of type `JiraPermission` when a needed right is lacking there."""
    lacking = rights_in(clients, project).lacking
    if lacking:
        raise ApplicationError(
            f"Our account lacks {', '.join(lacking)} in {project}. {JIRA_PERMISSION.remedy}",
            type=JIRA_PERMISSION.type,
            non_retryable=True,
        )
