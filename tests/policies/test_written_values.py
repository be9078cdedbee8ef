"""Durations, amounts and opening hours as people write them; the directory; the schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

from models.approval import Money
from models.base import Moment
from policies.days import end_of_day, read_day
from policies.documents.calendars import window_minutes
from policies.documents.registry import DOCUMENTS
from policies.durations import seconds_in
from policies.loader import DEFAULT_DIRECTORY
from policies.money import DECIMALS, AmountError, in_words, read_amount
from policies.policy_set import PolicySet
from policies.schema import schemas


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("15m", 900),
        ("4h", 14_400),
        ("2d", 172_800),
        ("1h30m", 5_400),
        ("90s", 90),
        ("1d1s", 86_401),
    ],
)
def test_a_duration_is_read(written: str, seconds: int) -> None:
    assert seconds_in(written) == seconds


@pytest.mark.parametrize("written", ["", "4", "h", "4 h", "4H", "1m1h", "-1h", "1.5h", "1w", "٤h"])
def test_another_text_is_no_duration(written: str) -> None:
    with pytest.raises(ValueError, match="such as 15m"):
        seconds_in(written)


def test_a_day_is_as_long_as_is_said() -> None:
    assert seconds_in("2d1h", day=8 * 3600) == 17 * 3600


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("49.00", "EUR", 4900),
        ("49", "eur", 4900),
        ("49,5", "EUR", 4950),
        ("0.01", "USD", 1),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("999999999999.99", "EUR", 99_999_999_999_999),
    ],
)
def test_an_amount_is_read_in_minor_units(written: str, currency: str, minor: int) -> None:
    assert read_amount(written, currency) == Money(minor=minor, currency=currency.upper())


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("1,234", "EUR"),
        ("1,234", "KWD"),
        ("1.234,00", "EUR"),
        ("49.001", "EUR"),
        ("1.5", "JPY"),
        ("49", "XYZ"),
        ("-49", "EUR"),
        ("٤٩", "EUR"),
        (".5", "EUR"),
        ("1e3", "EUR"),
        ("9" * 13, "EUR"),
    ],
)
def test_an_amount_that_is_unclear_is_refused(written: str, currency: str) -> None:
    with pytest.raises(AmountError):
        read_amount(written, currency)


@given(st.integers(0, 10**14), st.sampled_from(sorted(DECIMALS)))
def test_an_amount_in_words_reads_back_as_itself(minor: int, currency: str) -> None:
    amount = Money(minor=minor, currency=currency)
    if minor < 10 ** (12 + DECIMALS[currency]):
        assert read_amount(*in_words(amount).split()) == amount


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("09:00-17:30", (540, 1050)),
        ("9:00-12:00", (540, 720)),
        ("22:00-06:00", (1320, 360)),
        ("00:00-24:00", (0, 1440)),
        ("08:00-08:00", (480, 480)),
    ],
)
def test_opening_hours_are_read(written: str, minutes: tuple[int, int]) -> None:
    assert window_minutes(written) == minutes


@pytest.mark.parametrize("written", ["9-17", "09:00", "24:00-06:00", "09:00-25:00", "09:60-10:00"])
def test_other_texts_are_no_opening_hours(written: str) -> None:
    with pytest.raises(ValueError, match=r"hours|24:00"):
        window_minutes(written)


def test_people_are_found_by_account_id_role_and_group(shipped: PolicySet) -> None:
    directory = shipped.directory
    lena = directory.by_id("lena")
    assert lena is not None
    assert directory.by_account("acc-lena-lead") == lena
    assert directory.by_account("acc-unknown") is None
    assert directory.with_role("lead") == (lena,)
    assert lena in directory.in_group("support")
    gone = lena.model_copy(update={"active": False})
    without = directory.model_copy(update={"people": (gone,)})
    assert without.by_id("lena") == gone
    assert without.with_role("lead") == ()
    assert without.in_group("support") == ()


def test_every_document_has_a_schema_that_knows_the_keys_of_the_shipped_file() -> None:
    exported = schemas()
    assert set(exported) == set(DOCUMENTS)
    for name, schema in exported.items():
        json.dumps(schema)
        shipped_keys = YAML(typ="safe").load((DEFAULT_DIRECTORY / f"{name}.yaml").read_text())
        assert set(shipped_keys) <= set(schema["properties"])
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_out_of_reach_is_refused_like_any_other_wrong_value(written: str) -> None:
    with pytest.raises(ValidationError, match="lies before 1900 or after 2999"):
        TypeAdapter(Moment).validate_python(written)


def test_a_day_is_over_at_the_next_midnight() -> None:
    assert end_of_day(read_day("2026-12-31")) == datetime(2027, 1, 1, tzinfo=UTC)
