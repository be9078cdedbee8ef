from datetime import UTC, datetime, timedelta

import pytest

from activities.interpreter import (
    ACT_OF_COMMAND,
    OVERWRITTEN,
    PROOF_LASTS,
    UNKNOWN_AUTHOR,
    JiraInterpreter,
)
from jira_gateway.interpreter import Author, IssueContext
from models.approval import Choice
from models.jira_view import CommandName, Side
from models.people import Act, Channel, Person
from policies import commands, proof
from policies.directory import Directory
from policies.proof_content import of_ballot
from runtime.signing import SigningKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ISSUE = IssueContext(issue_id="10007", issue_key="FT-7", reporter_account_id="acc-walk-in")
LENA = Author(account_id="acc-lena", account_type="atlassian")
CORA = Author(account_id="acc-cora", account_type="customer")
WALK_IN = Author(account_id="acc-walk-in", account_type="atlassian")
COLLEAGUE = Author(account_id="acc-unlisted", account_type="atlassian")
NOBODY = Author(account_id=None)
AUTO_REPLY = Author(account_id="acc-auto-reply", account_type="app")
ROBOT = Author(account_id="acc-robot", account_type="app")


@pytest.fixture
def interpreter(key: SigningKey) -> JiraInterpreter:
    lena = Person(id="lena", name="Lena", jira_account_id="acc-lena", roles=("lead",))
    robot = Person(id="robot", name="Robot", jira_account_id="acc-robot", behind="lena")
    directory = Directory(people=(lena, robot), permissions={})
    return JiraInterpreter(lambda: directory, commands.parse, key, lambda: NOW)


@pytest.mark.parametrize(
    ("author", "side"),
    [
        (LENA, Side.STAFF),
        (COLLEAGUE, Side.STAFF),
        (CORA, Side.CUSTOMER),
        (WALK_IN, Side.CUSTOMER),
        (NOBODY, Side.CUSTOMER),
        (AUTO_REPLY, Side.MACHINE),
        (ROBOT, Side.MACHINE),
    ],
)
def test_everybody_stands_on_a_side(
    interpreter: JiraInterpreter, author: Author, side: Side
) -> None:
    assert interpreter.comment(ISSUE, author, "Hello", NOW, public=False).side is side
    assert interpreter.edit(ISSUE, author, "priority", NOW).side is side


@pytest.mark.parametrize(
    ("author", "side"),
    [
        (LENA, Side.STAFF),
        (COLLEAGUE, Side.CUSTOMER),
        (CORA, Side.CUSTOMER),
        (AUTO_REPLY, Side.MACHINE),
        (ROBOT, Side.MACHINE),
    ],
)
def test_only_a_listed_person_answers_the_customer(
    interpreter: JiraInterpreter, author: Author, side: Side
) -> None:
    assert interpreter.comment(ISSUE, author, "We look into it.", NOW, public=True).side is side


def test_an_unlisted_machine_gives_no_command_and_a_listed_one_acts_for_itself(
    interpreter: JiraInterpreter,
) -> None:
    assert interpreter.comment(ISSUE, AUTO_REPLY, "/ack", NOW, public=True).command is None
    listed = interpreter.comment(ISSUE, ROBOT, "/ack", NOW, public=False).command
    assert listed is not None
    assert listed.actor is not None
    assert listed.actor.person == "robot"


def test_a_mere_thank_you_of_a_customer_is_told_apart(interpreter: JiraInterpreter) -> None:
    assert interpreter.comment(
        ISSUE, CORA, "Thank you, all is well now!", NOW, public=True
    ).gratitude
    assert not interpreter.comment(
        ISSUE, CORA, "Thanks, but it fails again.", NOW, public=True
    ).gratitude


