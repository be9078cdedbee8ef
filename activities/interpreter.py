"""Reads authors and comments: whose side, a thank-you, a command, and who gave it.

This is where a person's words end. What leaves is the side, whether it was a mere thank-you, and a
command with a proof that we read it in Jira under that person's account.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from insight.gratitude import is_gratitude
from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from models.approval import Choice
from models.jira_view import CommandName, JiraCommand, Side
from models.names import action_workflow_id, feedback_workflow_id, issue_subject
from models.people import Act, Actor, Channel, Person, Proof, ProofClaim
from policies.days import end_of_day, read_day
from policies.proof_content import of_ballot, of_delegation, of_move, of_reply

PROOF_LASTS = timedelta(hours=24)
"""An item whose worker is down judges the command when it is back; a day covers a bad night."""
CUSTOMER_ACCOUNT = "customer"
APP_ACCOUNT = "app"
ACT_OF_COMMAND: dict[CommandName, Act] = {
    CommandName.APPROVE: Act.VOTE,
    CommandName.REJECT: Act.VOTE,
    CommandName.DELEGATE: Act.VOTE,
    CommandName.ACK: Act.ACKNOWLEDGE,
    CommandName.HANDOVER: Act.ACKNOWLEDGE,
    CommandName.RESOLVE: Act.RESOLVE,
    CommandName.OVERRIDE: Act.OVERRIDE,
    CommandName.PROPOSE: Act.PROPOSE,
    CommandName.RESUME: Act.RESUME,
    CommandName.SIGNOFF: Act.REPLY,
    CommandName.ANSWER: Act.REPLY,
}
CHOICE_OF_COMMAND = {CommandName.APPROVE: Choice.APPROVE, CommandName.REJECT: Choice.REJECT}
ACT_OF_EDIT: dict[str, Act] = {
    "status": Act.RESOLVE,
    "resolution": Act.RESOLVE,
    "priority": Act.OVERRIDE,
    "assignee": Act.OVERRIDE,
}
"""An edit of these fields may be an act; of all others it is only noted who made it."""
UNKNOWN_AUTHOR = (
    "The Jira account that gave this command belongs to nobody in people.yaml. Add the account to "
    "the person there, or give the command from an account that is listed."
)

OVERWRITTEN = (
    "Somebody else has edited that comment, so nobody knows whose words these are. Give the command "
    "in a comment of your own."
)


class People(Protocol):
    """Who is who, as of now."""

    def by_account(self, jira_account_id: str) -> Person | None:
        """The person with this Jira account."""
        ...


class Signer(Protocol):
    """Signs what we have seen with our own eyes."""

    def sign(self, claim: ProofClaim) -> Proof:
        """The proof of a claim."""
        ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class JiraInterpreter:
    """Interprets comments and edits by people. Never asked about our own account.

    `people` is called for each comment, so that a changed people.yaml counts at once;
    `parse_command` finds a command in a text.
    """

    def __init__(
        self,
        people: Callable[[], People],
        parse_command: Callable[[str], JiraCommand | None],
        signer: Signer,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._people = people
        self._parse_command = parse_command
        self._signer = signer
        self._now = now

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        """What a comment means. A customer's words are never a command, whatever they begin with.

        A command by an account that nobody can name is kept with why it is refused, also when it
        was given in public; any other public word of such an account is taken for a customer's.
        """
        person = self._person(author)
        side = _side(issue, author, person)
        if side is Side.CUSTOMER:
            return CommentMeaning(side=side, gratitude=is_gratitude(text))
        machine = side is Side.MACHINE and person is None
        command = None if machine else self._parse_command(text)
        if command is not None and author.overwritten:
            refused = command.model_copy(update={"problem": OVERWRITTEN})
            return CommentMeaning(side=side, command=refused)
        if command is not None:
            return CommentMeaning(side=side, command=self._signed(issue, command, person, at))
        if public and side is Side.STAFF and person is None:
            return CommentMeaning(side=Side.CUSTOMER, gratitude=is_gratitude(text))
        return CommentMeaning(side=side)

    def edit(
        self,
        issue: IssueContext,
        author: Author,
        field: str,
        at: datetime,
        after: str | None = None,
    ) -> EditMeaning:
        """Who made an edit; with a proof where the edit may be an act, such as a decision."""
        person = self._person(author)
        side = _side(issue, author, person)
        if person is None:
            return EditMeaning(side=side)
        act = ACT_OF_EDIT.get(field)
        subject = feedback_workflow_id(issue.issue_id)
        content = of_move(after) if field == "status" and after else ""
        proof = None if act is None else self._proof(person, act, subject, at, content)
        return EditMeaning(
            side=side, actor=Actor(person=person.id, channel=Channel.JIRA, proof=proof)
        )

    def _person(self, author: Author) -> Person | None:
        return self._people().by_account(author.account_id) if author.account_id else None

    def _signed(
        self, issue: IssueContext, command: JiraCommand, person: Person | None, at: datetime
    ) -> JiraCommand:
        if person is None:
            return command.model_copy(update={"problem": UNKNOWN_AUTHOR})
        if command.problem is not None:
            unproved = Actor(person=person.id, channel=Channel.JIRA)
            return command.model_copy(update={"actor": unproved})
        act, subject = ACT_OF_COMMAND[command.name], subject_of(issue, command)
        proof = self._proof(person, act, subject, at, _content_of(command))
        actor = Actor(person=person.id, channel=Channel.JIRA, proof=proof)
        return command.model_copy(update={"actor": actor})

    def _proof(
        self, person: Person, act: Act, subject: str, at: datetime, content: str = ""
    ) -> Proof:
        return self._signer.sign(
            ProofClaim(
                person=person.id,
                channel=Channel.JIRA,
                act=act,
                subject=subject,
                expires_at=self._now() + PROOF_LASTS,
                made_at=at,
                content=content,
            )
        )


def subject_of(issue: IssueContext, command: JiraCommand) -> str:
    """The workflow id that a command's proof is worth something for.

    A vote that names its request is a proof for that request alone. One that names none is meant
    for the only request that waits on the item, and the item's id is its subject. A reply to a
    question is about the issue on which it was written.
    """
    if ACT_OF_COMMAND[command.name] is Act.REPLY:
        return issue_subject(issue.issue_id)
    request = _named(command)
    return action_workflow_id(request) if request else feedback_workflow_id(issue.issue_id)


def _named(command: JiraCommand) -> str:
    """The request that a vote or a delegation names; empty for none."""
    if command.name in CHOICE_OF_COMMAND:
        return command.arguments[0] if command.arguments else ""
    if command.name is CommandName.DELEGATE:
        return command.arguments[2] if len(command.arguments) > 2 else ""
    return ""


def _content_of(command: JiraCommand) -> str:
    """What a vote or a reply is bound to; the proofs of other commands are bound to act and item alone."""
    if command.name is CommandName.DELEGATE:
        to, until, *_ = command.arguments
        return of_delegation(_named(command), to, end_of_day(read_day(until)))
    if ACT_OF_COMMAND[command.name] is Act.REPLY:
        question, answer, *_ = command.arguments
        return of_reply(question, answer, command.reason)
    choice = CHOICE_OF_COMMAND.get(command.name)
    if choice is None:
        return ""
    digest = command.arguments[1] if len(command.arguments) > 1 else ""
    return of_ballot(_named(command), choice, command.reason, digest)


def _side(issue: IssueContext, author: Author, person: Person | None) -> Side:
    """Whose side an author is on, as far as the account alone can tell.

    People of people.yaml are staff; automation accounts there, and apps anywhere, are machines: on
    neither side, so that an automatic reply stops no clock. Whoever has no account, a customer's
    account or reported the issue is a customer. Any other account may be a colleague who is not
    listed yet, or somebody a customer put in copy: internally staff, and in public a customer,
    since in doubt a customer's word wakes somebody and a colleague's would not.
    """
    if person is not None:
        return Side.MACHINE if person.behind else Side.STAFF
    if author.account_type == APP_ACCOUNT:
        return Side.MACHINE
    if author.account_id is None or author.account_type == CUSTOMER_ACCOUNT:
        return Side.CUSTOMER
    return Side.CUSTOMER if author.account_id == issue.reporter_account_id else Side.STAFF
