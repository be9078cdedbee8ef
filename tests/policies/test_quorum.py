"""Whether those who agreed are enough: numbers, shares, groups, and each person counted once."""

from __future__ import annotations

import pytest

from models.approval import GroupQuorum, StagePlan
from models.people import Person
from policies.quorum import agreed, lacking, needed, reachable
from policies.quorum_text import read_quorum


def stage(*quorums: tuple[str, str, int], any_group: bool = False, deputies: str = "") -> StagePlan:
    """A stage of `(group, voters as letters, needed)`."""
    made = tuple(GroupQuorum(group=g, voters=tuple(voters), needed=n) for g, voters, n in quorums)
    everybody = dict.fromkeys(human for quorum in made for human in quorum.voters)
    return StagePlan(
        name="stage",
        eligible=tuple(Person(id=one, name=one) for one in everybody),
        quorums=made,
        any_group=any_group,
        deputies=tuple(Person(id=one, name=one) for one in deputies),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [(3, (3, None)), ("any", (1, None)), ("all", (1, 100)), ("60%", (1, 60)), (None, (1, None))],
)
def test_a_quorum_is_a_number_or_a_share(
    written: int | str | None, read: tuple[int, int | None]
) -> None:
    assert read_quorum(written) == read


@pytest.mark.parametrize(
    ("percent", "voters", "people"), [(50, 4, 2), (50, 5, 3), (1, 100, 1), (100, 7, 7), (60, 0, 1)]
)
def test_a_share_is_rounded_up_and_never_nobody(percent: int, voters: int, people: int) -> None:
    assert needed(1, percent, voters) == people


def test_each_group_needs_its_own_people() -> None:
    both = stage(("finance", "ab", 1), ("security", "cd", 1))
    assert not agreed(both, "ab")
    assert agreed(both, "ac")
    assert lacking(both, "ab") == (("security", 1),)


def test_any_group_is_enough_where_the_rule_says_so() -> None:
    either = stage(("finance", "ab", 2), ("security", "c", 1), any_group=True)
    assert not agreed(either, "a")
    assert agreed(either, "c")
    assert agreed(either, "ab")
    assert lacking(either, "a") == (("finance", 1),)


def test_a_member_of_two_groups_stands_for_one_of_them_whichever_helps() -> None:
    overlapping = stage(("finance", "ab", 1), ("security", "bc", 1))
    assert not agreed(overlapping, "b"), "one person is not two"
    assert agreed(overlapping, "ab")
    assert agreed(overlapping, "bc")


def test_a_deputy_may_stand_in_for_any_group_but_only_for_one() -> None:
    both = stage(("finance", "ab", 1), ("security", "cd", 1), deputies="x")
    assert not agreed(both, "ax")
    assert agreed(both, "ax", deputies="x")
    assert not agreed(both, "x", deputies="x")


def test_stages_that_need_the_same_people_twice_are_out_of_reach() -> None:
    first, second = stage(("", "ab", 2)), stage(("", "bc", 1))
    assert reachable([first, second], (), "abc")
    assert not reachable([first, stage(("", "ab", 1))], (), "ab")
    assert reachable([second], (), "c")
    assert not reachable([second], (), "")
