"""The shipped policies and an item, for the tests that need whole rules."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.item import CustomerFacts, FeedbackItem
from models.policy import PolicySnapshot
from policies.loader import DEFAULT_DIRECTORY, load
from policies.policy_set import PolicySet
from policies.problems import PolicyError
from policies.snapshot import pin

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def shipped() -> PolicySet:
    return load(DEFAULT_DIRECTORY)


@pytest.fixture(scope="session")
def new_item() -> Callable[..., FeedbackItem]:
    """Makes an item; arguments are facts of its customer."""

    def make(created_at: datetime = MONDAY, **customer: Any) -> FeedbackItem:
        facts = CustomerFacts.model_validate({"reference": "c-1", "known": True, **customer})
        return FeedbackItem(
            issue_id="10001",
            issue_key="FT-1",
            project="FT",
            issue_type="Task",
            created_at=created_at,
            text_digest="d",
            text_length=3,
            customer=facts,
        )

    return make


@pytest.fixture(scope="session")
def pinned(
    shipped: PolicySet, new_item: Callable[..., FeedbackItem]
) -> Callable[..., PolicySnapshot]:
    """Pins the shipped policies; keyword arguments as of `pin`, the rest a customer's facts."""

    def make(
        category: str = "billing",
        now: datetime = MONDAY,
        scale: float = 1.0,
        owner: str | None = "omar",
        created_at: datetime = MONDAY,
        **customer: Any,
    ) -> PolicySnapshot:
        return pin(
            shipped,
            item=new_item(created_at, **customer),
            category=category,
            now=now,
            scale=scale,
            trusted_keys={"k1": "00"},
            allow_unproven=True,
            owner=owner,
        )

    return make


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the shipped policies to spoil."""
    return Path(shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "policies"))


@pytest.fixture
def spoil(policies: Path) -> Callable[..., tuple[str, ...]]:
    """Replaces texts in a file and answers with the problems, the directory's name left out."""

    def spoilt(file: str, *replacements: tuple[str, str]) -> tuple[str, ...]:
        path = policies / file
        text = path.read_text()
        for old, new in replacements:
            assert old in text, f"{file} holds no {old!r} any more; adjust this test"
            text = text.replace(old, new, 1)
        path.write_text(text)
        with pytest.raises(PolicyError) as raised:
            load(policies)
        return tuple(str(problem).removeprefix(f"{policies}/") for problem in raised.value.problems)

    return spoilt


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., PolicySet]:
    """The shipped policies with one text of one file written otherwise."""

    def make(file: str, written: str, instead: str) -> PolicySet:
        directory = shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "changed")
        text = (directory / file).read_text(encoding="utf-8")
        assert written in text, f"{file} no longer says {written!r}"
        (directory / file).write_text(text.replace(written, instead), encoding="utf-8")
        return load(directory)

    return make
