"""No sequence of votes, delegations, edits, expiries and withdrawals grants an action wrongly.

The machine plays against `policies.approval` and keeps its own, simpler book of who said what.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.approval import ActionProposal, ApprovalOutcome, Choice, Delegate
from models.approval_request import ApprovalRequest, stages_of
from models.approval_rule import ApprovalRule, Counting, DeputyRule, OnExpiry, OnRefusal, StageRule
from models.effects import Approval, CountedBallot, CountedDelegation
from models.people import Actor, Channel, Delegation
from models.policy import PolicySnapshot
from policies import approval, approval_acts, approval_evidence, approval_plan
from policies.request_digest import digest_of
from tests.policies import approval_cases as cases

TEAM = (
    cases.person("ada", "support", "finance"),
    cases.person("fay", "finance", "security"),
    cases.person("finn", "finance"),
    cases.person("sam", "security"),
)
"""Few people in few groups that overlap, so that every rule is put to the test often."""
VOTERS = ("ada", "fay", "finn", "sam", "lena")
EVERYBODY = (*VOTERS, "ada", "fay", "finn", "sam", "omar", "robot", "mallory")
GROUPS = ("finance", "security", "support")
SELDOM = st.sampled_from((False,) * 9 + (True,))
CHOICES = st.sampled_from((Choice.APPROVE,) * 5 + (Choice.REJECT,))


def stage_rules(name: str) -> st.SearchStrategy[StageRule]:
    """A stage with one to three groups and a number or a share."""
    groups = st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(
        StageRule,
        name=st.just(name),
        groups=groups,
        quorum=st.integers(1, 2),
        percent=st.sampled_from((None, None, None, 50, 100)),
        counted=st.sampled_from(Counting),
    )


def delegations() -> st.SearchStrategy[tuple[Delegation, ...]]:
    """Any pairs of people, some of them not in force any more."""
    pair = st.tuples(st.sampled_from((*VOTERS, "omar")), st.sampled_from((*VOTERS, "eve")))
    lent = st.builds(
        lambda names, days: cases.lent(*names, days=days), pair, st.sampled_from((0, 7, 7))
    )
    return st.lists(lent, max_size=3).map(tuple)


class ApprovalMachine(RuleBasedStateMachine):
    """One request from its opening to its end, with everybody trying everything."""

    request: ApprovalRequest
    pinned: PolicySnapshot
    proposal: ActionProposal

    @initialize(
        stages=st.tuples(stage_rules("first"))
        | st.tuples(stage_rules("first"), stage_rules("next")),
        stand_in=st.none() | stage_rules("stand-in"),
        deputies=st.none() | st.sampled_from(GROUPS),
        refusal=st.sampled_from(OnRefusal),
        own_group=SELDOM,
        requester=st.sampled_from(("omar", "omar", "robot", "fay")),
        lent=delegations(),
    )
    def open_request(
        self,
        stages: tuple[StageRule, ...],
        stand_in: StageRule | None,
        deputies: str | None,
        refusal: OnRefusal,
        own_group: bool,
        requester: str,
        lent: tuple[Delegation, ...],
    ) -> None:
        self.rule: ApprovalRule = cases.rule(
            stages=stages,
            escalate_to=stand_in,
            on_expiry=OnExpiry.ESCALATE if stand_in else OnExpiry.REFUSE,
            deputy=DeputyRule(after=3600, groups=(deputies,)) if deputies else None,
            on_refusal=refusal,
            exclude_requesters_group=own_group,
        )
        self.pinned = cases.snapshot(self.rule, delegations=lent, people=TEAM)
        self.proposal, self.item, self.now = cases.proposal(requester), cases.facts(), cases.NOW
        self.ballots: tuple[CountedBallot, ...] = ()
        self.delegated: tuple[CountedDelegation, ...] = ()
        self.request = cases.opened(self.pinned, self.proposal, self.item)
        self.ask_a_stage_that_was_just_reached()

    @rule(who=st.sampled_from(EVERYBODY), choice=CHOICES, stale=SELDOM)
    def vote(self, who: str, choice: Choice, stale: bool) -> None:
        digest = "0" * 64 if stale else self.request.digest
        ballot = cases.ballot(who, choice, digest)
        before = len(self.request.votes)
        self.request, _ = approval.cast(self.request, ballot, cases.SUBJECT, self.now)
        if len(self.request.votes) > before:
            counted = CountedBallot(ballot=ballot, subject=cases.SUBJECT, at=self.now)
            self.ballots += (counted,)
            assert not stale, "a ballot for another hash never counts"
        self.ask_a_stage_that_was_just_reached()

    @rule(who=st.sampled_from(EVERYBODY), to=st.sampled_from(EVERYBODY))
    def delegate(self, who: str, to: str) -> None:
        message = Delegate(
            actor=Actor(person=who, channel=Channel.DESK),
            request_id=cases.REQUEST,
            to=to,
            until=self.now + timedelta(hours=2),
        )
        self.request, refusal = approval_acts.delegate(
            self.request, message, cases.SUBJECT, self.now
        )
        if refusal is None:
            lent = CountedDelegation(delegation=message, subject=cases.SUBJECT, at=self.now)
            self.delegated += (lent,)

    @precondition(lambda self: self.request.outcome is None and not self.request.votes)
    @rule(editor=st.sampled_from(("omar", "lena", "ada")))
    def amend(self, editor: str) -> None:
        changed = (*self.proposal.edited_by, Actor(person=editor, channel=Channel.DESK))
        self.proposal = self.proposal.model_copy(update={"edited_by": changed})
        plan = approval_plan.plan(self.proposal, self.item, self.pinned, self.now)
        digest = digest_of(self.proposal, self.item, self.pinned.version)
        actor = changed[-1]
        self.request = approval.amended(self.request, plan, digest, actor, self.now)
        self.delegated = ()
        self.ask_a_stage_that_was_just_reached()

    @rule(minutes=st.sampled_from((1, 10, 61, 150)))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.request = approval.pass_time(self.request, self.now)
        self.ask_a_stage_that_was_just_reached()

    def ask_a_stage_that_was_just_reached(self) -> None:
        """As its workflow does before anything else can happen."""
        if self.request.outcome is None and self.request.clock is None:
            reached = approval.reached_at(self.request)
            clock = approval_plan.clock_of_rule("refunds", self.pinned, reached)
            self.request = approval.timed(self.request, clock)

    @rule(edited=SELDOM)
    def tell_the_facts(self, edited: bool) -> None:
        item = self.item.model_copy(update={"revision": int(edited)})
        digest = digest_of(self.proposal, item, self.pinned.version)
        self.request = approval.subject_changed(self.request, digest, self.now)

    @rule()
    def restart(self) -> None:
        """A worker that starts again knows no more than what was written down."""
        self.request = ApprovalRequest.model_validate_json(self.request.model_dump_json())

    @rule(really=SELDOM)
    def withdraw(self, really: bool) -> None:
        if not really:
            return
        self.request = approval.withdrawn(self.request, self.now)

    @invariant()
    def it_is_decided_at_most_once(self) -> None:
        decided = [event for event in self.request.log if event.step == "decided"]
        assert len(decided) == (self.request.outcome is not None)
        assert [event.sequence for event in self.request.log] == list(
            range(1, len(self.request.log) + 1)
        )

    @invariant()
    def no_human_votes_twice_or_for_oneself(self) -> None:
        humans = [vote.human for vote in self.request.votes]
        seats = [vote.on_behalf_of or vote.human for vote in self.request.votes]
        assert len(set(humans)) == len(humans)
        assert len(set(seats)) == len(seats)
        requester = "omar" if self.proposal.proposed_by.person == "robot" else None
        involved = {self.proposal.proposed_by.person, requester}
        involved |= {editor.person for editor in self.proposal.edited_by}
        assert involved.isdisjoint(humans)
        assert involved.isdisjoint(seats)
        lent_by_them = {d.delegate for d in self.pinned.delegations if d.principal in involved}
        lent_by_them -= {d.delegate for d in self.pinned.delegations if d.until <= cases.NOW}
        assert lent_by_them.isdisjoint(humans)

    @invariant()
    def nothing_is_granted_without_its_quorum(self) -> None:
        if self.request.outcome is None or not self.request.outcome.granted:
            return
        assert self.request.outcome is ApprovalOutcome.APPROVED
        stages = stages_of(self.request.plan)
        asked = [*range(len(stages))]
        if self.request.standing_in:
            asked = [len(stages)]
        for number in asked:
            stage = self.request.plan.stand_in if number == len(stages) else stages[number]
            assert stage is not None
            yes = {
                vote.on_behalf_of or vote.human
                for vote in self.request.votes
                if vote.stage == number and vote.choice is Choice.APPROVE
            }
            wanted = [quorum.needed for quorum in stage.quorums]
            fewest = min(wanted) if stage.any_group else sum(wanted)
            assert len(yes) >= fewest, f"{stage.name} has {yes} of {fewest}"

    @invariant()
    def the_evidence_alone_grants_exactly_what_was_granted(self) -> None:
        given = Approval(
            item=self.item,
            snapshot=self.pinned,
            report_to="feedback-10001",
            opened_at=self.request.plan.opened_at or self.now,
            ballots=self.ballots,
            delegations=self.delegated,
            plan=self.request.plan,
            digest=self.request.digest,
            decided_at=self.now,
        )
        granted = self.request.outcome is not None and self.request.outcome.granted
        why = approval_evidence.why_not_granted(given, self.proposal, self.pinned)
        assert (why is None) is granted, why


ApprovalMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
test_no_sequence_of_acts_grants_an_action_without_its_quorum = ApprovalMachine.TestCase
