"""The first step of an item: read it, know the customer, triage it, pin the rules.

This is the only place where the customer's words are read for their meaning. They do not leave it:
what does is a category, a severity, hashes for finding similar items, and a digest of the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.earlier_life import Records, earlier_life, news_since
from activities.jira import remember
from activities.marks import Watermarks
from activities.policy_source import PolicySource, policy_failures
from activities.vouching import Signer, asked, sealed
from insight.personal_data import kinds_in
from insight.similar import LOOKED_AT, PROPOSED_FLOOR, most_similar, signature
from insight.suggest import Suggestions, suggest
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Interpreter
from jira_gateway.read import FullReading
from ledger.failures import LedgerFailure
from ledger.records import IndexedItem
from models.activity_io import PinInput, Received, ReceiveInput
from models.addresses import Addresses
from models.failures import LEDGER_UNAVAILABLE
from models.item import (
    ANONYMOUS,
    CustomerFacts,
    FeedbackItem,
    Recontact,
    SimilarItem,
    TriageResult,
)
from models.policy import PolicySnapshot
from models.taxonomy import Taxonomy
from policies import routing, snapshot
from policies.policy_set import PolicySet

log = structlog.get_logger(__name__)

Reader = Callable[[str, Taxonomy], Suggestions]
"""Whatever reads a text by the taxonomy. It runs here and never in a workflow."""


class CustomerBook(Protocol):
    """What is known of customers."""

    def facts(self, customer_id: str | None, country: str | None = None) -> CustomerFacts:
        """The facts under the customer's pseudonym; an unknown customer is fine."""
        ...


class ItemIndex(Watermarks, Records, Protocol):
    """What the ledger must offer to find items again."""

    def index_item(self, item: IndexedItem) -> None:
        """Remember an item; again for the same issue is harmless."""
        ...

    def recent_items(self, limit: int) -> tuple[IndexedItem, ...]:
        """The items that arrived last."""
        ...

    def decided_items_of(
        self, customer: str, category: str | None, now: datetime
    ) -> tuple[IndexedItem, ...]:
        """This customer's decided items that are still watched, last decided first."""
        ...


@dataclass(frozen=True)
class Pinning:
    """What a snapshot takes from this installation.

    `scale` is how many times faster than real time clocks run; `trusted_keys` maps a signing key's
    id to its public half in hex; `signer` vouches for what is pinned, and without it no action that
    has an effect can be carried out.
    """

    scale: float
    trusted_keys: Mapping[str, str]
    allow_unproven: bool
    signer: Signer | None = None


