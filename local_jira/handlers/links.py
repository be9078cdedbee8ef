"""Links between issues, their types, and remote links."""

import sqlite3
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.extras import (
    check_room,
    find_link_type,
    find_linked,
    keep_comment,
    keep_link,
    note_link,
)
from local_jira.failures import BadRequestError, NotFoundError, invalid_payload
from local_jira.handlers.common import Json, no_content, visible_issue
from local_jira.permissions import require_staff
from local_jira.routing import Route
from local_jira.store.issues import find_issue
from local_jira.store.links import LinkRecord, find_link, remove_link
from local_jira.store.remote_links import (
    remote_links_of,
    remove_remote_link,
    save_remote_link,
)
from local_jira.views.context import View, view_for
from local_jira.views.definitions import link_type_json
from local_jira.views.issues import link_json


def get_link_types(call: Call) -> Answer:
    """GET issueLinkType."""
    view = view_for(call)
    types = [link_type_json(view, entry) for entry in view.catalog.link_types.values()]
    return Answer(200, {"issueLinkTypes": types})


def get_link_type(call: Call) -> Answer:
    """GET issueLinkType/{issueLinkTypeId}."""
    view = view_for(call)
    identifier = call.parameters["issueLinkTypeId"]
    found = view.catalog.link_types.get(identifier)
    if found is None:
        raise NotFoundError(f"No issue link type with id '{identifier}' found.")
    return Answer(200, link_type_json(view, found))


def post_link(call: Call) -> Answer:
    """POST issueLink: a link that is there already is answered like a new one."""
    document = call.json_object()
    require_staff(call, "link issues")
    if set(document) - {"type", "inwardIssue", "outwardIssue", "comment"}:
        raise invalid_payload()
    with call.site.write(call) as work:
        link_type = find_link_type(work, document.get("type"))
        source = find_linked(work, document.get("inwardIssue"))
        target = find_linked(work, document.get("outwardIssue"))
        link = keep_link(work, link_type, source, target)
        if link is not None and document.get("comment"):
            keep_comment(work, source, document["comment"], call.api)
    return Answer(201)


def _link(connection: sqlite3.Connection, link_id: str) -> LinkRecord:
    link = find_link(connection, link_id)
    if link is None:
        raise NotFoundError(f"No issue link with id '{link_id}' exists.")
    return link


def get_link(call: Call) -> Answer:
    """GET issueLink/{linkId}."""
    view = view_for(call)
    require_staff(call, "view this link")
    return Answer(200, link_json(view, _link(view.connection, call.parameters["linkId"])))


def delete_link(call: Call) -> Answer:
    """DELETE issueLink/{linkId}."""
    require_staff(call, "delete links")
    with call.site.write(call) as work:
        link = _link(work.connection, call.parameters["linkId"])
        link_type = work.site.catalog.link_types[link.type_id]
        source = find_issue(work.connection, str(link.source_id))
        target = find_issue(work.connection, str(link.target_id))
        remove_link(work.connection, link.id)
        if source is not None and target is not None:
            outward = f"This issue {link_type.outward} {target.key}"
            inward = f"This issue {link_type.inward} {source.key}"
            note_link(work, source, target, outward, added=False)
            note_link(work, target, source, inward, added=False)
        work.announce("issuelink_deleted", None, link=link)
    return no_content()


def _remote_json(view: View, issue_id: int, link_id: int, document: Json) -> Json:
    address = view.url(f"issue/{issue_id}/remotelink/{link_id}")
    return {"id": link_id, "self": address, "application": {}, **document}


def _readable(call: Call, connection: sqlite3.Connection, issue_id: int) -> list[tuple[int, Json]]:
    """The issue's remote links; customers see none."""
    return [] if call.actor.is_customer else remote_links_of(connection, issue_id)


