"""What `doctor` says of the channels for notices: mail server, webhook, and who wants which."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from desk.examining.checks import ASK_SECONDS, Finding, note, ok, unreachable, wrong
from models.people import NoticeChannel
from policies.problems import PolicyError
from runtime.notifiers import mail_server, notifiers
from runtime.setting_values import is_loopback
from runtime.settings import Settings

PART = "notices"
VARIABLES = {
    NoticeChannel.EMAIL: "FOLLOWTHROUGH_SMTP_URL and FOLLOWTHROUGH_MAIL_FROM",
    NoticeChannel.WEBHOOK: "FOLLOWTHROUGH_NOTICE_WEBHOOK_URL",
}


def check_notices(settings: Settings) -> Iterable[Finding]:
    """Whether every channel answers, and whether people want one that is not set up."""
    yield from _wanted_in_vain(settings)
    if settings.smtp_url is not None:
        yield _mail(settings)
    if settings.notice_webhook_url is not None:
        yield _webhook(settings.notice_webhook_url.get_secret_value())
    if settings.smtp_url is None and settings.notice_webhook_url is None:
        yield note(PART, "People are told by mentions in Jira; no other channel is set up.")


def _wanted_in_vain(settings: Settings) -> Iterable[Finding]:
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, as in checks

    try:
        people = load(settings.policies).directory.people
    except PolicyError:
        return  # the check of the policies says so
    there = notifiers(settings)
    for channel, variables in VARIABLES.items():
        wanting = [one.name for one in people if one.active and channel in one.notify]
        if wanting and channel not in there:
            yield wrong(
                PART,
                f"people.yaml wants {channel} for {', '.join(wanting)}, but it is not set up.",
                f"Set {variables} for the worker, or name another channel there.",
            )


def _mail(settings: Settings) -> Finding:
    server = mail_server(settings)
    if server is None:
        return wrong(PART, "No sender for e-mail is set.", "Set FOLLOWTHROUGH_MAIL_FROM.")
    where = f"the mail server {server.host}:{server.port}"
    try:
        server.connect().close()
    except smtplib.SMTPAuthenticationError:
        what = f"{where} refuses the account."
        return wrong(PART, what, "Set FOLLOWTHROUGH_SMTP_USER and FOLLOWTHROUGH_SMTP_PASSWORD.")
    except smtplib.SMTPNotSupportedError:
        what = f"{where} offers no encryption."
        return wrong(PART, what, "Use smtps://, or a server that offers STARTTLS.")
    except (smtplib.SMTPException, OSError) as error:
        what = f"{where} does not answer ({type(error).__name__})."
        return unreachable(PART, what, "Look at FOLLOWTHROUGH_SMTP_URL.")
    return ok(PART, f"{where} answers.")


def _webhook(url: str) -> Finding:
    """Asks without posting anything; the address beyond the host is a secret."""
    host = urlsplit(url).hostname
    where = f"the webhook at {host}"
    try:
        # A receiver of posts answers a get with a refusal, which is an answer.
        status = httpx.get(url, timeout=ASK_SECONDS, trust_env=not is_loopback(host)).status_code
    except httpx.HTTPError as error:
        what = f"{where} does not answer ({type(error).__name__})."
        return unreachable(PART, what, "Look at FOLLOWTHROUGH_NOTICE_WEBHOOK_URL.")
    if status >= 500:
        return wrong(PART, f"{where} answers {status}.", "Look at its side.")
    return ok(PART, f"{where} answers.")
