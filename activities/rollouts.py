"""What a rollout asks of the outside: its rules, its version, and what people say about it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from temporalio import activity

from activities.policy_source import PolicySource, needed, policy_failures
from activities.receive import ledger_failures
from insight.rollout_verdict import verdict_of
from jira_gateway.gateway import JiraGateway
from ledger.store import Ledger
from models.events import EventKind
from models.item import ANONYMOUS
from models.rollout import (
    FeedbackReading,
    JudgeInput,
    PinRolloutInput,
    ReadVersionInput,
    RolloutRules,
    Verdict,
    VersionRead,
)
from policies.rollouts import pinning
from policies.sheets.pinning import Installation

NEGATIVE = "negative"


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
        usage: Exposure,
        installation: Installation,
    ) -> None:
        self._gateway = gateway
        self._policies = policies
        self._ledger = ledger
        self._usage = usage
        self._installation = installation

    @activity.defn
    def pin_rollout(self, _request: PinRolloutInput) -> RolloutRules:
        """rollout.yaml as it is now. Raises `ApplicationError` of type `PolicyInvalid`."""
        policies = self._policies.current()
        document = needed(policies.rollout, "rollout.yaml")
        with policy_failures():
            return pinning.pin(document, policies.directory, policies.version, self._installation)

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
