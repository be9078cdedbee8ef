"""Notices by real e-mail and a real webhook: the first channel that works, once, with no secrets."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.notices import NoticeActivities
from activities.notifiers import Addressee, JiraMention, NotDelivered, Notifier, Places
from activities.notify_email import EmailNotifier, MailServer
from activities.notify_webhook import WebhookNotifier
from models.activity_io import NoticeInput
from models.notice import Attempt, Notice, NoticeResult
from models.people import NoticeChannel, Person
from policies.directory import Directory
from tests.receivers import Hook, Mailbox, webhook_receiver
from tests.samples import T0

PLACES = Places(desk_url="https://desk.example.com", jira_url="https://jira.example.com")
EMAIL, WEBHOOK, JIRA = NoticeChannel.EMAIL, NoticeChannel.WEBHOOK, NoticeChannel.JIRA
OMAR = Addressee(person="omar", name="Omar Owner", email="omar@example.com")
NOTICE = Notice(
    operation_id="feedback-10001/aaaaaaaa/7",
    issue_key="FT-1",
    level=2,
    people=("omar",),
    subject="FT-1: support lead (level 2), escalated",
    words="FT-1 (S1, outage) needs somebody to take it on.",
    due_at=T0,
)


def server(box: Mailbox, **more: object) -> MailServer:
    options = {"sender": "ft@example.com", "on_this_machine": True, **more}
    return MailServer(host="127.0.0.1", port=box.port, **options)  # type: ignore[arg-type]


def email(box: Mailbox, **more: object) -> EmailNotifier:
    return EmailNotifier(server(box, **more), PLACES)


def webhook(hook: Hook) -> WebhookNotifier:
    return WebhookNotifier(SecretStr(hook.url), PLACES, on_this_machine=True)


def failure_of(notifier: Notifier, to: Addressee = OMAR) -> str:
    with pytest.raises(NotDelivered) as undelivered:
        notifier.send(NOTICE, to)
    assert "secret" not in str(undelivered.value)
    return undelivered.value.failure.type


def test_a_message_names_the_issue_and_where_to_act_and_nothing_else(mailbox: Mailbox) -> None:
    email(mailbox).send(NOTICE, OMAR)

    (message,) = mailbox.messages
    assert mailbox.recipients == ["omar@example.com"]
    assert message["Subject"] == "FT-1: support lead (level 2), escalated"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_payload(decode=True).decode().splitlines() == [  # type: ignore[union-attr]
        "FT-1 (S1, outage) needs somebody to take it on.",
        "",
        "Take it on, or hand it over, on the desk: https://desk.example.com/items/FT-1",
        "or with /ack in a comment on the issue: https://jira.example.com/browse/FT-1",
    ]


def test_a_message_that_is_sent_again_has_the_same_id_and_anothers_has_another(
    mailbox: Mailbox,
) -> None:
    ada = Addressee(person="ada", name="Ada", email="ada@example.com")
    for to in (OMAR, OMAR, ada):
        email(mailbox).send(NOTICE, to)

    first, again, other = (message["Message-ID"] for message in mailbox.messages)
    assert first == again
    assert first != other
    assert first.endswith("@example.com>")


def test_the_worker_signs_in_at_a_mail_server_that_wants_it(mailbox: Mailbox) -> None:
    email(mailbox, user="ft", password=SecretStr("sesame")).send(NOTICE, OMAR)

    assert mailbox.signed_in == ["ft"]
    assert failure_of(email(mailbox, user="ft", password=SecretStr("secret"))) == "NoticeRefused"


def test_nothing_goes_over_a_network_in_the_clear(mailbox: Mailbox) -> None:
    assert failure_of(email(mailbox, on_this_machine=False)) == "NoticeRefused"
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("reply", "failure"),
    [("451 later", "NoticeUnavailable"), ("550 no such user", "NoticeRefused")],
)
def test_what_a_mail_server_answers_says_whether_to_try_again(
    mailbox: Mailbox, reply: str, failure: str
) -> None:
    mailbox.reply = reply

    assert failure_of(email(mailbox)) == failure


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def test_a_mail_server_and_a_webhook_that_do_not_answer_are_unavailable() -> None:
    gone = Mailbox(port=free_port())
    nobody = Hook(url=f"http://127.0.0.1:{free_port()}/secret")

    assert failure_of(email(gone)) == "NoticeUnavailable"
    assert failure_of(webhook(nobody)) == "NoticeUnavailable"


def test_a_webhook_gets_slacks_json_and_an_id_that_stays_the_same(hook: Hook) -> None:
    for _ in range(2):
        webhook(hook).send(NOTICE, OMAR)

    text = hook.bodies[0]["text"]
    assert hook.bodies[0].keys() == {"text"}
    assert text.startswith("*FT-1: support lead (level 2), escalated*\nFor Omar Owner. ")
    assert "https://desk.example.com/items/FT-1" in text
    assert hook.ids == ["feedback-10001/aaaaaaaa/7/omar"] * 2


@pytest.mark.parametrize(
    ("status", "failure"),
    [(503, "NoticeUnavailable"), (429, "NoticeUnavailable"), (404, "NoticeRefused")],
)
def test_what_a_webhook_answers_says_whether_to_try_again(
    hook: Hook, status: int, failure: str
) -> None:
    hook.status = status

    assert failure_of(webhook(hook)) == failure


def test_a_redirect_leads_a_notice_nowhere(hook: Hook) -> None:
    with webhook_receiver() as elsewhere:
        hook.status, hook.location = 307, elsewhere.url

        assert failure_of(webhook(hook)) == "NoticeRefused"
        assert elsewhere.bodies == []


def tell(
    people: tuple[Person, ...], notifiers: Mapping[NoticeChannel, Notifier], *named: str
) -> NoticeResult:
    addresses = {person.id: f"{person.id}@example.com" for person in people}
    directory = Directory(people=people, permissions={}, emails=addresses)
    activities = NoticeActivities(lambda: directory, {JIRA: JiraMention(), **notifiers})
    notice = NOTICE.model_copy(update={"people": named or tuple(p.id for p in people)})
    return ActivityEnvironment().run(activities.send_notice, NoticeInput(notice=notice))


def wanting(id_: str, *channels: NoticeChannel, account: str | None = None) -> Person:
    return Person(id=id_, name=id_.title(), notify=channels, jira_account_id=account)


def test_a_channel_that_fails_gives_way_to_the_next(mailbox: Mailbox, hook: Hook) -> None:
    mailbox.reply = "451 later"
    channels = {EMAIL: email(mailbox), WEBHOOK: webhook(hook)}

    result = tell((wanting("omar", EMAIL, WEBHOOK),), channels)

    assert result.attempts == (
        Attempt(person="omar", channel=EMAIL, failure="NoticeUnavailable"),
        Attempt(person="omar", channel=WEBHOOK),
    )
    assert result.reached == ("omar",)


def test_the_first_channel_that_works_is_the_only_one(mailbox: Mailbox, hook: Hook) -> None:
    tell((wanting("omar", EMAIL, WEBHOOK),), {EMAIL: email(mailbox), WEBHOOK: webhook(hook)})

    assert len(mailbox.messages) == 1
    assert hook.bodies == []


def test_a_channel_that_does_not_answer_is_waited_for_once_and_not_for_each_person() -> None:
    class Counting:
        asked = 0

        def send(self, notice: Notice, to: Addressee) -> None:
            Counting.asked += 1
            email(Mailbox(port=free_port())).send(notice, to)

    people = (wanting("omar", EMAIL), wanting("ada", EMAIL))
    result = tell(people, {EMAIL: Counting()})

    assert [one.failure for one in result.attempts] == ["NoticeUnavailable"] * 2
    assert Counting.asked == 1


def test_a_mention_is_the_last_resort_of_whoever_can_be_mentioned() -> None:
    people = (
        wanting("omar", WEBHOOK, JIRA, account="acc-omar"),
        wanting("ada", WEBHOOK, JIRA),
    )

    result = tell(people, {})

    assert result.reached == ("omar",)
    assert [one.failure for one in result.attempts] == [
        "NoticeChannelMissing", None, "NoticeChannelMissing", "NoticeChannelMissing",
    ]  # fmt: skip


def test_somebody_who_left_the_file_is_not_reached_and_stops_nobody(mailbox: Mailbox) -> None:
    result = tell((wanting("ada", EMAIL),), {EMAIL: email(mailbox)}, "gone", "ada")

    assert result.reached == ("ada",)


def test_no_address_is_logged(mailbox: Mailbox, hook: Hook) -> None:
    mailbox.reply = "550 no such user omar@example.com"
    hook.status = 404
    with capture_logs() as logged:
        tell((wanting("omar", EMAIL, WEBHOOK),), {EMAIL: email(mailbox), WEBHOOK: webhook(hook)})

    assert [line["event"] for line in logged] == ["notice_sent"]
    assert "@" not in str(logged)
    assert "secret" not in str(logged)


def test_a_message_about_an_item_has_a_link_for_its_reader_alone(mailbox: Mailbox) -> None:
    made: list[tuple[str, str]] = []

    def own_link(issue_key: str, person: str) -> str:
        made.append((issue_key, person))
        return "https://desk.example.com/in/abc"

    EmailNotifier(server(mailbox), PLACES, own_link).send(NOTICE, OMAR)

    assert made == [("FT-1", "omar")]
    text = mailbox.messages[0].get_payload()
    assert "on the desk: https://desk.example.com/in/abc" in text
    assert "yours alone" in text
    assert "/items/FT-1" not in text


def test_a_message_without_a_link_of_its_own_leads_to_the_items_page(mailbox: Mailbox) -> None:
    EmailNotifier(server(mailbox), PLACES, lambda _key, _person: None).send(NOTICE, OMAR)

    text = mailbox.messages[0].get_payload()
    assert "https://desk.example.com/items/FT-1" in text
    assert "yours alone" not in text


def test_what_is_asked_of_a_sheet_has_no_link_of_its_own(mailbox: Mailbox) -> None:
    notice = NOTICE.model_copy(update={"how": "Reply with /sign."})

    EmailNotifier(server(mailbox), PLACES, lambda _key, _person: "never").send(notice, OMAR)

    assert "never" not in mailbox.messages[0].get_payload()
