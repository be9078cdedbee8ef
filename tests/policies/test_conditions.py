"""Conditions are checked when they are loaded, and their errors point into them."""

from __future__ import annotations

import pytest

from policies.conditions import (
    LONGEST_CONDITION,
    NAMES,
    ConditionError,
    Fact,
    Vocabulary,
    compile_condition,
)


def facts(**changed: Fact) -> dict[str, Fact]:
    names = NAMES[Vocabulary.APPROVAL]
    return {name: kind() for name, kind in names.items()} | {
        name.replace("__", "."): value for name, value in changed.items()
    }


def compiles(source: str) -> None:
    compile_condition(source, Vocabulary.APPROVAL)


def test_a_condition_is_true_or_false_for_the_facts() -> None:
    condition = compile_condition(
        'action.amount_minor <= 5000 && item.severity in ["S1", "S2"]', Vocabulary.APPROVAL
    )
    assert condition.holds(facts(action__amount_minor=5000, item__severity="S2"))
    assert not condition.holds(facts(action__amount_minor=5001, item__severity="S2"))


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ('item.severety == "S1"', 5, "undeclared reference to 'item.severety'"),
        ('item.stage == "x" && item.severity == 1', 36, "no matching overload"),
        ("item.severity ==", 17, "Syntax error"),
        ("action.amount_minor", 1, "must be true or false"),
        ("x" * (LONGEST_CONDITION + 1), 1, "longer than"),
    ],
)
def test_a_wrong_condition_is_an_error_at_load_with_its_column(
    source: str, column: int, words: str
) -> None:
    with pytest.raises(ConditionError) as raised:
        compiles(source)
    assert raised.value.column == column
    assert words in raised.value.what


def test_a_condition_over_several_lines_says_which_line() -> None:
    with pytest.raises(ConditionError) as raised:
        compiles('item.stage == "x" &&\n  item.nothing == "y"')
    assert (raised.value.line, raised.value.column) == (2, 7)


def test_the_names_of_one_file_are_not_known_in_another() -> None:
    compile_condition("item.unsure", Vocabulary.ITEM)
    with pytest.raises(ConditionError):
        compile_condition("item.unsure", Vocabulary.CUSTOMER)


def test_a_condition_that_cannot_be_evaluated_says_so_and_is_not_false() -> None:
    condition = compile_condition("action.amount_minor / action.level > 3", Vocabulary.APPROVAL)
    with pytest.raises(ConditionError, match="divide by zero"):
        condition.holds(facts())


def test_a_condition_that_would_take_very_long_is_stopped() -> None:
    numbers = "[" + ",".join(map(str, range(20))) + "]"
    source = "true"
    for name in "abcd":
        source = f"{numbers}.all({name}, {source})"
    with pytest.raises(ConditionError, match="budget"):
        compile_condition(source, Vocabulary.APPROVAL).holds(facts())


def test_a_pattern_that_others_run_for_ever_is_matched_in_one_pass() -> None:
    """CEL matches by RE2, which never goes back; one that did would not come out of this."""
    condition = compile_condition('item.segment.matches("^(a+)+$")', Vocabulary.APPROVAL)
    assert not condition.holds(facts(item__segment="a" * 5000 + "!"))
    assert condition.holds(facts(item__segment="a" * 5000))


@pytest.mark.parametrize(
    "wrong", [{}, facts() | {"item.more": "x"}, facts(item__stage=1), facts(action__level=True)]
)
def test_facts_that_do_not_fit_are_refused(wrong: dict[str, Fact]) -> None:
    with pytest.raises(ConditionError, match="do not fit"):
        compile_condition("true", Vocabulary.APPROVAL).holds(wrong)
