"""The calm table at the end of a run: what was done, how items stand, and what was found."""

from __future__ import annotations

from collections import Counter

from tests.chaos.run import Outcome
from tests.faults.check_books import decided_now


def told(outcome: Outcome) -> str:
    """The whole report as text."""
    evidence = outcome.evidence
    lines = [
        "",
        *_counted("Courses", outcome.stories),
        *_counted("Harm", outcome.harms),
        *_counted("Items now", _standing(outcome)),
        *_counted("Requests", Counter(r.outcome or "waits" for r in evidence.requests.values())),
        *_counted(
            "Books",
            Counter(
                {
                    "events in the ledger": len(evidence.rows),
                    "requests in Jira's journal": len(evidence.journal),
                    "effects carried out": len(evidence.effects),
                }
            ),
        ),
        *(f"Left out: {what}." for what in outcome.left_out),
    ]
    if outcome.unfinished:
        lines.append(f"{outcome.unfinished} courses were not told to the end.")
    if not outcome.settled:
        lines.append("Not everything came to rest in time.")
    if not outcome.findings:
        return "\n".join([*lines, "", "The checker found nothing wrong."])
    found = [f"  {one}" for one in outcome.findings]
    return "\n".join([*lines, "", f"The checker found {len(found)} things:", *found])


def _standing(outcome: Outcome) -> Counter[str]:
    counted: Counter[str] = Counter()
    for issue_id, item in outcome.evidence.items.items():
        story, status = outcome.evidence.story(issue_id), item.status or {}
        if issue_id not in outcome.evidence.issues:
            counted["gone with their issue"] += 1
        elif status.get("parked"):
            counted[f"parked: {status['parked']}"] += 1
        elif decided_now(story):
            counted["decided" if item.running else "decided and closed"] += 1
        else:
            counted[f"waiting for {status.get('awaiting')}"] += 1
    return counted


def _counted(title: str, counted: Counter[str]) -> list[str]:
    widest = max(map(len, counted), default=0)
    rows = [f"  {name:<{widest}}  {counted[name]:>6}" for name in sorted(counted)]
    return [title, *rows]
