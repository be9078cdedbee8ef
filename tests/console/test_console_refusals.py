from __future__ import annotations

import json
import sys

import pytest

import cli
from console.plain_words import plain_words
from console.surface import print_problem_json
from desk.acts import ActRefused
from desk.failures import status_of
from desk.finding import UnknownItem
from models.failures import NOT_ENTITLED


def leave_with(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["followthrough", *arguments])
    return cli._exit_code()


def test_a_refusal_is_a_json_document_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = leave_with(monkeypatch, "ack", "12", "--as", "nobody", "--json")

    printed = capsys.readouterr()
    error = json.loads(printed.out)["error"]
    assert code == 2
    assert error["type"] == "WrongSettings"
    assert error["message"].startswith("nobody is not in people.yaml")
    assert "spelling" in error["remedy"]
    assert "nobody is not in people.yaml" in printed.err


def test_without_json_a_refusal_leaves_standard_output_empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave_with(monkeypatch, "ack", "12", "--as", "nobody") == 2
    assert capsys.readouterr().out == ""


def test_a_refusal_by_the_item_is_named_by_its_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_problem_json(ActRefused(NOT_ENTITLED.type, "eve may not."))

    assert json.loads(capsys.readouterr().out)["error"]["type"] == NOT_ENTITLED.type


def test_an_unknown_item_is_not_found_on_the_desk() -> None:
    assert status_of(UnknownItem("FT-9 is not known.")) == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Value error, an owner is needed", "an owner is needed"),
        ("Input should be 'S1' or 'S2'", "must be 'S1' or 'S2'"),
        ("String should have at most 400 characters", "must have at most 400 characters"),
    ],
)
def test_wrong_values_are_told_in_plain_words(said: str, told: str) -> None:
    assert plain_words(said) == told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("queue", "--limit", "0"), "must be greater than or equal to 1"),
        (("queue", "--awaiting", "foo"), "'foo' is not one of 'owner'"),
        (("ack", "12"), "Missing option '--as'"),
    ],
)
def test_an_option_that_cannot_be_used_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    assert leave_with(monkeypatch, *arguments) == 2

    said = capsys.readouterr().err
    assert told in said
    assert "Value error" not in said
    assert "Input should" not in said
