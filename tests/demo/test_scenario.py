from __future__ import annotations

from pathlib import Path

import pytest

from demo.people import CUSTOMERS, STAFF
from demo.reading_back.paths import PATHS
from demo.script import Script, ScriptItem, load_script
from demo.stage import POLICIES
from policies import commands
from policies.loader import load
from runtime.problems import WrongSettings

ASKED_FOR = {
    "plain answer",
    "refund by two people",
    "refund refused",
    "request expired",
    "small credit",
    "self-approval refused",
    "data deletion",
    "second rung",
    "climb approved",
    "climb refused",
    "breach",
    "five reports of one bug",
    "duplicate",
    "praise",
    "corrected by a person",
    "Japanese",
    "German",
    "empty description",
    "paused and resumed",
    "thanked",
    "came back on the issue",
    "came back with another issue",
    "edited by hand",
    "late vote refused",
    "not entitled",
    "decided by moving it",
    "deleted",
    "triage overridden",
    "waits for a visitor",
}


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script()


def test_every_path_that_is_promised_is_played_by_an_item(script: Script):
    played = {path for item in script.items for path in item.shows}
    assert played >= ASKED_FOR, f"write an item that shows {sorted(ASKED_FOR - played)}"


def test_every_path_that_is_played_can_be_recognised(script: Script):
    unknown = {path for item in script.items for path in item.shows} - set(PATHS)
    assert unknown == set(), "give these a recogniser in demo/reading_back/paths.py"


def test_about_forty_pieces_of_feedback_are_played(script: Script):
    assert 38 <= len(script.items) <= 45


def test_every_item_ends_decided_unless_it_is_left_or_deleted(script: Script):
    ends = {"decided", "failed", "confirmed"}
    for item in script.items:
        last = item.then[-1]
        assert item.left_waiting or last.delete or last.wait_for in ends, (
            f"{item.name} is left in the middle of its story"
        )


def test_every_command_of_the_script_is_understood(script: Script):
    for item in script.items:
        for step in item.then:
            if step.command is None:
                continue
            text = step.command.replace("{request}", "10001-abcdef12-7")
            text = text.replace("{key:charged-twice-1}", "FT-1")
            found = commands.parse(text)
            assert found is not None, f"{item.name}: {step.command}"
            assert found.problem is None, f"{item.name}: {found.problem}"


def test_the_policies_of_the_made_up_product_load_and_know_everybody_who_is_played():
    people = {person.id for person in load(POLICIES).directory.people}
    assert set(STAFF) <= people


def test_every_customer_is_played(script: Script):
    assert {item.by for item in script.items if item.by} == set(CUSTOMERS)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("- {name: a, summary: s, shows: [], then: [{who: ada}]}", "exactly one thing"),
        (
            "- {name: a, summary: s, shows: [], then: [{who: ada, answer: x, note: y}]}",
            "exactly one thing",
        ),
        ("- {name: a, summary: s, shows: [], then: [{who: zoe, answer: x}]}", "nobody who can"),
        ("- {name: a, summary: s, shows: [], then: [{wait_for: rain}]}", "nobody can wait"),
        ("- {name: a, by: zoe, summary: s, shows: []}", "customers do not exist"),
        ("- {name: a, summary: s, shows: [], after: {item: b, sign: triaged}}", "do not exist"),
        ("- {name: a, summary: s, shows: [], wen: []}", "wen"),
    ],
)
def test_a_mistake_in_a_scenario_file_is_told(tmp_path: Path, written: str, complaint: str):
    (tmp_path / "wrong.yaml").write_text(written + "\n")
    with pytest.raises(WrongSettings, match=complaint):
        load_script(tmp_path)


def test_a_name_that_comes_twice_is_told(tmp_path: Path):
    item = "- {name: a, summary: s, shows: []}\n"
    (tmp_path / "wrong.yaml").write_text(item * 2)
    with pytest.raises(WrongSettings, match="twice"):
        load_script(tmp_path)


def test_an_item_is_found_by_its_name(script: Script):
    found = script.item("forget-me")
    assert isinstance(found, ScriptItem)
    assert found.by == "ines"
