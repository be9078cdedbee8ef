"""`doctor` says of every channel for notices whether it answers, and prints no secret."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import SecretStr

from desk.examining.checks import Finding, Health
from desk.examining.notices import check_notices
from runtime.settings import SHIPPED_POLICIES, JiraSettings, Settings, load_temporal_settings
from tests.receivers import Hook, Mailbox


def said(**more: object) -> list[Finding]:
    settings = Settings(
        temporal=load_temporal_settings({}),
        jira=JiraSettings(),
        **more,  # type: ignore[arg-type]
    )
    found = list(check_notices(settings))
    assert "secret" not in str(found)
    return found


def mail(box: Mailbox, **more: object) -> dict[str, object]:
    return {"smtp_url": f"smtp://127.0.0.1:{box.port}", "mail_from": "ft@example.com", **more}


def test_without_another_channel_people_are_told_in_jira() -> None:
    (finding,) = said()

    assert finding.health is Health.NOTE


def test_channels_that_answer_are_ok_and_nothing_is_sent(mailbox: Mailbox, hook: Hook) -> None:
    found = said(**mail(mailbox), notice_webhook_url=SecretStr(hook.url))

    assert [one.what for one in found] == [
        f"the mail server 127.0.0.1:{mailbox.port} answers.",
        "the webhook at 127.0.0.1 answers.",
    ]
    assert (mailbox.messages, hook.bodies) == ([], [])


def test_channels_that_do_not_answer_are_unreachable(mailbox: Mailbox, hook: Hook) -> None:
    found = said(
        smtp_url="smtp://127.0.0.1:9",
        mail_from="ft@example.com",
        notice_webhook_url=SecretStr("http://127.0.0.1:9/secret"),
    )

    assert [one.health for one in found] == [Health.UNREACHABLE] * 2


def test_an_account_that_the_mail_server_refuses_is_wrong(mailbox: Mailbox) -> None:
    account = {"smtp_user": "ft", "smtp_password": SecretStr("secret")}

    (finding,) = said(**mail(mailbox, **account))

    assert finding.health is Health.WRONG
    assert "FOLLOWTHROUGH_SMTP_PASSWORD" in str(finding.remedy)


def test_a_webhook_that_is_broken_is_wrong(hook: Hook) -> None:
    hook.status = 500

    (finding,) = said(notice_webhook_url=SecretStr(hook.url))

    assert finding.health is Health.WRONG


def test_a_channel_that_people_want_and_nobody_set_up_is_wrong(tmp_path: Path) -> None:
    policies = Path(shutil.copytree(SHIPPED_POLICIES, tmp_path / "policies"))
    people = (policies / "people.yaml").read_text()
    lead = "    roles: [lead]\n"
    wanting = f"{lead}    email: lena@example.com\n    notify: [email, jira]\n"
    (policies / "people.yaml").write_text(people.replace(lead, wanting))

    finding = said(policies=policies)[0]

    assert finding.health is Health.WRONG
    assert "wants email for Lena Lead, but it is not set up." in finding.what
