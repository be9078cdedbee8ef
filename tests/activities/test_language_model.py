"""A language model is asked by the real package, through its own stand-ins for a provider."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from activities.language_model import LanguageModel, Limits
from insight.suggest import Suggestions, suggest
from ledger.language_model_use import DailyUse
from ledger.store import Ledger, open_ledger
from policies.loader import DEFAULT_DIRECTORY, load

TAXONOMY = load(DEFAULT_DIRECTORY).taxonomy
UNSURE = "The gizmo wobbles, write to ann@example.com"
BY_WORDS = suggest(UNSURE, TAXONOMY)
PLENTY = DailyUse(calls=100, tokens=1_000_000)
OPINION = {"category": "bug", "severity": "S2", "sentiment": "negative"}


class Provider:
    """Answers as told, and keeps what it was sent."""

    def __init__(self, answer: Callable[[], dict[str, Any]] = lambda: OPINION) -> None:
        self.answer = answer
        self.sent: list[str] = []
        self.model = FunctionModel(self._respond, model_name="stand-in")

    async def _respond(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.sent.append(repr(messages))
        if self.answer is NEVER:
            await asyncio.sleep(3600)
        part = ToolCallPart(info.output_tools[0].name, self.answer())
        return ModelResponse([part], usage=RequestUsage(input_tokens=300, output_tokens=12))


def NEVER() -> dict[str, Any]:  # noqa: N802 - a value that is compared, as a constant is
    raise AssertionError("it is waited for in vain")


def used(ledger: Ledger) -> DailyUse:
    return ledger.language_model_use.of_day(datetime.now(UTC).date())


def asked(
    provider: Provider, ledger: Ledger, text: str = UNSURE, most: DailyUse = PLENTY
) -> Suggestions:
    limits = Limits(
        per_day=most, timeout=timedelta(seconds=0.2 if provider.answer is NEVER else 20)
    )
    reader = LanguageModel(suggest, provider.model, ledger.language_model_use, limits)
    return reader.suggest(text, TAXONOMY)


def test_an_unsure_text_gets_the_models_guesses_with_its_name(ledger: Ledger):
    found = asked(Provider(), ledger)
    guesses = [found.category, found.severity, found.sentiment]
    assert [one.value for one in guesses] == ["bug", "S2", "negative"]
    assert {one.model for one in guesses} == {"function:stand-in"}
    assert found.category.confidence < TAXONOMY.confidence_floor


def test_a_text_that_triage_is_sure_of_never_leaves_this_machine(ledger: Ledger):
    provider = Provider()
    asked(provider, ledger, "I want a refund, a refund please")
    assert provider.sent == []
    assert used(ledger).calls == 0


def test_a_text_without_words_is_not_asked_about(ledger: Ledger):
    provider = Provider()
    asked(provider, ledger, " \n ")
    assert provider.sent == []


def test_personal_data_is_masked_in_everything_that_is_sent(ledger: Ledger):
    provider = Provider()
    asked(provider, ledger)
    (sent,) = provider.sent
    assert "write to [mail address]" in sent
    assert "ann@example.com" not in sent


def test_the_days_use_is_what_the_provider_counted(ledger: Ledger):
    asked(Provider(), ledger)
    assert used(ledger) == DailyUse(calls=1, tokens=312)


@pytest.mark.parametrize("most", [DailyUse(0, 1_000_000), DailyUse(100, 100)])
def test_a_spent_budget_leaves_triage_to_itself(ledger: Ledger, most: DailyUse):
    provider = Provider()
    assert asked(provider, ledger, most=most) == BY_WORDS
    assert provider.sent == []


def refused() -> dict[str, Any]:
    raise ModelHTTPError(status_code=429, model_name="stand-in", body=UNSURE)


@pytest.mark.parametrize(
    "answer",
    [NEVER, refused, lambda: OPINION | {"category": "conspiracy"}, dict],
    ids=["no answer in time", "a refusal", "a category that there is not", "an empty answer"],
)
def test_whatever_goes_wrong_triage_goes_on_and_the_call_is_counted(
    ledger: Ledger, answer: Callable[[], dict[str, Any]]
):
    provider = Provider(answer)
    with structlog.testing.capture_logs() as logged:
        assert asked(provider, ledger) == BY_WORDS
    assert len(provider.sent) == 1, "one call is one request; nothing is asked twice"
    assert used(ledger).calls == 1
    assert used(ledger).tokens > 312, "what it cost is not known, so it is not given back"
    assert [line["event"] for line in logged] == ["language_model_failed"]
    assert "gizmo" not in str(logged)


def test_a_ledger_that_cannot_count_lets_no_call_be_made(tmp_path: Path):
    file = tmp_path / "ledger.db"
    broken = open_ledger(f"sqlite:///{file}")
    with sqlite3.connect(file) as database:
        database.execute("DROP TABLE language_model_use")
    provider = Provider()
    assert asked(provider, broken) == BY_WORDS
    assert provider.sent == []
    broken.close()


def test_many_items_at_once_share_one_model(ledger: Ledger):
    provider = Provider()
    limits = Limits(per_day=PLENTY, timeout=timedelta(seconds=20))
    reader = LanguageModel(suggest, provider.model, ledger.language_model_use, limits)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: reader.suggest(UNSURE, TAXONOMY), range(8)))
    assert {one.category.value for one in found} == {"bug"}
    assert used(ledger) == DailyUse(calls=8, tokens=8 * 312)
