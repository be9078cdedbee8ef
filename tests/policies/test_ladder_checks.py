"""What a ladder or a rota could not do is found when the files are read, not at night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.loader import load

Spoil = Callable[..., tuple[str, ...]]

ROTA = """
rotas:
  - name: support
    zone: Europe/Berlin
    rotations:
      - members: [omar, lena]
        starts: 2026-01-05
        hand_off: "09:00"
"""
STAFFED = """        open:
          - days: [mon, tue, wed, thu, fri, sat, sun]
            hours: ["08:00-20:00"]
"""
LEAD = "    - name: support lead\n        notify: [role:lead]\n        wait: 30m\n"


def rung(*lines: str) -> tuple[str, str]:
    """The urgent ladder's second level with these lines more."""
    more = "".join(f"        {line}\n" for line in lines)
    return LEAD, LEAD + more


@pytest.mark.parametrize(
    ("replacement", "words"),
    [
        (rung("repeat: {back_to: executive, times: 2}"), "is no level up to this one"),
        (rung("repeat: {back_to: owner, times: 0}"), "greater than or equal to 1"),
        (rung("repeat: {back_to: owner, times: 99}"), "less than or equal to 20"),
        (rung("then: [{to: owner}]"), "leads back, and so round and round for ever (got owner)"),
        (rung("then: [{to: exec}]"), "is no level below here (got 'exec'); did you mean 'exec"),
        (rung("then: [{to: executive}, {to: executive}]"), "then.1: is never taken"),
        (rung("then: [{to: executive, severity: [S3]}]"), "is no severity of this ladder (got S3)"),
        (rung("when: at night"), "must be 'in working hours' or 'out of hours'"),
        (rung("when: out of hours", "out_of_hours: queue"), "told out of hours only; leave one"),
        (rung("if_nobody_decides: climb anyway"), "the level needs none; add needs_approval"),
        (rung("if_nobody_decides: approve"), "must be 'pass over' or 'climb anyway'"),
        (rung("acknowledged_by: most"), "must be 'one' or 'all'"),
        (("notify: [role:lead]", "notify: [oncall:support]"), "is no rota of people.yaml"),
        (("    repeat: 1\n", "    repeat: 1\n    repeat_from: boss\n"), "is no level here"),
        (("    repeat: 1\n", "    repeat_from: owner\n"), "but nothing is repeated"),
        (("name: support lead", "name: owner"), "is used before, in line"),
        (("severity: [S3]", "severity: [S2]"), "all have a ladder above"),
        (("        wait: 30m", "        wait: 9h"), "take longer than the 4h that 'outages and"),
    ],
)
def test_a_course_that_cannot_be_is_said_with_its_place(
    spoil: Spoil, replacement: tuple[str, str], words: str
) -> None:
    problems = spoil("escalation.yaml", replacement)
    assert any(words in problem for problem in problems), "\n".join(problems)


def test_a_level_that_every_branch_leads_past_is_found(spoil: Spoil) -> None:
    owner = "    wait: 15m\n"
    problems = spoil("escalation.yaml", (owner, owner + "        then: [{to: executive}]\n"))
    assert len(problems) == 1
    assert "ladders.0.rungs.1.name: is a level that nothing leads to" in problems[0]


def test_hours_at_which_a_ladder_tells_nobody_are_found(spoil: Spoil) -> None:
    waits = ("wait: 2d\n        business: true", "wait: 2d\n        when: in working hours")
    problems = spoil("escalation.yaml", waits)
    assert any("ladders.2.rungs: tell nobody out of hours for S4" in one for one in problems)


def test_a_severity_that_all_levels_leave_out_is_found(spoil: Spoil) -> None:
    problems = spoil(
        "escalation.yaml",
        ("    wait: 15m", "    wait: 15m\n        severity: [S1]"),
        ("    wait: 30m", "    wait: 30m\n        severity: [S1]"),
        ("    wait: 1h", "    wait: 1h\n        severity: [S1]"),
    )
    assert any("tell nobody in working hours for S2" in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[omar, lena]", "[omar, lenna]", "is no person (got 'lenna'); did you mean 'lena'?"),
        ("[omar, lena]", "[omar, followthrough]", "is an automation account; only people are on"),
        ('"09:00"', '"9 h"', "write a time of day such as 09:00"),
        ("Europe/Berlin", "Europe/Bärlin", "is not a time zone"),
        (
            ROTA[-10:],
            f"{ROTA[-10:]}{STAFFED}",
            "has nobody on call from Monday 00:00 until Monday 08:00; staff these hours",
        ),
        (
            ROTA[-10:],
            f"{ROTA[-10:]}    overrides: [{{begins: 2026-05-02T00:00, ends: 2026-05-01T00:00}}]\n",
            "overrides.0.ends: is not after begins",
        ),
        (
            ROTA[-10:],
            f"{ROTA[-10:]}    overrides: [{{begins: '2026-05-02T00:00Z', ends: 2026-05-03T00:00}}]\n",
            "is meant in the rota's zone",
        ),
    ],
)
def test_a_rota_that_cannot_be_is_said_with_its_place(
    spoil: Spoil, old: str, new: str, words: str
) -> None:
    assert old in ROTA
    problems = spoil("people.yaml", ("\npermissions:", f"{ROTA.replace(old, new)}\npermissions:"))
    assert any(words in problem for problem in problems), "\n".join(problems)


def test_somebody_on_a_rota_who_has_left_is_found(spoil: Spoil) -> None:
    gone = ("    roles: [owner]\n", "    roles: [owner]\n    active: false\n")
    problems = spoil("people.yaml", gone, ("\npermissions:", f"{ROTA}\npermissions:"))
    assert any("members.0: is no longer active (got omar)" in problem for problem in problems)


def test_somebody_who_wants_e_mail_and_has_no_address_is_found(spoil: Spoil) -> None:
    problems = spoil("people.yaml", ("    roles: [lead]", "    roles: [lead]\n    notify: [email]"))
    assert any("needs an address (got email); add email" in problem for problem in problems)


def test_a_ladder_that_uses_everything_loads(policies: Path) -> None:
    file = policies / "people.yaml"
    text = file.read_text().replace(
        "\npermissions:", f"{ROTA}{STAFFED}    gaps_are_meant: true\n\npermissions:"
    )
    file.write_text(text)
    file = policies / "escalation.yaml"
    more = (
        "severity: [S1]", "acknowledged_by: all", "out_of_hours: queue", "people_as_of: now",
        "repeat: {back_to: owner, times: 2}", "then: [{to: executive, when: out of hours}]",
    )  # fmt: skip
    old, new = rung(*more)
    text = file.read_text().replace(old, new).replace("[role:lead]", "[oncall:support, role:lead]")
    text = text.replace(
        "    repeat: 1\n", "    repeat: 1\n    repeat_from: owner\n    after_lapse: same\n"
    )
    file.write_text(text)

    assert load(policies).directory.rota("support") is not None


def test_what_the_page_on_policies_shows_can_be_used(policies: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    blocks = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
    rotas = next(block for block in blocks if block.startswith("rotas:"))
    ladders = next(block for block in blocks if block.startswith("ladders:"))
    people = policies / "people.yaml"
    people.write_text(people.read_text().replace("\npermissions:", f"\n{rotas}\npermissions:"))
    (policies / "escalation.yaml").write_text(ladders)

    urgent, ordinary = load(policies).escalation.ladders

    assert urgent.level_of("executive") == 3
    assert ordinary.after_lapse == "next"
