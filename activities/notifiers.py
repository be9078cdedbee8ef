"""The channels by which people are told, behind one protocol; the mention on the issue is the first.

What is sent names the issue, its level, severity and category, and where to act. Nothing of the
customer's text is at hand here, so none can be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from models.failures import NOTICE_CHANNEL_MISSING, Failure
from models.notice import Notice


class NotDelivered(Exception):  # noqa: N818 - says what happened, as all failures here do
    """The channel did not take the notice; `failure` is a row of the table."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.type)


@dataclass(frozen=True)
class Addressee:
    """Somebody to tell, with the addresses that they have."""

    person: str
    name: str
    jira_account_id: str | None = None
    email: str | None = None


YOURS_ALONE = (
    "(This link is yours alone and opens the item once, within a day. It does not sign you in: to "
    "decide anything, sign in.)\n"
)


@dataclass(frozen=True)
class Places:
    """Where people act: the addresses of the desk and of Jira's own pages."""

    desk_url: str
    jira_url: str

    def letter(self, notice: Notice, own_link: str | None = None) -> str:
        """The whole text of a notice; `own_link` opens the item for its reader alone, once."""
        key = notice.issue_key
        if notice.how:
            return f"{notice.words}\n\n{notice.how}\n{self.jira_url}/browse/{key}\n"
        return (
            f"{notice.words}\n\n"
            f"Take it on, or hand it over, on the desk: {own_link or f'{self.desk_url}/items/{key}'}\n"
            f"{YOURS_ALONE if own_link else ''}"
            f"or with /ack in a comment on the issue: {self.jira_url}/browse/{key}\n"
        )


class Notifier(Protocol):
    """One channel. Sending the same notice to the same person again must be recognisable."""

    def send(self, notice: Notice, to: Addressee) -> None:
        """Tell this person. Raises `NotDelivered`."""
        ...


class JiraMention:
    """The comment that the item's projection writes mentions everybody told, so nothing is sent."""

    def send(self, notice: Notice, to: Addressee) -> None:
        """Only says whether the comment can mention them. Raises `NotDelivered`."""
        if to.jira_account_id is None:
            raise NotDelivered(NOTICE_CHANNEL_MISSING)
