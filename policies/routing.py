"""Where an item goes: the first route from the top whose condition is true."""

from __future__ import annotations

from models.base import Frozen
from models.item import FeedbackItem, ProposedAction, Suggestion
from policies.conditions import Vocabulary, compile_condition
from policies.documents.triage import Route
from policies.item_facts import customer_facts
from policies.policy_set import PolicySet


class Routing(Frozen):
    """Who gets the item, by which route, and which actions the route suggests.

    `unsure` asks a person to look: the category is below the confidence floor, or the route wants
    it so.
    """

    owner: str
    owner_account_id: str | None
    routed_by: str
    actions: tuple[ProposedAction, ...] = ()
    unsure: bool = False


def route(
    policy_set: PolicySet,
    *,
    category: Suggestion,
    severity: Suggestion,
    sentiment: Suggestion,
    language: Suggestion,
    item: FeedbackItem,
) -> Routing:
    """Route an item by what triage suggests and what is known of the customer.

    Evaluates conditions, so it runs in an activity. Raises `ConditionError` when a route's
    condition cannot be evaluated.
    """
    doubtful = category.confidence < policy_set.taxonomy.confidence_floor
    facts = {
        **customer_facts(item, category.value),
        "item.severity": severity.value,
        "item.sentiment": sentiment.value,
        "item.language": language.value,
        "item.unsure": doubtful,
    }
    chosen = next(
        one
        for one in policy_set.triage.routes
        if one.when is None or compile_condition(one.when, Vocabulary.ITEM).holds(facts)
    )
    owner = policy_set.directory.by_id(chosen.owner)
    return Routing(
        owner=chosen.owner,
        owner_account_id=owner.jira_account_id if owner else None,
        routed_by=chosen.name,
        actions=_suggested(chosen),
        unsure=doubtful or chosen.ask_a_person,
    )


def _suggested(chosen: Route) -> tuple[ProposedAction, ...]:
    return tuple(
        ProposedAction(kind=action.kind.value, why=action.why, automatic=action.automatic)
        for action in chosen.actions
    )