def get_remote_links(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/remotelink, all or the one with `globalId`."""
    issue, view = visible_issue(call), view_for(call)
    links = _readable(call, view.connection, issue.id)
    wanted = call.first("globalId")
    if wanted is not None:
        found = [link for link in links if link[1].get("globalId") == wanted]
        if not found:
            raise NotFoundError(f"No remote issue link with global id '{wanted}' was found.")
        return Answer(200, _remote_json(view, issue.id, *found[0]))
    return Answer(200, [_remote_json(view, issue.id, *link) for link in links])


def _one_remote(call: Call, connection: sqlite3.Connection, issue_id: int) -> tuple[int, Json]:
    wanted = call.parameters["linkId"]
    found = [link for link in _readable(call, connection, issue_id) if str(link[0]) == wanted]
    if not found:
        raise NotFoundError(f"Remote issue link with id '{wanted}' does not exist.")
    return found[0]


def get_remote_link(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/remotelink/{linkId}."""
    issue, view = visible_issue(call), view_for(call)
    return Answer(200, _remote_json(view, issue.id, *_one_remote(call, view.connection, issue.id)))


def _remote_document(call: Call) -> Json:
    document = call.json_object()
    target: Any = document.get("object")
    if not isinstance(target, dict):
        raise BadRequestError(errors={"object": "'object' is required."})
    missing = {name: f"'{name}' is required." for name in ("url", "title") if not target.get(name)}
    if missing:
        raise BadRequestError(errors=missing)
    return {
        name: document[name]
        for name in ("globalId", "application", "relationship", "object")
        if name in document
    }


def post_remote_link(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/remotelink: 201 for a new one, 200 for the same globalId."""
    document = _remote_document(call)
    require_staff(call, "link issues")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        link_id, is_new = save_remote_link(work.connection, issue.id, document)
        if is_new:
            check_room(work, issue, "remote_links", 0)
        work.keep(issue)
    address = view_for(call).url(f"issue/{issue.id}/remotelink/{link_id}")
    return Answer(201 if is_new else 200, {"id": link_id, "self": address})


def put_remote_link(call: Call) -> Answer:
    """PUT issue/{issueIdOrKey}/remotelink/{linkId}."""
    document = _remote_document(call)
    require_staff(call, "link issues")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        link_id, _ = _one_remote(call, work.connection, issue.id)
        save_remote_link(work.connection, issue.id, document, link_id)
        work.keep(issue)
    return no_content()


def delete_remote_link(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}/remotelink/{linkId}."""
    require_staff(call, "link issues")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        link_id, _ = _one_remote(call, work.connection, issue.id)
        remove_remote_link(work.connection, issue.id, link_id)
        work.keep(issue)
    return no_content()


def delete_remote_links(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}/remotelink?globalId=…"""
    require_staff(call, "link issues")
    wanted = call.first("globalId")
    if not wanted:
        raise BadRequestError("'globalId' is required.")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        links = remote_links_of(work.connection, issue.id)
        found = [link_id for link_id, document in links if document.get("globalId") == wanted]
        if not found:
            raise NotFoundError(f"No remote issue link with global id '{wanted}' was found.")
        remove_remote_link(work.connection, issue.id, found[0])
        work.keep(issue)
    return no_content()


_REMOTE = "issue/{issueIdOrKey}/remotelink"
ROUTES = [
    Route("GET", "issueLinkType", get_link_types),
    Route("GET", "issueLinkType/{issueLinkTypeId}", get_link_type),
    Route("POST", "issueLink", post_link),
    Route("GET", "issueLink/{linkId}", get_link),
    Route("DELETE", "issueLink/{linkId}", delete_link),
    Route("GET", _REMOTE, get_remote_links),
    Route("POST", _REMOTE, post_remote_link),
    Route("DELETE", _REMOTE, delete_remote_links),
    Route("GET", _REMOTE + "/{linkId}", get_remote_link),
    Route("PUT", _REMOTE + "/{linkId}", put_remote_link),
    Route("DELETE", _REMOTE + "/{linkId}", delete_remote_link),
]