class ReceiveActivities:
    """Receives items. Safe to repeat, safe to share among threads."""

    def __init__(
        self,
        gateway: JiraGateway,
        interpreter: Interpreter,
        policies: PolicySource,
        customers: CustomerBook,
        index: ItemIndex,
        *,
        pinning: Pinning,
        addresses: Addresses,
        reader: Reader = suggest,
    ) -> None:
        self._gateway = gateway
        self._interpreter = interpreter
        self._policies = policies
        self._customers = customers
        self._index = index
        self._pinning = pinning
        self._addresses = addresses
        self._reader = reader

    @activity.defn
    def receive_item(self, request: ReceiveInput) -> Received:
        """Everything that is pinned to an item when it arrives.

        A missing summary, an empty or a very long text, any language and an unknown customer are
        fine. Raises `ApplicationError` of `models.failures`: `IssueGone`, `PolicyInvalid`,
        `LedgerUnavailable` and Jira's.
        """
        policy_set = self._policies.current()
        full = self._gateway.read_full(request.issue_id, self._interpreter)
        text = f"{full.summary}\n{full.description}"
        item = self._item(full, text, policy_set)
        suggestions = self._reader(text, policy_set.taxonomy)
        routed, pinned = self._rules(policy_set, item, suggestions, request.now)
        category, fingerprint = suggestions.category.value, signature(text)
        with ledger_failures():
            similar = self._similar(item, fingerprint)
            earlier = self._recontact(item, category, pinned, request.now)
            life = earlier_life(self._index.events_of(item.issue_id))
            self._index.index_item(_indexed(item, request.workflow_id, category, fingerprint))
        remember(self._index, item.issue_id, full.reading.mark)
        log.info("item_received", issue_key=item.issue_key, calls=full.reading.calls)
        proposed = asked(self._pinning.signer, routed.actions, request.workflow_id, request.now)
        routed = routed.model_copy(update={"actions": proposed})
        return Received(
            item=item,
            triage=_triage(suggestions, routed, similar, earlier, kinds_in(text)),
            snapshot=pinned,
            observed=news_since(full.reading.observed, life),
            again=life is not None,
            addresses=self._addresses,
        )

    def _rules(
        self, policy_set: PolicySet, item: FeedbackItem, suggestions: Suggestions, now: datetime
    ) -> tuple[routing.Routing, PolicySnapshot]:
        """Where the item goes, and the rules that it keeps from now on."""
        with policy_failures():
            routed = routing.route(
                policy_set,
                category=suggestions.category,
                severity=suggestions.severity,
                sentiment=suggestions.sentiment,
                language=suggestions.language,
                item=item,
            )
            wanted = PinInput(
                item=item,
                category=suggestions.category.value,
                owner=routed.owner,
                scale=self._pinning.scale,
                now=now,
            )
            pinned = self._pinned(policy_set, wanted)
        return routed, pinned

    @activity.defn
    def pin_policy(self, request: PinInput) -> PolicySnapshot:
        """The rules of the policy in force now, for an item that was received before.

        The customer's facts are those that the item has: they are not looked up anew. Raises
        `ApplicationError` of type `PolicyInvalid`.
        """
        policy_set = self._policies.current()
        with policy_failures():
            return self._pinned(policy_set, request)

    def _pinned(self, policy_set: PolicySet, request: PinInput) -> PolicySnapshot:
        pinned = snapshot.pin(
            policy_set,
            item=request.item,
            category=request.category,
            now=request.now,
            scale=request.scale,
            trusted_keys=self._pinning.trusted_keys,
            allow_unproven=self._pinning.allow_unproven,
            owner=request.owner,
        )
        return sealed(self._pinning.signer, pinned)

    def _item(self, full: FullReading, text: str, policy_set: PolicySet) -> FeedbackItem:
        source = full.source
        facts = self._customers.facts(
            _customer_of(full, policy_set, self._gateway.own_account()), _text(source, "country")
        )
        observed = full.reading.observed
        return FeedbackItem(
            issue_id=observed.issue_id,
            issue_key=observed.issue_key,
            project=full.project,
            issue_type=full.issue_type,
            created_at=full.created_at,
            reporter_account_id=full.reporter_account_id,
            text_digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            text_length=len(full.summary) + len(full.description),
            customer=facts,
            release=full.release or _text(source, "release"),
            source=_text(source, "source"),
            submission_id=_text(source, "submission_id"),
        )

    def _similar(self, item: FeedbackItem, wanted: tuple[int, ...]) -> tuple[SimilarItem, ...]:
        earlier = [
            one for one in self._index.recent_items(LOOKED_AT) if one.issue_id != item.issue_id
        ]
        matches = most_similar(wanted, [one.signature for one in earlier], PROPOSED_FLOOR)
        customer = item.customer.reference
        return tuple(
            SimilarItem(
                issue_id=earlier[match.place].issue_id,
                issue_key=earlier[match.place].issue_key,
                score=match.score,
                same_customer=customer not in (ANONYMOUS, "")
                and earlier[match.place].customer == customer,
            )
            for match in matches
        )

    def _recontact(
        self, item: FeedbackItem, category: str, pinned: PolicySnapshot, now: datetime
    ) -> Recontact | None:
        """The same customer's last decided item, while it is watched."""
        customer = item.customer.reference
        if customer == ANONYMOUS:
            return None
        wanted = category if pinned.watch.same_category else None
        for earlier in self._index.decided_items_of(customer, wanted, now):
            if earlier.issue_id != item.issue_id:
                return Recontact(
                    issue_id=earlier.issue_id,
                    issue_key=earlier.issue_key,
                    workflow_id=earlier.workflow_id,
                )
        return None


@contextmanager
def ledger_failures() -> Iterator[None]:
    """What the ledger raises inside becomes `LedgerUnavailable`, which is worth repeating."""
    try:
        yield
    except LedgerFailure as failure:
        # Cut off from its cause, which may repeat stored values.
        raise ApplicationError(
            f"{failure.what} {LEDGER_UNAVAILABLE.remedy}",
            type=LEDGER_UNAVAILABLE.type,
            non_retryable=not LEDGER_UNAVAILABLE.retryable,
        ) from None


def _customer_of(full: FullReading, policy_set: PolicySet, own_account: str) -> str | None:
    """The source's id of the customer, or the reporter when nobody of ours reported it."""
    told = _text(full.source, "customer")
    reporter = full.reporter_account_id
    if told or reporter is None or reporter == own_account:
        return told
    return None if policy_set.directory.by_account(reporter) else reporter


def _triage(
    suggestions: Suggestions,
    routed: routing.Routing,
    similar: tuple[SimilarItem, ...],
    earlier: Recontact | None,
    personal_data: tuple[str, ...],
) -> TriageResult:
    return TriageResult(
        category=suggestions.category,
        severity=suggestions.severity,
        sentiment=suggestions.sentiment,
        language=suggestions.language,
        owner=routed.owner,
        owner_account_id=routed.owner_account_id,
        routed_by=routed.routed_by,
        similar=similar,
        actions=routed.actions,
        recontact_of=earlier,
        unsure=routed.unsure,
        personal_data=personal_data,
    )


def _indexed(
    item: FeedbackItem, workflow_id: str, category: str, fingerprint: tuple[int, ...]
) -> IndexedItem:
    known = item.customer.reference != ANONYMOUS
    return IndexedItem(
        issue_id=item.issue_id,
        issue_key=item.issue_key,
        workflow_id=workflow_id,
        customer=item.customer.reference if known else None,
        category=category,
        created_at=item.created_at,
        signature=fingerprint,
    )


def _text(source: Mapping[str, object], name: str) -> str | None:
    """A member of the source property, which anybody who may edit the issue can write."""
    value = source.get(name)
    return value[:200] if isinstance(value, str) and value.strip() else None
