"""What a rollout asks of the outside: its rules, its version, and what people say about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.customers import ANONYMOUS
from activities.policy_source import PolicySource, policy_failures
from activities.receive import ledger_failures
from activities.usage import Usage
from insight import sequential, silence
from jira_gateway.gateway import JiraGateway
from ledger.store import Ledger
from models.events import EventKind
from models.failures import POLICY_INVALID
from models.rollout import (
    FeedbackReading,
    JudgeInput,
    PinRolloutInput,
    ReadVersionInput,
    Recommendation,
    RolloutRules,
    SentimentVerdict,
    Verdict,
    VersionRead,
)
from policies.rollouts import pinning
from policies.sheets.pinning import Installation

NEGATIVE = "negative"
DAY = timedelta(days=1)


class Exposure(Protocol):
    """How many people have a release."""

    def exposed(self, release: str) -> int | None:
        """None when nobody has said."""
        ...


class RolloutActivities:
    """Safe to repeat, safe to share among threads."""

    def __init__(
        self,
        gateway: JiraGateway,
        policies: PolicySource,
        ledger: Ledger,
        usage: Usage,
        installation: Installation,
    ) -> None:
        self._gateway = gateway
        self._policies = policies
        self._ledger = ledger
        self._usage: Exposure = usage
        self._installation = installation

    @activity.defn
    def pin_rollout(self, _request: PinRolloutInput) -> RolloutRules:
        """rollout.yaml as it is now. Raises `ApplicationError` of type `PolicyInvalid`."""
        policies = self._policies.current()
        if policies.rollout is None:
            raise ApplicationError(
                "There is no rollout.yaml. Copy the shipped one and change it.",
                type=POLICY_INVALID.type,
                non_retryable=True,
            )
        with policy_failures():
            return pinning.pin(
                policies.rollout, policies.directory, policies.version, self._installation
            )

    @activity.defn
    def read_version(self, request: ReadVersionInput) -> VersionRead:
        """The version in Jira. Raises `ApplicationError` of `models.failures`."""
        return VersionRead(version=self._gateway.version(request.version_id))

    @activity.defn
    def judge_rollout(self, request: JudgeInput) -> Verdict:
        """What the feedback since the release says. Raises `LedgerUnavailable`."""
        reading = read_feedback(
            self._ledger, request.release, request.released_at, request.now
        ).model_copy(update={"exposed": self._usage.exposed(request.release)})
        return verdict_of(reading, request)


def read_feedback(
    ledger: Ledger, release: str, since: datetime, until: datetime
) -> FeedbackReading:
    """The feedback on a release that reached us since then, as the ledger has it."""
    kinds = (EventKind.RECEIVED, EventKind.TRIAGED)
    with ledger_failures():
        events = ledger.events_between(kinds, since, until)
    sentiments = {
        one.issue_id: one.event.facts.get("sentiment")
        for one in events
        if one.event.kind is EventKind.TRIAGED
    }
    received = {
        one.issue_id: one
        for one in events
        if one.event.kind is EventKind.RECEIVED and one.event.facts.get("release") == release
    }
    in_order = sorted(received.values(), key=lambda one: (one.event.at, one.sequence))
    return FeedbackReading(
        moments=tuple(one.event.at for one in in_order),
        negative=tuple(sentiments.get(one.issue_id) == NEGATIVE for one in in_order),
        customers=len({one.customer for one in in_order} - {None, ANONYMOUS}),
    )


def verdict_of(reading: FeedbackReading, request: JudgeInput) -> Verdict:
    """What the figures say. Without an exposed count there is no response rate and no silence."""
    rules, exposed = request.rules, reading.exposed
    test = sequential.judge(reading.negative, rules.sentiment)
    days = timedelta(seconds=rules.lasts) / DAY
    rate = (exposed or 0) * rules.silence.per_exposed_a_day
    pause = silence.pause_that_is_silence(rate, days, rules.silence.false_alarm)
    ends = request.released_at + timedelta(seconds=rules.lasts)
    silent_from = (
        silence.silent_from(request.released_at, reading.moments, pause, ends)
        if pause is not None
        else None
    )
    silent = silent_from is not None and silent_from <= request.now
    recommendation, why = _recommend(test.verdict, silent=silent, heard=bool(reading.moments))
    return Verdict(
        feedback=len(reading.moments),
        exposed=exposed,
        customers=reading.customers,
        response_rate=reading.customers / exposed if exposed else None,
        response_goal=rules.response_goal,
        negative=sum(reading.negative),
        sentiment=test.verdict,
        log_likelihood_ratio=test.log_likelihood_ratio,
        silence_after_days=pause,
        silent_since=max((request.released_at, *reading.moments)) if silent else None,
        silent_from=silent_from,
        recommendation=recommendation,
        why=why,
    )


def _recommend(
    sentiment: SentimentVerdict, *, silent: bool, heard: bool
) -> tuple[Recommendation, str]:
    if sentiment is SentimentVerdict.BAD:
        return Recommendation.ROLL_BACK, "Too large a share of the feedback is negative."
    if silent:
        why = "Nothing is heard although something should be, so nobody knows how it goes."
        return Recommendation.PAUSE, why
    if sentiment is SentimentVerdict.FINE:
        return Recommendation.CONTINUE, "The share of negative feedback is as it should be."
    if heard:
        return Recommendation.CONTINUE, "Nothing speaks against it so far; the test is undecided."
    return Recommendation.CONTINUE, "Nothing has been heard yet, and nothing had to be."
