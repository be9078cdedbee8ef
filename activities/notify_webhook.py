"""Notices to one webhook, in the JSON that Slack and its likes understand.

The address comes from the settings and from nowhere else, its host stands in their list of allowed
ones, and redirects are not followed, so nothing that an item holds can choose where this goes.
"""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from activities.notifiers import Addressee, NotDelivered, Places
from models.failures import NOTICE_REFUSED, NOTICE_UNAVAILABLE
from models.notice import Notice

TIMEOUT_SECONDS = 15.0
_WORTH_REPEATING = frozenset({408, 425, 429})


class WebhookNotifier:
    """Posts one message per person. `webhook-id` is the same whenever it is sent again."""

    def __init__(self, url: SecretStr, places: Places, *, on_this_machine: bool) -> None:
        self._url = url
        self._places = places
        self._client = httpx.Client(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=not on_this_machine
        )

    def send(self, notice: Notice, to: Addressee) -> None:
        """Post it. Raises `NotDelivered`, which never repeats the address: it is a secret."""
        operation = f"{notice.operation_id}/{to.person}"
        text = f"*{notice.subject}*\nFor {to.name}. {self._places.letter(notice)}"
        try:
            response = self._client.post(
                self._url.get_secret_value(),
                json={"text": text},
                headers={"webhook-id": operation, "Idempotency-Key": operation},
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            status = None
        else:
            status = response.status_code
        if status is None or status >= 500 or status in _WORTH_REPEATING:
            raise NotDelivered(NOTICE_UNAVAILABLE)
        if not 200 <= status < 300:
            raise NotDelivered(NOTICE_REFUSED)
