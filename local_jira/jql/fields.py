"""Which fields JQL knows, under which names, and how each looks into the search index."""

import json
import re
from typing import TYPE_CHECKING

from local_jira.catalog import CATEGORY_IDS, CATEGORY_NAMES
from local_jira.jql.conditions import (
    COMMENTS,
    Asking,
    ChoiceField,
    DayField,
    JqlField,
    KeyField,
    ListField,
    PriorityField,
    TextField,
    TimeField,
    UserField,
    ValueField,
)
from local_jira.jql.lexer import JqlError
from local_jira.store.issues import find_issue

if TYPE_CHECKING:
    from local_jira.site import Site

_PROPERTY = re.compile(r"^issue\.property\[([^\]]+)\]((?:\.[A-Za-z0-9_-]+)+)$", re.IGNORECASE)
_CUSTOM = re.compile(r"^cf\[(\d+)\]$", re.IGNORECASE)


def _project(asking: Asking, text: str) -> str | None:
    catalog = asking.site.catalog
    found = catalog.project(text) or catalog.projects.named(text)
    return found.id if found else None


def _category(asking: Asking, text: str) -> str | None:
    for key, name in CATEGORY_NAMES.items():
        if text.casefold() in (key, name.casefold(), str(CATEGORY_IDS[key])):
            return key
    return None


def _entry_id(entry: object) -> str | None:
    found: str | None = getattr(entry, "id", None)
    return found


def _issue_id(asking: Asking, text: str) -> str | None:
    issue = find_issue(asking.connection, text)
    return str(issue.id) if issue else None


FIELDS: dict[str, JqlField] = {
    "project": ChoiceField("project_id", _project),
    "key": KeyField(),
    "issuetype": ChoiceField(
        "issuetype", lambda asking, text: _entry_id(asking.site.catalog.issue_types.find(text))
    ),
    "status": ChoiceField(
        "status", lambda asking, text: _entry_id(asking.site.catalog.statuses.find(text))
    ),
    "statuscategory": ChoiceField("status_category", _category),
    "priority": PriorityField(
        "priority",
        lambda asking, text: _entry_id(asking.site.catalog.priorities.find(text)),
        sort="priority_rank",
    ),
    "resolution": ChoiceField(
        "resolution", lambda asking, text: _entry_id(asking.site.catalog.resolutions.find(text))
    ),
    "assignee": UserField("assignee"),
    "reporter": UserField("reporter"),
    "creator": UserField("creator"),
    "parent": ChoiceField("parent_id", _issue_id),
    "labels": ListField("labels"),
    "component": ListField(
        "components", lambda asking, text: _entry_id(asking.site.catalog.components.find(text))
    ),
    "fixversion": ListField(
        "fix_versions", lambda asking, text: _entry_id(asking.site.catalog.versions.find(text))
    ),
    "affectedversion": ListField(
        "versions", lambda asking, text: _entry_id(asking.site.catalog.versions.find(text))
    ),
    "summary": TextField("summary"),
    "description": TextField("description"),
    "environment": TextField("environment"),
    "comment": TextField(COMMENTS),
    "text": TextField("summary", "description", "environment", COMMENTS),
    "created": TimeField("created"),
    "updated": TimeField("updated"),
    "resolved": TimeField("resolved"),
    "duedate": DayField("duedate"),
}
ALIASES = {
    "issuekey": "key",
    "issue": "key",
    "id": "key",
    "type": "issuetype",
    "label": "labels",
    "createddate": "created",
    "updateddate": "updated",
    "resolutiondate": "resolved",
    "due": "duedate",
}


def _json_path(*names: str) -> str:
    # Quotes keep dots and brackets inside a name from being read as part of the path.
    return "$" + "".join("." + json.dumps(name) for name in names)


def _property_field(site: "Site", name: str) -> JqlField | None:
    match = _PROPERTY.match(name)
    if match is None or match.group(1) not in site.catalog.indexed_properties:
        return None
    path = _json_path(match.group(1), *match.group(2)[1:].split("."))
    quoted = path.replace("'", "''")
    return ValueField(f"json_extract(properties, '{quoted}')")


def _custom_field(site: "Site", name: str) -> JqlField | None:
    match = _CUSTOM.match(name)
    fields = site.catalog.custom_fields
    found = fields.get(f"customfield_{match.group(1)}") if match else fields.named(name)
    return ValueField(f"json_extract(custom, '$.{found.id}')") if found else None


def find_field(site: "Site", name: str) -> JqlField:
    """The searchable field of that name; raises JqlError in the real service's words."""
    folded = name.casefold()
    known = FIELDS.get(ALIASES.get(folded, folded))
    found = known or _property_field(site, name) or _custom_field(site, name)
    if found is None:
        raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
    return found
