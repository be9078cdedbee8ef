"""What a webhook says about an event, with the quirks of real captures."""

from typing import TYPE_CHECKING, Any

from local_jira.store.comments import CommentRecord
from local_jira.store.histories import HistoryRecord
from local_jira.store.issues import IssueRecord
from local_jira.store.links import LinkRecord
from local_jira.views.comments import comment_json
from local_jira.views.context import View
from local_jira.views.definitions import link_type_json, user_json
from local_jira.views.histories import item_json
from local_jira.views.issues import chosen_fields, fields_json

if TYPE_CHECKING:
    from local_jira.changes.work import Work

Json = dict[str, Any]
FEW_FIELDS = ["summary", "issuetype", "project", "assignee", "priority", "status"]


def _actor(work: "Work", view: View) -> Json:
    shown = user_json(view, work.actor) or {}
    # Webhooks never carry the e-mail address of the person who acted.
    shown.pop("emailAddress", None)
    return shown


def _issue(view: View, issue: IssueRecord, few: bool) -> Json:
    chosen = chosen_fields(view, FEW_FIELDS if few else ["*all", "-comment"], "*all")
    return {
        "id": str(issue.id),
        # A real payload leaves out /issue/ here, so the link leads nowhere; receivers must not
        # follow it.
        "self": view.url(str(issue.id)),
        "key": issue.key,
        "fields": fields_json(view, issue, chosen),
    }


def _link(view: View, link: LinkRecord) -> Json:
    link_type = view.catalog.link_types[link.type_id]
    return {
        "id": link.id,
        "sourceIssueId": link.source_id,
        "destinationIssueId": link.target_id,
        "issueLinkType": {
            **link_type_json(view, link_type),
            "outwardName": link_type.outward,
            "inwardName": link_type.inward,
        },
        "systemLink": False,
    }


def event_payload(work: "Work", name: str, issue: IssueRecord | None, content: Json) -> Json:
    """The JSON of one event; texts are strings as in version 2 of the API."""
    view = work.view
    payload: Json = {"timestamp": work.now, "webhookEvent": name}
    if "event_type" in content:
        payload["issue_event_type_name"] = content["event_type"]
    about_issue = name.startswith("jira:issue_")
    if about_issue or name.startswith("issue_property"):
        payload["user"] = _actor(work, view)
    if issue is not None:
        payload["issue"] = _issue(view, issue, few=not about_issue)
    history: HistoryRecord | None = content.get("history")
    if history is not None:
        items = content.get("items", history.items)
        payload["changelog"] = {
            "id": str(history.id),
            "items": [item_json(item, work.site.settings.is_datacenter) for item in items],
        }
    comment: CommentRecord | None = content.get("comment")
    if comment is not None:
        payload["comment"] = comment_json(view, comment)
    if "property" in content:
        payload["property"] = content["property"]
    if "link" in content:
        payload["issueLink"] = _link(view, content["link"])
    return payload
