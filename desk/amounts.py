"""Amounts as people type them: a number and a currency."""

from __future__ import annotations

from models.approval import Money
from policies.money import AmountError
from policies.money import read_amount as read
from runtime.problems import WrongSettings


def read_amount(text: str) -> Money:
    """`129.00 EUR` as 12900 minor units. Raises `WrongSettings` when it is not such an amount."""
    number, _, currency = text.strip().rpartition(" ")
    try:
        return read(number.strip(), currency)
    except AmountError as error:
        raise WrongSettings(
            f"{error}.", remedy="Write the amount as 129.00 EUR: number, space, currency."
        ) from error
