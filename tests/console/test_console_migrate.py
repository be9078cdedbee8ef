from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_console_acts import an_item, command, refusal

WHY = ("--reason", "The contract changed.")


def test_several_items_are_moved_in_the_order_given(
    installation: Path, served_address: str
) -> None:
    first, second = an_item(served_address), an_item(served_address)

    result = command("policy", "migrate", second, first, "--as", "lena", *WHY)

    assert result.exit_code == 0, result.output
    assert [line.split(":")[0].removeprefix("FT-") for line in result.stdout.splitlines()] == [
        second,
        first,
    ]


def test_an_item_that_refuses_does_not_hinder_the_others(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address)

    result = command("policy", "migrate", "404404", issue_id, "--as", "lena", *WHY, "--json")

    told = json.loads(result.stdout)["results"]
    assert result.exit_code == 1
    assert [one["migrated"] for one in told] == [False, True]
    assert told[0]["message"].startswith("No such item is followed.")


def test_a_refusal_names_its_failure(installation: Path, served_address: str) -> None:
    issue_id = an_item(served_address)

    result = command("policy", "migrate", issue_id, "--as", "ada", *WHY, "--json")

    (told,) = json.loads(result.stdout)["results"]
    assert (result.exit_code, told["failure"]) == (1, "NotEntitled")


def test_a_move_without_a_reason_is_not_sent(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")

    assert refusal("policy", "migrate", "12", "--as", "lena").exit_code == 2
