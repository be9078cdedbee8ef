"""The channels for notices that this installation has, made from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from activities.notifiers import JiraMention, Notifier, Places
from activities.notify_email import EmailNotifier, MailServer, OwnLink
from activities.notify_webhook import WebhookNotifier
from ledger.failures import LedgerUnavailable
from ledger.one_time_links import OneTimeLink, OneTimeLinks
from models.people import NoticeChannel
from runtime.setting_values import SMTP_PORTS, is_loopback, is_private
from runtime.settings import Settings

LINK_LASTS = timedelta(days=1)

log = structlog.get_logger(__name__)


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings, if they name one."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    parts = urlsplit(settings.smtp_url)
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or SMTP_PORTS[parts.scheme],
        sender=settings.mail_from,
        implicit_tls=parts.scheme == "smtps",
        on_this_machine=is_loopback(parts.hostname),
        user=settings.smtp_user,
        password=settings.smtp_password,
    )


def notifiers(
    settings: Settings, links: OneTimeLinks | None = None
) -> Mapping[NoticeChannel, Notifier]:
    """Every channel that is set up; the mention on the issue always is.

    With `links` an e-mail, which one person reads, has a link that opens the item for them.
    """
    places = Places(desk_url=settings.desk_url, jira_url=settings.jira.site_url)
    channels: dict[NoticeChannel, Notifier] = {NoticeChannel.JIRA: JiraMention()}
    server, webhook = mail_server(settings), settings.notice_webhook_url
    if server is not None:
        channels[NoticeChannel.EMAIL] = EmailNotifier(server, places, _own_link(settings, links))
    if webhook is not None:
        here = is_loopback(urlsplit(webhook.get_secret_value()).hostname)
        channels[NoticeChannel.WEBHOOK] = WebhookNotifier(webhook, places, on_this_machine=here)
    return channels


def _own_link(settings: Settings, links: OneTimeLinks | None) -> OwnLink:
    """Makes links to the desk; none where they would be read on the way there."""

    def make(issue_key: str, person: str) -> str | None:
        if links is None or not is_private(settings.desk_url):
            return None
        try:
            secret = links.make(OneTimeLink(person, issue_key), LINK_LASTS)
        except LedgerUnavailable:
            log.warning("link_not_made", issue_key=issue_key)
            return None  # the notice matters more, and says where the item is
        return f"{settings.desk_url}/in/{secret}"

    return make
