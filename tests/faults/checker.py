"""Decides after a run whether anything was lost, doubled, granted without leave or counted wrongly.

It looks at nothing but what Jira, Jira's journal, Temporal, the ledger and the outside system say,
and works everything out again by itself: it imports nothing of the product, and no test trusts
what somebody meant to have done. `tests.faults.reading_evidence` reads the evidence together.
"""

from __future__ import annotations

from tests.faults import check_books, check_clocks, check_votes
from tests.faults.evidence import Evidence, Finding, Rules

KINDS = {
    "lost item": "an issue that no workflow took in",
    "no reason": "an undecided item that does not say what it waits for",
    "unnoticed deletion": "an item whose issue is gone without its knowing",
    "given up": "an item that took its issue for gone although it is there",
    "silent item": "an item whose workflow does not answer",
    "broken workflow": "workflow code that failed",
    "unfinished work": "work under way when everything had had its time",
    "decision not shown": "a decided item whose issue is not Done",
    "decision not told": "a decision without its comment",
    "doubled decision": "a decision made or told twice",
    "unmade decision": "a decision that nobody gave",
    "doubled comment": "the same operation commented twice",
    "unmarked comment": "a comment of ours without its operation",
    "comment taken twice": "a person's comment heard twice",
    "unheard comment": "a person's comment that was never heard",
    "doubled write": "the same writing committed twice by Jira",
    "doubled transition": "a move made twice, or more often than it is seen",
    "doubled link": "the same link twice",
    "doubled effect": "money moved twice",
    "effect without leave": "an effect whose request was not granted",
    "missing effect": "an effect that was verified and is not there",
    "doubled request": "a request started twice",
    "no quorum": "an approval without the votes that its rule asks for",
    "ledger does not verify": "a row of the ledger that is not what was sealed",
    "doubled row": "an operation recorded twice",
    "missing row": "a binding event that was not recorded",
    "another story": "a row that differs from what Temporal has",
    "ledger out of order": "rows of a life that are not in their order",
    "wrong clock": "a moment of a clock that the oracle puts elsewhere",
}
"""Kind of finding → what it means. A test shows for each that the checker can find it."""


def check(evidence: Evidence, rules: Rules) -> list[Finding]:
    """Everything that must not be, in no particular order; an empty list when all is well."""
    return [
        *check_books.items_unaccounted(evidence, rules),
        *check_books.decisions_doubled(evidence, rules),
        *check_books.comments_lost_or_doubled(evidence, rules),
        *check_books.writes_doubled(evidence, rules),
        *check_books.effects_doubled(evidence),
        *check_books.ledger_wrong(evidence),
        *check_votes.approvals_without_quorum(evidence, rules),
        *check_clocks.clocks_wrong(evidence, rules),
    ]
