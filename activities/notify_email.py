"""Notices by e-mail, through one SMTP server."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from pydantic import SecretStr

from activities.notifiers import Addressee, NotDelivered, Places
from models.failures import NOTICE_CHANNEL_MISSING, NOTICE_REFUSED, NOTICE_UNAVAILABLE
from models.notice import Notice

OwnLink = Callable[[str, str], str | None]
"""Issue key, person → an address that opens the item for that person once; None for none."""
TIMEOUT_SECONDS = 15.0
PERMANENT = 500
"""SMTP replies from here on are final; those below may change."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in.

    With `implicit_tls` the connection begins encrypted; without it STARTTLS is required, except on
    this machine (`on_this_machine`), where it is used if offered.
    """

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    on_this_machine: bool = False
    user: str = ""
    password: SecretStr | None = None

    @property
    def domain(self) -> str:
        """The domain that notices come from."""
        return self.sender.rpartition("@")[2]

    def connect(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in as configured.

        Raises `smtplib.SMTPException` and `OSError`.
        """
        context = ssl.create_default_context()
        # Named here, since asking the machine for its name may wait for a name server.
        name = self.domain
        if self.implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, name, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, name, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo()
            if not self.implicit_tls and (server.has_extn("starttls") or not self.on_this_machine):
                server.starttls(context=context)
                server.ehlo()
            if self.user and self.password is not None:
                server.login(self.user, self.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


class EmailNotifier:
    """Sends one message per person; its Message-ID is the same whenever it is sent again."""

    def __init__(
        self, server: MailServer, places: Places, own_link: OwnLink = lambda _key, _person: None
    ) -> None:
        self._server = server
        self._places = places
        self._own_link = own_link

    def send(self, notice: Notice, to: Addressee) -> None:
        """Hand the message in. Raises `NotDelivered`, which repeats no address."""
        if to.email is None:
            raise NotDelivered(NOTICE_CHANNEL_MISSING)
        try:
            with self._server.connect() as server:
                server.send_message(self._message(notice, to, to.email))
        except smtplib.SMTPResponseException as error:
            final = error.smtp_code >= PERMANENT
            failure = NOTICE_REFUSED if final else NOTICE_UNAVAILABLE
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            failure = NOTICE_REFUSED if min(codes) >= PERMANENT else NOTICE_UNAVAILABLE
        except smtplib.SMTPNotSupportedError:
            failure = NOTICE_REFUSED  # it would have to be sent, or signed in, in the clear
        except (smtplib.SMTPException, OSError):
            failure = NOTICE_UNAVAILABLE
        else:
            return
        raise NotDelivered(failure)

    def _message(self, notice: Notice, to: Addressee, address: str) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = notice.subject
        message["From"] = self._server.sender
        message["To"] = address
        message["Message-ID"] = _message_id(notice, to, self._server.domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps holiday replies away
        # What is no item's has no page that a link could open by itself.
        link = None if notice.how else self._own_link(notice.issue_key, to.person)
        message.set_content(self._places.letter(notice, link))
        return message


def _message_id(notice: Notice, to: Addressee, domain: str) -> str:
    digest = hashlib.sha256(f"{notice.operation_id}/{to.person}".encode()).hexdigest()[:32]
    return f"<{digest}@{domain}>"
