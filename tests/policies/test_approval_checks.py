"""What approval.yaml may not say is told with its place when the files are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.approval_pinning import pinned_approval
from policies.loader import load

Spoil = Callable[..., tuple[str, ...]]
LARGER = "    quorum: 2\n    groups: [finance]\n    expires_after: 3d"
STAGES = """    stages:
      - name: money
        groups: [finance]
        quorum: {money}
      - name: law
        groups: [{law}]
        quorum: any
    expires_after: 3d"""


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (LARGER.replace("quorum: 2", "quorum: 0%"), "is no share of the voters"),
        (LARGER.replace("quorum: 2", "quorum: 101%"), "is no share of the voters"),
        (LARGER.replace("quorum: 2", "quorum: 3"), "can never be reached, since only these"),
        (
            LARGER.replace(
                "    groups: [finance]", "    counted: each_group\n    groups: [finance, security]"
            ),
            "can never be reached",
        ),
        (LARGER.replace("    quorum: 2\n", ""), "does not say how many must agree"),
        (
            LARGER
            + "\n"
            + STAGES.format(money=1, law="security").removesuffix("\n    expires_after: 3d"),
            "stand beside quorum or groups",
        ),
        (STAGES.format(money=0, law="security"), "needs nobody"),
        (STAGES.format(money=3, law="security"), "stages.0.quorum: can never be reached"),
        (STAGES.format(money="all", law="finance"), "can never all agree"),
        (STAGES.format(money=1, law="lawyers"), "is no group that anybody is in"),
        (LARGER + "\n    on_expiry: approve", "does not say why that is right"),
        (LARGER + "\n    because: We trust them.", "on_expiry does not approve"),
        (LARGER + "\n    on_expiry: escalate", "escalates to nobody"),
        (
            LARGER + "\n    escalate_to: {name: top, groups: [executives], quorum: any}",
            "is never asked",
        ),
        (LARGER + "\n    deputy: {after: 4d, groups: [executives]}", "is not before expires_after"),
        (LARGER + "\n    deputy: {after: 1d, groups: [nobody-here]}", "is no group"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(spoil: Spoil, written: str, told: str) -> None:
    problems = spoil("approval.yaml", (LARGER, written))
    assert any(told in problem for problem in problems), "\n".join(problems)
    assert all(problem.startswith("approval.yaml:") for problem in problems)


def test_a_rule_with_the_same_condition_below_another_is_never_used(spoil: Spoil) -> None:
    same = 'when: action.amount_minor <= 5000 && action.total_minor <= 5000 && action.currency in ["EUR", "USD", "GBP", "CHF"]'
    again = f"  - name: again\n    actions: [refund]\n    {same}\n    quorum: 0\n    expires_after: 1d\n    why: Twice.\n\n  - name: larger refunds"
    problems = spoil("approval.yaml", ("  - name: larger refunds", again))
    assert any("'small refunds' above it" in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("lent", "told"),
    [
        ("{from: fay, to: nobody, since: 2026-07-01, until: 2026-07-02}", "is no person"),
        ("{from: fay, to: fay, since: 2026-07-01, until: 2026-07-02}", "is the same person"),
        ("{from: fay, to: sam, since: 2026-07-02, until: 2026-07-01}", "is before since"),
        ("{from: fay, to: sam, since: 2026-07-01, until: 9999-12-31}", "lies before 1900 or after"),
        ("{from: fay, to: sam, since: 0001-01-01, until: 2026-07-02}", "lies before 1900 or after"),
        ("{from: fay, to: followthrough, since: 2026-07-01, until: 2026-07-02}", "is no person"),
    ],
)
def test_a_delegation_that_cannot_be_meant_is_told(spoil: Spoil, lent: str, told: str) -> None:
    permissions = "\npermissions:"
    problems = spoil("people.yaml", (permissions, f"\ndelegations:\n  - {lent}\n{permissions}"))
    assert any(told in problem for problem in problems), "\n".join(problems)


def test_everything_that_a_rule_may_say_is_read(policies: Path) -> None:
    path = policies / "approval.yaml"
    said = (
        STAGES.format(money="50%", law="security")
        + """
    deputy: {after: 1d, groups: [executives]}
    on_expiry: escalate
    escalate_to: {name: top, groups: [executives], quorum: any}
    exclude_requesters_group: true
    pause_clocks: false"""
    )
    path.write_text(path.read_text().replace(LARGER, said))
    entry = next(r for r in load(policies).approval.rules if r.name == "larger refunds")
    rule = pinned_approval(entry, lambda _: 1)
    assert [stage.name for stage in rule.asked] == ["money", "law"]
    assert rule.asked[0].percent == 50
    assert rule.every_group == ("finance", "security", "executives")
    assert (rule.exclude_requesters_group, rule.pause_clocks) == (True, False)
