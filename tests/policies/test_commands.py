"""Commands in Jira comments: the first line only, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.jira_view import CommandName, JiraCommand
from policies.commands import parse


@pytest.mark.parametrize(
    ("text", "name", "arguments", "reason"),
    [
        ("/approve looks right to me", "approve", (), "looks right to me"),
        ("/approve 10001-1a2b3c4d-7 fine", "approve", ("10001-1a2b3c4d-7",), "fine"),
        (
            "/reject 10001-1a2b3c4d-7#9f86d081 no",
            "reject",
            ("10001-1a2b3c4d-7", "9f86d081"),
            "no",
        ),
        ("/delegate finn until 2026-06-30 away", "delegate", ("finn", "2026-06-30"), "away"),
        (
            "/delegate 10001-1a2b3c4d-7 finn 2026-06-30",
            "delegate",
            ("finn", "2026-06-30", "10001-1a2b3c4d-7"),
            "",
        ),
        ("/reject 10001-1a2b3c4d-7 no receipt", "reject", ("10001-1a2b3c4d-7",), "no receipt"),
        ("/reject no receipt", "reject", (), "no receipt"),
        ("/ack", "ack", (), ""),
        ("/ack I am on it\nmore words", "ack", (), "I am on it"),
        ("/handover lena off at noon", "handover", ("lena",), "off at noon"),
        ("/handover [~accountid:acc-lena] yours", "handover", ("acc-lena",), "yours"),
        ("/Approve\tfine", "approve", (), "fine"),
        ("/resolve fixed in 2.4", "resolve", ("fixed",), "in 2.4"),
        ("/resolve no-change works as told", "resolve", ("no_change",), "works as told"),
        ("/resolve duplicate ft-12 same bill", "resolve", ("duplicate", "FT-12"), "same bill"),
        (
            "/override severity=s2 category=billing owner=omar blocks payroll",
            "override",
            ("severity=S2", "category=billing", "owner=omar"),
            "blocks payroll",
        ),
        (
            "/propose refund 49.00 EUR charged twice",
            "propose",
            ("refund", "4900", "EUR"),
            "charged twice",
        ),
        ("/propose refund 49,5 eur twice", "propose", ("refund", "4950", "EUR"), "twice"),
        ("/propose credit 500 JPY late", "propose", ("credit", "500", "JPY"), "late"),
        ("/propose credit 1.234 KWD late", "propose", ("credit", "1234", "KWD"), "late"),
        (
            "/propose data_deletion they asked twice",
            "propose",
            ("data_deletion",),
            "they asked twice",
        ),
        (
            "/propose feature-off feature=new-checkout 3 customers cannot pay",
            "propose",
            ("feature_off", "feature=new-checkout"),
            "3 customers cannot pay",
        ),
        ("/resume\r\nthe rest", "resume", (), ""),
        ("/approve\u00a0with a space that does not break", "approve", (), None),
    ],
)
def test_a_command_is_understood(
    text: str, name: str, arguments: tuple[str, ...], reason: str | None
) -> None:
    command = parse(text)
    assert command is not None
    assert command.problem is None
    assert (command.name, command.arguments, command.actor) == (name, arguments, None)
    assert reason is None or command.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fine by me",
        " /approve",
        "> /approve",
        "bq. /approve",
        "{quote}/approve{quote}",
        "{code}\n/approve\n{code}",
        "```\n/approve\n```",
        "Thanks.\n/approve",
        "\n/approve",
        "//approve",
        "/",
        "/ approve",
        "/approve/all",
        "/usr/bin/env crashed",
        "/approve: yes",
    ],
)
def test_talk_about_commands_is_no_command(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("/aprove fine", "approve", "did you mean /approve?"),
        ("/delegate", "delegate", "Write who and the last day"),
        ("/delegate finn until soon", "delegate", "That is no day."),
        ("/resolved fixed it", "resolve", "did you mean /resolve?"),
        ("/reject", "reject", "Say why"),
        ("/resolve", "resolve", "OUTCOME"),
        ("/resolve fixed", "resolve", "the reason"),
        ("/resolve maybe because", "resolve", "accepted, declined, duplicate"),
        ("/resolve duplicate because", "resolve", "Name the issue"),
        ("/resolve duplicate FT-12", "resolve", "the reason"),
        ("/override severity=S2", "override", "why"),
        ("/override because", "override", "severity=S2"),
        ("/override severity=S9 because", "override", "S1, S2, S3, S4"),
        ("/override colour=red because", "override", "severity, category, owner"),
        ("/override owner= because", "override", "no value"),
        ("/override owner=a owner=b because", "override", "twice"),
        ("/propose", "propose", "refund 49.00 EUR"),
        ("/propose climb up", "propose", "refund, credit"),
        ("/propose refund because", "propose", "needs an amount"),
        ("/propose refund 49", "propose", "currency"),
        ("/propose refund 49 THE money", "propose", "currency code"),
        ("/propose refund 49.999 EUR because", "propose", "EUR has 2 decimals"),
        ("/propose refund 1.5 JPY because", "propose", "JPY has no decimals"),
        ("/propose refund 1,234 EUR because", "propose", "two ways"),
        ("/propose refund 0 EUR because", "propose", "nothing"),
        ("/propose refund 49 EUR", "propose", "Say why"),
    ],
)
def test_a_malformed_command_says_in_words_what_to_write(text: str, name: str, words: str) -> None:
    command = parse(text)
    assert command is not None
    assert command.name == name
    assert command.problem is not None
    assert words in command.problem


SOME_WORDS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                "refund",
                "49.00",
                "EUR",
                "severity=S2",
                "owner=",
                "duplicate",
                "FT-1",
                "fixed",
                "1-a-2",
                "٤٩",
                "=",
                "-",
                "1e9",
            ]
        ),
    ),
    max_size=6,
).map(" ".join)


@given(st.one_of(st.text(), st.builds("/{} {}".format, st.sampled_from(CommandName), SOME_WORDS)))
@example("/propose refund ٤٩ EUR x")
@example("/override =x y")
@example("/resolve duplicate " + "A-1" * 10_000 + " x")
def test_whatever_somebody_writes_nothing_is_raised_and_the_result_is_consistent(text: str) -> None:
    command = parse(text)
    if command is None:
        return
    assert text.startswith("/")
    assert JiraCommand.model_validate(command.model_dump()) == command
    if command.problem:
        assert not command.arguments
        assert not command.reason
    assert "\n" not in command.reason
    assert len(command.reason) <= 2000


def test_a_problem_never_repeats_what_was_written() -> None:
    for text in ("/resolve Xsecret y", "/propose refund Xsecret", "/override Xsecret=1 y"):
        command = parse(text)
        assert command is not None
        assert command.problem is not None
        assert "secret" not in command.problem


@pytest.mark.parametrize("text", ["/frobnicate x", "/close", "/var is full"])
def test_an_unknown_command_is_told_so_instead_of_counting_as_an_answer(text: str) -> None:
    command = parse(text)

    assert command is not None
    assert (command.name, bool(command.problem)) == (CommandName.UNKNOWN, True)


def test_a_vote_without_a_reason_is_asked_for_one() -> None:
    command = parse("/approve 10001-1a2b3c4d-7")

    assert command is not None
    assert command.problem is not None
    assert "Say why" in command.problem


@pytest.mark.parametrize(
    "text",
    [
        "/delegate finn until 9999-12-31 for ever",
        "/delegate finn until 2999-12-31 for ever",
        "/delegate finn until 0001-01-01 never",
        "/propose policy_exception until=9999-12-31 for ever",
        "/propose policy_exception until=9999-12-31T23:59:59-14:00 for ever",
        "/propose policy_exception until=0001-01-01T00:00:00+14:00 never",
    ],
)
def test_a_day_that_no_clock_can_show_is_told_to_whoever_wrote_it(text: str) -> None:
    command = parse(text)
    assert command is not None
    assert command.problem is not None


def test_a_sign_off_names_its_line_and_may_say_something() -> None:
    found = parse("/signoff Documentation It is online.")

    assert found is not None
    assert (found.arguments, found.reason) == (("documentation", "signed"), "It is online.")


def test_an_answer_needs_a_question_a_choice_and_a_reason() -> None:
    found, wordless = parse("/answer decision-1 pause It confuses."), parse("/answer decision-1 go")

    assert found is not None
    assert (found.arguments, found.reason) == (("decision-1", "pause"), "It confuses.")
    assert wordless is not None
    assert wordless.problem is not None