@pytest.mark.parametrize(
    ("text", "act", "subject"),
    [
        ("/ack", Act.ACKNOWLEDGE, "feedback-10007"),
        ("/handover omar I am off", Act.ACKNOWLEDGE, "feedback-10007"),
        ("/propose refund 49.00 EUR charged twice", Act.PROPOSE, "feedback-10007"),
        ("/resume", Act.RESUME, "feedback-10007"),
        ("/delegate omar until 2026-06-30 I am off", Act.VOTE, "feedback-10007"),
        ("/resolve fixed in 2.4", Act.RESOLVE, "feedback-10007"),
        ("/override severity=S1 payroll stands still", Act.OVERRIDE, "feedback-10007"),
        ("/approve looks right", Act.VOTE, "feedback-10007"),
        ("/approve 10007-1-2 looks right", Act.VOTE, "action-10007-1-2"),
        ("/reject 10007-1-2 too much", Act.VOTE, "action-10007-1-2"),
    ],
)
def test_a_command_carries_a_proof_for_its_subject_alone(
    interpreter: JiraInterpreter, key: SigningKey, text: str, act: Act, subject: str
) -> None:
    command = interpreter.comment(ISSUE, LENA, text, NOW, public=False).command
    assert command is not None
    assert command.problem is None
    assert command.actor is not None
    assert (command.actor.person, command.actor.channel) == ("lena", Channel.JIRA)
    assert proof.check(command.actor, act, subject, key.public_keys, NOW, False) is None
    assert proof.check(command.actor, act, "feedback-1", key.public_keys, NOW, False) is not None
    late = NOW + PROOF_LASTS
    assert proof.check(command.actor, act, subject, key.public_keys, late, False) is not None


def test_every_command_there_is_needs_an_act() -> None:
    assert set(ACT_OF_COMMAND) == set(CommandName) - {CommandName.UNKNOWN}


@pytest.mark.parametrize("public", [True, False])
def test_a_command_of_an_unlisted_account_has_no_actor_and_says_why(
    interpreter: JiraInterpreter, public: bool
) -> None:
    command = interpreter.comment(ISSUE, COLLEAGUE, "/ack", NOW, public=public).command
    assert command is not None
    assert command.name is CommandName.ACK
    assert command.actor is None
    assert command.problem == UNKNOWN_AUTHOR


def test_a_command_in_a_comment_that_somebody_else_has_edited_is_nobodys(
    interpreter: JiraInterpreter,
) -> None:
    edited = LENA.model_copy(update={"overwritten": True})
    command = interpreter.comment(ISSUE, edited, "/approve fine", NOW, public=False).command
    assert command is not None
    assert command.actor is None
    assert command.problem == OVERWRITTEN


def test_a_customers_words_are_never_a_command(interpreter: JiraInterpreter) -> None:
    meaning = interpreter.comment(ISSUE, CORA, "/resolve fixed by myself", NOW, public=True)
    assert meaning.command is None


def test_a_move_by_a_listed_person_is_proved_and_a_label_is_only_noted(
    interpreter: JiraInterpreter, key: SigningKey
) -> None:
    moved = interpreter.edit(ISSUE, LENA, "status", NOW).actor
    assert moved is not None
    subject = "feedback-10007"
    assert proof.check(moved, Act.RESOLVE, subject, key.public_keys, NOW, False) is None
    labelled = interpreter.edit(ISSUE, LENA, "labels", NOW).actor
    assert labelled is not None
    assert labelled.proof is None
    assert interpreter.edit(ISSUE, COLLEAGUE, "status", NOW).actor is None


def test_a_vote_is_bound_to_what_was_said_and_to_when(interpreter: JiraInterpreter) -> None:
    written = NOW - timedelta(minutes=3)
    for text, content in (
        ("/approve looks right", of_ballot("", Choice.APPROVE, "looks right")),
        ("/reject 10007-1-2 too much", of_ballot("10007-1-2", Choice.REJECT, "too much")),
    ):
        command = interpreter.comment(ISSUE, LENA, text, written, public=False).command
        assert command is not None
        assert command.actor is not None
        assert command.actor.proof is not None
        claim = command.actor.proof.claim
        assert (claim.content, claim.made_at) == (content, written)
