"""How the changelog looks in answers and webhooks."""

from typing import Any

from local_jira.store.histories import ChangeItem, HistoryRecord
from local_jira.views.context import View
from local_jira.views.definitions import user_json

Json = dict[str, Any]


def item_json(item: ChangeItem, on_datacenter: bool = False) -> Json:
    """One field's change; Data Center names the field only once."""
    shown: Json = {"field": item.field, "fieldtype": item.field_type}
    if item.field_id and not on_datacenter:
        shown["fieldId"] = item.field_id
    shown |= {
        "from": item.old,
        "fromString": item.old_text,
        "to": item.new,
        "toString": item.new_text,
    }
    if item.is_user and not on_datacenter:
        shown |= {"tmpFromAccountId": item.old, "tmpToAccountId": item.new}
    return shown


def history_json(view: View, history: HistoryRecord) -> Json:
    """All changes of one write."""
    on_datacenter = view.site.settings.is_datacenter
    shown: Json = {
        "id": str(history.id),
        "author": user_json(view, view.account(history.author)),
        "created": view.time(history.created),
        "items": [item_json(item, on_datacenter) for item in history.items],
    }
    if history.metadata:
        shown["historyMetadata"] = history.metadata
    return shown


def visible_histories(view: View, histories: list[HistoryRecord]) -> list[HistoryRecord]:
    """The entries that say something, for staff; customers do not see the changelog."""
    if view.reader is not None and view.reader.is_customer:
        return []
    return [history for history in histories if history.items or history.metadata]
