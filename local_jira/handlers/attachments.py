"""Attachments: sending files, reading what they are and what is in them."""

import io
import re
import sqlite3
from typing import Any
from urllib.parse import quote

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from local_jira.calls import Answer, Call
from local_jira.changes.extras import check_room
from local_jira.changes.record import record_changes
from local_jira.changes.work import Work
from local_jira.failures import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    ProblemError,
    RefusalError,
)
from local_jira.handlers.common import no_content, visible_issue
from local_jira.permissions import may_see
from local_jira.routing import Route
from local_jira.store.attachments import (
    AttachmentRecord,
    add_attachment,
    attachment_content,
    find_attachment,
    remove_attachment,
)
from local_jira.store.histories import ChangeItem
from local_jira.store.issues import IssueRecord, find_issue
from local_jira.views.attachments import attachment_json
from local_jira.views.context import view_for

LONGEST_NAME = 255
DEFAULT_TYPE = "application/octet-stream"
_TYPE = re.compile(r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$")
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def get_meta(call: Call) -> Answer:
    """GET attachment/meta: the whole request may have as many bytes as any other body."""
    return Answer(200, {"enabled": True, "uploadLimit": call.site.settings.max_body_bytes})


def _files(call: Call) -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of every file in the form; raises for what is no such form."""
    if not call.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ProblemError(415, "Unsupported Media Type", "Send the files as multipart/form-data.")
    found: list[tuple[str, str, bytes]] = []

    def keep(file: Any) -> None:
        if file.field_name == b"file":
            file.file_object.seek(0)
            name = (file.file_name or b"").decode("utf-8", "replace")
            found.append((name, DEFAULT_TYPE, file.file_object.read()))
        file.close()

    headers: dict[str, Any] = {"Content-Type": call.headers["content-type"].encode()}
    try:
        parse_form(headers, io.BytesIO(call.body), None, keep)
    except (FormParserError, ValueError):
        raise BadRequestError("The multipart form cannot be read.") from None
    types = _types(call.body)
    return [
        (_clean_name(name), types[at] if at < len(types) else DEFAULT_TYPE, content)
        for at, (name, _, content) in enumerate(found)
    ]


def _types(body: bytes) -> list[str]:
    """The content types of the parts named `file`, in their order."""
    heads = re.findall(
        rb'(?:^|\r\n)(Content-Disposition: form-data; name="file"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*)\r\n',
        body,
        re.IGNORECASE,
    )
    types = []
    for head in heads:
        match = re.search(rb"Content-Type:\s*([^;\r\n]+)", head, re.IGNORECASE)
        named = match.group(1).decode("ascii", "replace").strip() if match else ""
        types.append(named if _TYPE.match(named) else DEFAULT_TYPE)
    return types


def _clean_name(name: str) -> str:
    """The last part of a path, without control characters: a name is never a place."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    return kept[:LONGEST_NAME] if kept not in ("", ".", "..") else "file"


def post_attachments(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/attachments; 413 beyond what one issue may hold."""
    if call.headers.get("x-atlassian-token", "").lower() not in ("no-check", "nocheck"):
        raise ForbiddenError("XSRF check failed")
    visible_issue(call)
    files = _files(call)
    if not files:
        raise BadRequestError("The form has no part named 'file'.")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        check_room(work, issue, "attachments", len(files))
        kept = [_keep(work, issue, file) for file in files]
        view = view_for(call, work.connection)
        shown = [attachment_json(view, record) for record in kept]
    return Answer(200, shown)


def _keep(work: Work, issue: IssueRecord, file: tuple[str, str, bytes]) -> AttachmentRecord:
    name, mime_type, content = file
    record = add_attachment(
        work.connection,
        issue.id,
        author=work.actor.account_id,
        created=work.now,
        filename=name,
        mime_type=mime_type,
        content=content,
    )
    _note(work, issue, None, record)
    return record


def _note(
    work: Work, issue: IssueRecord, old: AttachmentRecord | None, new: AttachmentRecord | None
) -> None:
    item = ChangeItem(
        field="Attachment",
        field_id="attachment",
        field_type="jira",
        old=str(old.id) if old else None,
        old_text=old.filename if old else None,
        new=str(new.id) if new else None,
        new_text=new.filename if new else None,
    )
    work.keep(issue)
    record_changes(work, issue, [item], None)


def _attachment(call: Call, connection: sqlite3.Connection) -> tuple[AttachmentRecord, IssueRecord]:
    record = find_attachment(connection, call.parameters["id"])
    issue = find_issue(connection, str(record.issue_id)) if record else None
    if record is None or issue is None or not may_see(call.actor, issue):
        raise NotFoundError(f"The attachment with id '{call.parameters['id']}' does not exist")
    return record, issue


def get_attachment(call: Call) -> Answer:
    """GET attachment/{id}."""
    view = view_for(call)
    record, _ = _attachment(call, view.connection)
    return Answer(200, attachment_json(view, record, as_number=True))


def delete_attachment(call: Call) -> Answer:
    """DELETE attachment/{id}: by its author or an admin."""
    with call.site.write(call) as work:
        record, issue = _attachment(call, work.connection)
        if record.author != call.actor.account_id and not call.actor.is_admin:
            raise ForbiddenError("You do not have permission to delete this attachment.")
        remove_attachment(work.connection, record.id)
        _note(work, issue, record, None)
    return no_content()


def file_answer(record: AttachmentRecord, content: bytes, status: int = 200) -> Answer:
    """The bytes of a file, always as a download, so that no browser runs what is in it."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(record.filename, safe='')}",
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Answer(status, content, headers, record.mime_type)


def download(call: Call) -> Answer:
    """The whole file that the call names by `id`; raises NotFoundError for what cannot be seen."""
    connection = call.site.database.reader()
    record, _ = _attachment(call, connection)
    return file_answer(record, attachment_content(connection, record.id))


def get_content(call: Call) -> Answer:
    """GET attachment/content/{id}: 303 to the bytes, or the bytes with redirect=false."""
    view = view_for(call)
    record, _ = _attachment(call, view.connection)
    if call.flag("redirect", default=True):
        address = view.url(f"attachment/content/{record.id}?redirect=false")
        return Answer(303, headers={"Location": address})
    content = attachment_content(view.connection, record.id)
    wanted = call.headers.get("range")
    if wanted is None:
        return file_answer(record, content)
    start, end = _part(wanted, len(content))
    answer = file_answer(record, content[start : end + 1], 206)
    answer.headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return answer


def _part(wanted: str, size: int) -> tuple[int, int]:
    """First and last byte of a range; raises 400 for an unreadable and 416 for an empty one."""
    match = _RANGE.match(wanted)
    if not match or match.group(0) == "bytes=-" or len(wanted) > 40:
        raise BadRequestError("The range must be given as 'bytes=first-last'.")
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end:
        raise RefusalError(416, "The attachment has no such range of bytes.")
    return start, end


ROUTES = [
    Route("GET", "attachment/meta", get_meta),
    Route("GET", "attachment/{id}", get_attachment),
    Route("DELETE", "attachment/{id}", delete_attachment),
    Route("GET", "attachment/content/{id}", get_content),
    Route("POST", "issue/{issueIdOrKey}/attachments", post_attachments),
]
