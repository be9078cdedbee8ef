"""How projects, types, statuses and other definitions look in answers."""

from typing import Any
from urllib.parse import quote

from local_jira.catalog import CATEGORY_COLOURS, CATEGORY_IDS, CATEGORY_NAMES
from local_jira.naming import name_of
from local_jira.seed_file import (
    SeedIssueType,
    SeedLinkType,
    SeedNamed,
    SeedProject,
    SeedStatus,
    SeedVersion,
)
from local_jira.store.accounts import Account
from local_jira.views.context import View

Json = dict[str, Any]


def _icon(view: View, name: str) -> str:
    return f"{view.site.settings.base_url}/__local__/icon/{name}.svg"


def _avatars(view: View, name: str) -> Json:
    return {f"{size}x{size}": _icon(view, name) for size in (48, 24, 16, 32)}


def category_json(view: View, key: str) -> Json:
    """A status category."""
    return {
        "self": view.url(f"statuscategory/{CATEGORY_IDS[key]}"),
        "id": CATEGORY_IDS[key],
        "key": key,
        "colorName": CATEGORY_COLOURS[key],
        "name": CATEGORY_NAMES[key],
    }


def status_json(view: View, status: SeedStatus) -> Json:
    """A status with its category."""
    return {
        "self": view.url(f"status/{status.id}"),
        "description": status.description,
        "iconUrl": _icon(view, "status"),
        "name": status.name,
        "id": status.id,
        "statusCategory": category_json(view, status.category),
    }


def issue_type_json(view: View, issue_type: SeedIssueType) -> Json:
    """A kind of issue."""
    return {
        "self": view.url(f"issuetype/{issue_type.id}"),
        "id": issue_type.id,
        "description": issue_type.description,
        "iconUrl": _icon(view, "issuetype"),
        "name": issue_type.name,
        "subtask": issue_type.subtask,
        "hierarchyLevel": -1 if issue_type.subtask else 0,
    }


def priority_json(view: View, priority: SeedNamed) -> Json:
    """A priority inside an issue."""
    return {
        "self": view.url(f"priority/{priority.id}"),
        "iconUrl": _icon(view, "priority"),
        "name": priority.name,
        "id": priority.id,
    }


def resolution_json(view: View, resolution: SeedNamed) -> Json:
    """A resolution."""
    return {
        "self": view.url(f"resolution/{resolution.id}"),
        "id": resolution.id,
        "description": resolution.description,
        "name": resolution.name,
    }


def component_json(view: View, component: SeedNamed) -> Json:
    """A component."""
    return {
        "self": view.url(f"component/{component.id}"),
        "id": component.id,
        "name": component.name,
        "description": component.description,
    }


def version_json(view: View, version: SeedVersion) -> Json:
    """A version of a project."""
    shown: Json = {
        "self": view.url(f"version/{version.id}"),
        "id": version.id,
        "description": version.description,
        "name": version.name,
        "archived": version.archived,
        "released": version.released,
    }
    if version.release_date:
        shown["releaseDate"] = version.release_date
    return shown


def link_type_json(view: View, link_type: SeedLinkType) -> Json:
    """A kind of link."""
    return {
        "id": link_type.id,
        "name": link_type.name,
        "inward": link_type.inward,
        "outward": link_type.outward,
        "self": view.url(f"issueLinkType/{link_type.id}"),
    }


def project_json(view: View, project: SeedProject) -> Json:
    """A project inside an issue or a list."""
    return {
        "self": view.url(f"project/{project.id}"),
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.type_key,
        "simplified": False,
        "avatarUrls": _avatars(view, "project"),
    }


def user_json(view: View, account: Account | None) -> Json | None:
    """A person or app as others see them."""
    if account is None:
        return None
    if view.site.settings.is_datacenter:
        return _datacenter_user_json(view, account)
    shown: Json = {
        "self": view.url(f"user?accountId={account.account_id}"),
        "accountId": account.account_id,
        "accountType": account.account_type,
        "avatarUrls": _avatars(view, "user"),
        "displayName": account.display_name,
        "active": account.active,
        "timeZone": account.time_zone,
    }
    if account.email:
        shown["emailAddress"] = account.email
    return shown


def _datacenter_user_json(view: View, account: Account) -> Json:
    name = name_of(account)
    return {
        "self": view.url(f"user?username={quote(name, safe='')}"),
        "key": account.account_id,
        "name": name,
        "emailAddress": account.email or "",
        "avatarUrls": _avatars(view, "user"),
        "displayName": account.display_name,
        "active": account.active,
        "timeZone": account.time_zone,
    }
