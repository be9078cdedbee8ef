"""The channels for notices that this installation has, made from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from activities.notifiers import JiraMention, Notifier, Places
from activities.notify_email import EmailNotifier, MailServer
from activities.notify_webhook import WebhookNotifier
from models.people import NoticeChannel
from runtime.setting_values import SMTP_PORTS, is_loopback
from runtime.settings import Settings


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


def notifiers(settings: Settings) -> Mapping[NoticeChannel, Notifier]:
    """Every channel that is set up; the mention on the issue always is."""
    places = Places(desk_url=settings.desk_url, jira_url=settings.jira.site_url)
    channels: dict[NoticeChannel, Notifier] = {NoticeChannel.JIRA: JiraMention()}
    server, webhook = mail_server(settings), settings.notice_webhook_url
    if server is not None:
        channels[NoticeChannel.EMAIL] = EmailNotifier(server, places)
    if webhook is not None:
        here = is_loopback(urlsplit(webhook.get_secret_value()).hostname)
        channels[NoticeChannel.WEBHOOK] = WebhookNotifier(webhook, places, on_this_machine=here)
    return channels
