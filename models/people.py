"""People, the channels they act through, and the proof that it was them (DESIGN section 6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from models.base import Frozen, Moment


class Channel(StrEnum):
    """How an act reached us."""

    DESK = "desk"
    JIRA = "jira"
    CLI = "cli"
    TEMPORAL_UI = "temporal_ui"
    AUTOMATION = "automation"


class Act(StrEnum):
    """What a person may be entitled to; `people.yaml` grants acts to roles.

    A `REPLY` goes by name: only those may give it to whom a question is put.
    """

    VOTE = "vote"
    ACKNOWLEDGE = "acknowledge"
    OVERRIDE = "override"
    PROPOSE = "propose"
    RESOLVE = "resolve"
    RESUME = "resume"
    MIGRATE = "migrate"
    REPLY = "reply"


class NoticeChannel(StrEnum):
    """How somebody is told that an escalation is theirs."""

    JIRA = "jira"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Person(Frozen):
    """One human, or one automation account.

    `behind` names the human who answers for an automation account; four-eyes compares that
    human, never the account. `notify` is how they want to be told, the first way that works.
    """

    id: str
    name: str
    jira_account_id: str | None = None
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    behind: str | None = None
    active: bool = True
    notify: tuple[NoticeChannel, ...] = (NoticeChannel.JIRA,)

    @property
    def human(self) -> str:
        """The id of the human who answers for this account."""
        return self.behind or self.id


class Delegation(Frozen):
    """Somebody votes in somebody else's place for a while: from `since` until before `until`."""

    principal: str
    delegate: str
    since: Moment
    until: Moment

    def in_force(self, now: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.since <= now < self.until


class ProofClaim(Frozen):
    """What a proof says: this person, through this channel, may do this act on this subject.

    `subject` is a workflow id. `expires_at` bounds how long a stolen proof is worth anything.
    `made_at` is when the person acted, and `content` a digest of what they said, where it is bound
    to that (`policies.proof_content`).
    """

    person: str
    channel: Channel
    act: Act
    subject: str
    expires_at: Moment
    made_at: Moment | None = None
    content: str = ""

    def signing_bytes(self) -> bytes:
        """The exact bytes that are signed: one line a member, in a fixed order.

        A claim without the members that the second form added is signed in the first one, so that
        what was signed before stays true.
        """
        members = (self.person, self.channel, self.act, self.subject, self.expires_at.isoformat())
        if self.made_at is None and not self.content:
            return "\n".join(("followthrough-proof-v1", *members)).encode()
        made_at = self.made_at.isoformat() if self.made_at else ""
        return "\n".join(("followthrough-proof-v2", *members, made_at, self.content)).encode()


class Proof(Frozen):
    """A signed claim. `signature` is Ed25519 over `claim.signing_bytes()`, in hex."""

    claim: ProofClaim
    key_id: str
    signature: str


class Actor(Frozen):
    """Who acts: a person id, the channel, and the proof (absent only for automation)."""

    person: str
    channel: Channel
    proof: Proof | None = None

    def without_proof(self) -> Actor:
        """The same actor for the record: proofs are spent, not stored."""
        return self.model_copy(update={"proof": None})
