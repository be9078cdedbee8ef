"""What an action needs to know, as people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.action_parameters import AT_ONCE, ActionParameters
from models.approval import ActionKind
from policies.action_needs import NEEDS, what_is_wrong
from policies.action_words import ParameterError, parameter_words, read_parameters
from policies.commands import parse
from tests.samples import T0, after


def test_every_kind_of_action_says_what_it_needs() -> None:
    assert set(NEEDS) == set(ActionKind)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["feature=new-checkout"], ActionParameters(feature="new-checkout")),
        (["field=plan", "value=gold"], ActionParameters(field="plan", value="gold")),
        (["until=now", "changes=10001-1-7"], ActionParameters(ends_at=AT_ONCE, changes="10001-1-7")),
        (["until=90d"], ActionParameters(ends_at=T0 + timedelta(days=90))),
        (
            ["until=2027-03-31"],
            ActionParameters(ends_at=datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)),
        ),
        (
            ["until=2027-03-31T12:00+02:00"],
            ActionParameters(ends_at=datetime(2027, 3, 31, 10, tzinfo=UTC)),
        ),
    ],
)  # fmt: skip
def test_parameters_are_read(written: list[str], meant: ActionParameters) -> None:
    assert read_parameters(written, T0) == (meant, False)


def test_a_dry_run_is_asked_for_by_its_own_word() -> None:
    words = ["dry-run", "feature=new-checkout", "it", "fails"]

    assert parameter_words(words) == words[:2]
    assert read_parameters(words[:2], T0)[1] is True


@pytest.mark.parametrize("written", ["until=soon", "field=E-Mail", "value=a@b.example", "feature="])
def test_what_cannot_be_understood_is_told_without_repeating_it(written: str) -> None:
    with pytest.raises(ParameterError) as told:
        read_parameters([written], T0)

    assert written.partition("=")[2] not in str(told.value) or written.endswith("=")


def test_an_email_address_is_no_setting_since_histories_keep_it_for_ever() -> None:
    command = parse("/propose account_change field=contact value=cora@example.org she moved")

    assert command is not None
    assert "which value" in (command.problem or "") or "the value" in (command.problem or "")


@pytest.mark.parametrize(
    ("kind", "parameters", "told"),
    [
        (ActionKind.FEATURE_OFF, ActionParameters(), "which feature"),
        (ActionKind.ACCOUNT_CHANGE, ActionParameters(field="plan"), "the value"),
        (ActionKind.POLICY_EXCEPTION, ActionParameters(), "until when"),
        (ActionKind.POLICY_EXCEPTION, ActionParameters(ends_at=T0), "lies in the past"),
        (ActionKind.REFUND, ActionParameters(feature="checkout"), "no use for: feature"),
    ],
)
def test_what_is_missing_or_too_much_is_told(
    kind: ActionKind, parameters: ActionParameters, told: str
) -> None:
    assert told in str(what_is_wrong(kind, parameters, T0 + timedelta(hours=1)))


def test_an_exception_may_be_changed_to_end_at_once() -> None:
    now = ActionParameters(ends_at=AT_ONCE, changes="10001-1-7")

    assert what_is_wrong(ActionKind.POLICY_EXCEPTION, now, after(1)) is None
