"""How attachments look in answers."""

from typing import Any

from local_jira.store.attachments import AttachmentRecord
from local_jira.views.context import View
from local_jira.views.definitions import user_json

Json = dict[str, Any]


def attachment_json(view: View, attachment: AttachmentRecord, as_number: bool = False) -> Json:
    """A file's metadata; the attachment operations give the id as a number, issues as a string."""
    return {
        "self": view.url(f"attachment/{attachment.id}"),
        "id": attachment.id if as_number else str(attachment.id),
        "filename": attachment.filename,
        "author": user_json(view, view.account(attachment.author)),
        "created": view.time(attachment.created),
        "size": attachment.size,
        "mimeType": attachment.mime_type,
        "content": view.url(f"attachment/content/{attachment.id}"),
    }
