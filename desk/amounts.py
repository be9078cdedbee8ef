"""Amounts and parameters of an action as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from models.action_parameters import ActionParameters
from models.approval import Money
from policies.action_words import ParameterError, read_parameters
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


def parameters_in(words: Sequence[str]) -> ActionParameters:
    """`feature=new-checkout` and the like. Raises `WrongSettings` for anything else."""
    try:
        return read_parameters(words, datetime.now(UTC))[0]
    except ParameterError as error:
        raise WrongSettings(str(error)) from error
